"""Orders: what people decided in the error table is carried out here, by the ordinary tick. Button = clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import Action, Verb
from errors.problem import Phrase, Problem, ProblemError, phrase
from errors.queue import Order
from worker.state import items
from worker.state.database import reading
from worker.state.items import Item
from worker.state.machine import MOVES, State

if TYPE_CHECKING:
    from worker.pipeline import Company


def apply(company: Company) -> int:
    """Carry out all orders, then wake what is tried again by itself. Returns the number of orders.

    Raises:
        ProblemError: the local books are out of reach; the order waits.
    """
    with reading(company.engine) as connection:
        orders = queue.pending_actions(connection, company.name)
        passed = items.any_to_wake(connection, company.name, company.clock.now())
    for order in orders:
        _one(company, order)
    if passed:
        with company.begin() as connection:
            items.wake_due(connection, company.name, company.clock.now())
    return len(orders)


def _one(company: Company, order: Order) -> None:
    """An order that cannot be carried out says so in the audit; it must not stand in the way of the others for ever."""
    with reading(company.engine) as connection:
        keys = {(DocumentKind(kind), local_id) for kind, local_id in order.documents}
        concerned = list(items.by_key(connection, company.name, keys).values())
    if order.action in {Action.SKIP, Action.DELETE} and any(item.state is State.SENDING for item in concerned):
        return  # whether QuickBooks has it is found out first; the order waits for that
    try:
        written = _at_the_source(company, order, concerned)
    except ProblemError as moment:
        if moment.problem.verb is Verb.WAIT:
            raise
        _could_not(company, order, moment.problem)
        return
    now = company.clock.now()
    with company.begin() as connection:
        if queue.applied(connection, order.id, now):
            _carry_out(connection, company, order, concerned, override=not written)


def _could_not(company: Company, order: Order, problem: Problem) -> None:
    reason = Phrase(problem.kind.sentence(), problem.facts)
    with company.begin() as connection:
        result = phrase("could not be done: {reason}", reason=reason)
        queue.applied(connection, order.id, company.clock.now(), result)


def _at_the_source(company: Company, order: Order, concerned: list[Item]) -> bool:
    """What an order changes in the local books: they are the truth that is posted. True: a number was written."""
    if order.action is Action.DELETE:
        for item in concerned:
            if item.kind is DocumentKind.SERVICE:
                company.source.delete_service(item.local_id)
    return order.action is Action.USE_NUMBER and _write_numbers(company, concerned, order.value)


def _write_numbers(company: Company, concerned: list[Item], number: str) -> bool:
    """False where no way to write is configured."""
    return all(company.source.write_number(item.kind, item.local_id, number) for item in concerned)


def _carry_out(
    connection: Connection, company: Company, order: Order, concerned: list[Item], *, override: bool
) -> None:
    now = company.clock.now()
    match order.action:
        case Action.RESYNC:
            queue.release(connection, order.error_id, now)
            items.wake(connection, company.name, order.documents, {State.HELD}, now)
            for item in concerned:
                if item.state is State.SENDING:
                    items.note(connection, item, not_before=item.changed_at + company.settle)
        case Action.UNSKIP:
            items.wake(connection, company.name, order.documents, {State.SKIPPED}, now)
        case Action.SKIP:
            _leave(connection, concerned, State.SKIPPED, now, error_id=order.error_id)
            for document in order.documents:
                queue.leave_others(connection, company.name, document, order.error_id, now)
        case Action.DELETE:
            services = [item for item in concerned if item.kind is DocumentKind.SERVICE]
            _leave(connection, services, State.DELETED, now)
            # What used it starts anew, and says by itself that a line needs another service.
            items.wake(connection, company.name, order.documents, {State.HELD}, now)
        case Action.USE_NUMBER:
            queue.release(connection, order.error_id, now)
            for item in concerned:
                kept = (order.value, item.number) if override else (None, None)
                items.note(connection, item, number_override=kept[0], number_replaced=kept[1])
            items.wake(connection, company.name, order.documents, {State.HELD}, now)


def _leave(connection: Connection, concerned: list[Item], to: State, now: datetime, **values: object) -> None:
    """Out of the way of records; what QuickBooks has already stays as it is."""
    for item in concerned:
        if to in MOVES[item.state]:
            items.move(connection, item, to, now, not_before=None, **values)
