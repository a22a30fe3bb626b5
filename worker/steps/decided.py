"""What people decided about the records that are prepared now: names they gave, accounts they left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.documents import Customer, Document, DocumentKind, Fee, Payment
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
    return _decided(company, chosen, Matter.CREATE)


def unlinked(company: Company, chosen: Sequence[Item]) -> Mapping[str, Decision]:
    """Customers that were linked to the wrong one, by local id: who they are is not looked for, a person says it."""
    return _decided(company, chosen, Matter.UNLINKED)


def _decided(company: Company, chosen: Sequence[Item], matter: Matter) -> Mapping[str, Decision]:
    customers = {item.local_id for item in chosen if item.kind is DocumentKind.CUSTOMER}
    if not customers:
        return {}
    with reading(company.engine) as connection:
        return decisions.of(connection, company.name, DocumentKind.CUSTOMER, customers, matter, company.realm_id)


def left_out(company: Company, candidates: Sequence[Candidate], unread: Sequence[Item]) -> set[int]:
    """The ids of those whose account is not synced: they wait silently, whatever else is the matter with them."""
    chosen = [*unread, *(item for item, _ in candidates)]
    owners = {item.id: owner for item in chosen if (owner := _owner(item))} | _of_payments(company, candidates)
    if not owners:
        return set()
    with reading(company.engine) as connection:
        found = decisions.of(connection, company.name, DocumentKind.CUSTOMER, set(owners.values()), Matter.LEAVE_OUT)
    waiting = [(item, found[owners[item.id]]) for item in chosen if owners.get(item.id) in found]
    if waiting:
        with company.begin() as connection:
            leave(connection, company, waiting)
    return {item.id for item, _ in waiting}


def waits_with(company: Company, item: Item, other: Item) -> bool:
    """Whether it needs a record of an account that is left out: then it waits as silently as that."""
    if other.state is not State.SKIPPED or other.error_id is None:
        return False
    with reading(company.engine) as connection:
        found = decisions.all_of(connection, Matter.LEAVE_OUT, company.name)
    decision = next((each for each in found if each.error_id == other.error_id), None)
    if decision is None:
        return False
    with company.begin() as connection:
        leave(connection, company, [(item, decision)])
    return True


def leave(connection: Connection, company: Company, waiting: Sequence[tuple[Item, Decision]]) -> None:
    """These stand under the error for which it was decided, and under no other, until somebody undoes it."""
    now = company.clock.now()
    going = [(item, decision) for item, decision in waiting if State.SKIPPED in MOVES[item.state]]
    for error_id in sorted({decision.error_id for _, decision in going}):
        kept = [(_told(item, decision)) for item, decision in going if decision.error_id == error_id]
        queue.keep(connection, error_id, company.name, [blocked(item) for item in kept], now)
        moves = [(item, {"error_id": error_id, "not_before": None, **items.described(item)}) for item in kept]
        items.move_all(connection, moves, State.SKIPPED, now)


def _told(item: Item, decision: Decision) -> Item:
    return replace(item, customer=item.customer or decision.value) if item.customer_id == decision.key else item


def _owner(item: Item) -> str:
    """The local id of the customer that a record is of."""
    return item.local_id if item.kind is DocumentKind.CUSTOMER else item.customer_id


def _of_payments(company: Company, candidates: Sequence[Candidate]) -> dict[int, str]:
    """Whose a fee is that names no customer: that of its payment. Looked up only where an account is left out."""
    fees = {
        item.id: document.payment_id
        for item, document in candidates
        if isinstance(document, Fee) and not document.customer_id and document.payment_id
    }
    if not fees:
        return {}
    with reading(company.engine) as connection:
        if not decisions.all_of(connection, Matter.LEAVE_OUT, company.name):
            return {}
    payments = company.source.read(DocumentKind.PAYMENT, set(fees.values())).documents
    owners = {key: document.customer_id for key, document in payments.items() if isinstance(document, Payment)}
    return {item_id: owners[payment_id] for item_id, payment_id in fees.items() if payment_id in owners}
