"""References: what a document names must be in QuickBooks first; what is missing puts the document aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.contract import References
from connectors.documents import Customer, Document, DocumentKind, Fee, Service, name_of
from errors.kinds import ServiceDeleted, ServiceMissingOnLine
from errors.problem import Fact, Problem
from worker.rules.references import Need, needs, unknown
from worker.state import items
from worker.state.items import Item
from worker.state.links import Link
from worker.state.machine import State
from worker.steps.decided import waits_with
from worker.steps.hold import DEPENDENCY_WAIT, hold, hold_with

if TYPE_CHECKING:
    from worker.pipeline import Company

Key = tuple[DocumentKind, str]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the state database knows of the records of one chunk and of all that they name.

    `methods`: payment methods that people chose (connectors/contract.py, References). `before`: by customer, the ids in
    QuickBooks of those that it was wrongly linked to.
    """

    items: Mapping[Key, Item]
    links: Mapping[Key, Link]
    methods: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, frozenset[str]] = field(default_factory=dict)


def references(company: Company, item: Item, document: Document, known: Known) -> References | None:
    """The QuickBooks ids of everything the document names; None when one is missing and the item was put aside."""
    ids: dict[Key, str] = {}
    for need in needs(document, company.default_service):
        target = known.links.get(need.key)
        if target is not None and not target.removed and known.items[need.key].state is not State.DELETED:
            ids[need.key] = target.target_id
        else:
            _missing(company, item, document, need, known.items.get(need.key), voided=target is not None)
            return None
    return References(ids=ids | _posted_under(company, item, document, known), methods=known.methods)


def _posted_under(company: Company, item: Item, document: Document, known: Known) -> dict[Key, str]:
    """What was posted for a customer stays with the one that it was linked to then, and so does what settles it."""
    if isinstance(document, Customer | Service | Fee) or not known.before.get(document.customer_id or ""):
        return {}
    key = (DocumentKind.CUSTOMER, document.customer_id or "")
    own = (item.kind, item.local_id)
    standing = [own] if own in known.links else [need.key for need in needs(document, company.default_service)]
    for each in standing:
        if each in known.links and each[0] not in {DocumentKind.CUSTOMER, DocumentKind.SERVICE}:
            target_id = company.target.customer_of(known.links[each].body)
            if target_id in known.before[key[1]]:
                return {key: target_id}
    return {}


def _missing(company: Company, item: Item, document: Document, need: Need, other: Item | None, *, voided: bool) -> None:
    if need.kind is DocumentKind.SERVICE and not need.local_id:
        hold(company, item, _line_problem(ServiceMissingOnLine, item, document, need, {}))
    elif other is not None and other.state is State.DELETED:
        facts: dict[str, Fact] = {"service": other.label or need.local_id}
        hold(company, item, _line_problem(ServiceDeleted, item, document, need, facts))
    elif other is None or voided or (other.state is State.SKIPPED and other.error_id is None):
        hold(company, item, unknown(document, need))
    elif other.state in {State.HELD, State.SKIPPED} and other.error_id is not None:
        if not waits_with(company, item, other):
            hold_with(company, item, other.error_id)
    else:
        later = company.clock.now() + DEPENDENCY_WAIT
        company.tally.deferred.add(item.id)
        with company.begin() as connection:
            # Linked, but not in this QuickBooks company (it was replaced by another one): it is posted there first.
            items.wake(connection, company.name, [need.key], {State.LINKED}, company.clock.now())
            items.note(connection, item, not_before=later, **items.described(item))


def _line_problem(
    kind: type[ServiceMissingOnLine | ServiceDeleted],
    item: Item,
    document: Document,
    need: Need,
    facts: Mapping[str, Fact],
) -> Problem:
    told: dict[str, Fact] = {"document": name_of(document), "line": need.line, **facts}
    return Problem(kind=kind, subject=item.subject, facts=told)
