"""Orders: what people decided in the error table is carried out here, by the ordinary tick. Button = clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import Action
from errors.queue import Order
from worker.state import items
from worker.state.items import Item
from worker.state.machine import State

if TYPE_CHECKING:
    from worker.pipeline import Company


def apply(company: Company) -> int:
    """Carry out all orders, and wake what is tried again by itself. Returns the number of orders.

    Raises:
        ProblemError: the local books cannot be written now; the order waits.
    """
    with company.engine.begin() as connection:
        items.wake_due(connection, company.name, company.clock.now())
        orders = queue.pending_actions(connection, company.name)
    for order in orders:
        _one(company, order)
    return len(orders)


def _one(company: Company, order: Order) -> None:
    with company.engine.connect() as connection:
        keys = {(DocumentKind(kind), local_id) for kind, local_id in order.documents}
        concerned = list(items.by_key(connection, company.name, keys).values())
    numbers_written = order.action is Action.USE_NUMBER and _write_numbers(company, concerned, order.value)
    if order.action is Action.DELETE:
        for item in concerned:
            if item.kind is DocumentKind.SERVICE:
                company.source.delete_service(item.local_id)
    now = company.clock.now()
    with company.engine.begin() as connection:
        if queue.applied(connection, order.id, now):
            _carry_out(connection, company, order, concerned, override=not numbers_written)


def _write_numbers(company: Company, concerned: list[Item], number: str) -> bool:
    """Into the local books first: they are the truth that is posted. False where no way to write is configured."""
    return all(company.source.write_number(item.kind, item.local_id, number) for item in concerned)


def _carry_out(
    connection: Connection, company: Company, order: Order, concerned: list[Item], *, override: bool
) -> None:
    now = company.clock.now()
    match order.action:
        case Action.RESYNC:
            queue.release(connection, order.error_id, now)
            items.wake(connection, company.name, order.documents, {State.HELD}, now)
        case Action.UNSKIP:
            items.wake(connection, company.name, order.documents, {State.SKIPPED}, now)
        case Action.SKIP:
            for item in concerned:
                if item.state is State.HELD:
                    items.move(connection, item, State.SKIPPED, now, error_id=order.error_id, not_before=None)
        case Action.DELETE:
            _delete(connection, company, concerned)
        case Action.USE_NUMBER:
            queue.release(connection, order.error_id, now)
            for item in concerned:
                if item.state is State.HELD:
                    kept = order.value if override else None
                    items.move(connection, item, State.SEEN, now, number_override=kept, not_before=None)


def _delete(connection: Connection, company: Company, concerned: list[Item]) -> None:
    """The service leaves the sync; what used it starts anew and says by itself that a line needs another service."""
    now = company.clock.now()
    for item in concerned:
        if item.kind is DocumentKind.SERVICE:
            items.move(connection, item, State.DELETED, now, not_before=None)
        elif item.state is State.HELD:
            items.move(connection, item, State.SEEN, now, not_before=None)
