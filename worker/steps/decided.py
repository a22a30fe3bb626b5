"""What people decided about the records that are prepared now: names they gave, accounts they left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.documents import Customer, Document, DocumentKind
from errors import queue
from worker.rules.customers import as_decided
from worker.state import decisions, items
from worker.state.database import reading
from worker.state.decisions import Decision, Matter
from worker.state.items import Item
from worker.state.machine import MOVES, State
from worker.steps.hold import blocked

if TYPE_CHECKING:
    from worker.pipeline import Company

Candidate = tuple[Item, Document]


def named(company: Company, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Customers with the names that people gave them for QuickBooks."""
    given = created(company, [item for item, _ in candidates])
    return [
        (item, as_decided(document, given.get(item.local_id)) if isinstance(document, Customer) else document)
        for item, document in candidates
    ]


def created(company: Company, chosen: Sequence[Item]) -> Mapping[str, Decision]:
    """Customers that people had created, by local id."""
    customers = {item.local_id for item in chosen if item.kind is DocumentKind.CUSTOMER}
    if not customers:
        return {}
    with reading(company.engine) as connection:
        return decisions.of(connection, company.name, DocumentKind.CUSTOMER, customers, Matter.CREATE)


def left_out(company: Company, chosen: Sequence[Item]) -> set[int]:
    """The ids of those whose account is not synced: they wait silently, whatever else is the matter with them."""
    owners = {item.id: owner for item in chosen if (owner := _owner(item))}
    if not owners:
        return set()
    with reading(company.engine) as connection:
        found = decisions.of(connection, company.name, DocumentKind.CUSTOMER, set(owners.values()), Matter.LEAVE_OUT)
    waiting = [(item, found[owners[item.id]]) for item in chosen if owners.get(item.id) in found]
    if waiting:
        with company.begin() as connection:
            leave(connection, company, waiting)
    return {item.id for item, _ in waiting}


def leave(connection: Connection, company: Company, waiting: Sequence[tuple[Item, Decision]]) -> None:
    """These stand under the error for which it was decided, and under no other, until somebody undoes it."""
    now = company.clock.now()
    moves = []
    for item, decision in waiting:
        if State.SKIPPED in MOVES[item.state]:
            told = replace(item, customer=item.customer or decision.value)
            queue.keep(connection, decision.error_id, blocked(told), now)
            moves.append((item, {"error_id": decision.error_id, "not_before": None, **items.described(told)}))
    items.move_all(connection, moves, State.SKIPPED, now)


def _owner(item: Item) -> str:
    """The local id of the customer that a record is of."""
    return item.local_id if item.kind is DocumentKind.CUSTOMER else item.customer_id
