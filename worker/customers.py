"""Customers in the hands of a person: looking for the one in QuickBooks, taking a link back, and who is left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from connectors.contract import Choice
from connectors.documents import DocumentKind
from connectors.tokens import tokens
from errors import deciding
from errors.kinds import Action, CustomerUnlinked
from errors.language import _, say
from errors.listing import list_errors
from errors.ordering import Ordered, Refusal
from errors.problem import Name, Problem
from errors.selection import Selection
from errors.wording import worth
from worker.state import decisions, items, links
from worker.state.database import reading
from worker.state.decisions import Decision, Matter
from worker.state.items import Item
from worker.state.machine import State
from worker.steps.hold import blocked

if TYPE_CHECKING:
    from worker.pipeline import Company

SHORTEST, LONGEST, SHOWN = 2, 100, 20  # characters of a search, customers of its answer
LONGEST_ID = 18
LONGEST_NAME = 500  # QBO: DisplayName, qbo-facts 2.2


@dataclass(frozen=True, kw_only=True)
class Found:
    """A customer of QuickBooks. `owner`: our own that is linked to it. `address`: where a person sees it."""

    choice: Choice
    owner: Name | None
    address: str

    @property
    def free(self) -> bool:
        """Whether it can be chosen."""
        return self.owner is None and self.choice.remote.active


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """An account that is not synced, with what waits for it."""

    decision: Decision
    documents: int
    sums: Mapping[str, Decimal]

    def worth(self) -> str:
        """41 documents, 12,310.55 USD"""
        return worth(self.documents, self.sums)


def search(company: Company, text: str) -> list[Found]:
    """Customers of QuickBooks with this text in name or e-mail; none for a text that is too short.

    Raises:
        ProblemError: QuickBooks does not answer.
    """
    wanted = text.strip()[:LONGEST]
    if len(wanted) < SHORTEST:
        return []
    choices = company.target.customers(wanted, SHOWN)
    kind = DocumentKind.CUSTOMER
    with reading(company.engine) as connection:
        owners = links.owners(
            connection, company.name, company.realm_id, kind, [choice.remote.target_id for choice in choices]
        )
        known = items.by_key(connection, company.name, {(kind, owner) for owner in owners.values()})
    found: defaultdict[str, Name | None] = defaultdict(lambda: None)
    for target_id, owner in owners.items():
        item = known.get((kind, owner))
        found[target_id] = item.name if item else Name(kind.value, owner)
    return [
        Found(
            choice=choice,
            owner=found[choice.remote.target_id],
            address=company.target.link(kind, choice.remote.target_id),
        )
        for choice in choices
    ]


def choose(
    connection: Connection, company: str, error_id: int, target_id: str, *, by: str, why: str = "", now: datetime
) -> Ordered:
    """Our customer is this one of the QuickBooks company that is connected now; in another the id means another."""
    realm_id = connection.execute(select(tokens.c.realm_id).where(tokens.c.company == company)).scalar() or ""
    value = f"{target_id}@{realm_id}"
    return deciding.decide(connection, Action.LINK_CUSTOMER, error_id, value, by=by, why=why, now=now)


def unlink(connection: Connection, item: Item, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Our customer is linked to the wrong one: it waits in the error table until somebody says which it is."""
    known = decisions.of(connection, item.company, DocumentKind.CUSTOMER, {item.local_id}, Matter.LEAVE_OUT)
    reason = ""
    if item.kind is not DocumentKind.CUSTOMER or item.state is not State.LINKED:
        reason = say("{document} is not linked to a customer in QuickBooks just now.", document=item.name)
    elif known:
        reason = say("{document} is not synced; sync it again first.", document=item.name)
    if reason:
        return Ordered(action=Action.UNLINK, refused=(Refusal(error_id=None, reason=reason),))
    facts = {"name": item.label or item.local_id, "by": by}
    problem = Problem(kind=CustomerUnlinked, subject=item.subject, facts=facts)
    return deciding.unlink(connection, problem, blocked(item), by=by, why=why, now=now)


def is_id(text: str) -> bool:
    """Whether it can be the id of a customer in QuickBooks."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID


def unusable_name(name: str) -> str:
    """Why QuickBooks would take no customer of this name; "" when it may (qbo-facts 2.2)."""
    if name != name.strip() or not name.isprintable() or ":" in name:
        return _("A name holds no colon, no tab and no line break, and does not begin or end with a space.")
    if len(name) > LONGEST_NAME:
        return say("A name has at most {most} characters.", most=LONGEST_NAME)
    return ""


def left_out(connection: Connection, company: str = "") -> Sequence[LeftOut]:
    """Accounts that are not synced, the latest first."""
    found = decisions.all_of(connection, Matter.LEAVE_OUT, company)
    ids = tuple({decision.error_id for decision in found})
    rows = {row.id: row for row in list_errors(connection, Selection(ids=ids), len(ids), sample=0)} if ids else {}
    return [
        LeftOut(
            decision=decision,
            documents=rows[decision.error_id].blocks - 1 if decision.error_id in rows else 0,
            sums=rows[decision.error_id].sums if decision.error_id in rows else {},
        )
        for decision in found
    ]
