"""Orders: what people decided in the error table is carried out here, by the ordinary tick. Button = clock.

An order that cannot be carried out says so in the audit; it must not stand in the way of the others for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import SQLAlchemyError

from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import Verb
from errors.problem import Name, Phrase, Problem, ProblemError, phrase
from errors.queue import Order
from errors.tables import State as ErrorState
from worker.state import items
from worker.state.database import reading
from worker.state.items import Item
from worker.state.leases import Fenced
from worker.state.machine import State
from worker.steps.hold import failure
from worker.steps.ordered import CARRIERS, CannotBeError, Carrier, Task

if TYPE_CHECKING:
    from worker.pipeline import Company

_log = structlog.get_logger("cuadre.steps")

Key = tuple[DocumentKind, str]

PAGE = 1000  # orders in memory
TOGETHER = 200  # orders in one transaction


@dataclass(frozen=True, kw_only=True)
class Carried:
    """How many orders were looked at, and whether some of them have to reach QuickBooks (see `apply_in_target`)."""

    orders: int
    for_target: bool


def apply(company: Company) -> Carried:
    """Carry out what concerns our side alone, then wake what is tried again by itself.

    Raises:
        ProblemError: the local books are out of reach; the order waits.
    """
    carried = _all(company, in_target=False)
    now = company.clock.now()
    with reading(company.engine) as connection:
        passed = items.any_to_wake(connection, company.name, now)
    if passed:
        with company.begin() as connection:
            items.wake_due(connection, company.name, now)
    return carried


def apply_in_target(company: Company) -> None:
    """Carry out what needs QuickBooks, which is open by now.

    Raises:
        ProblemError: QuickBooks or the local books are out of reach; the order waits.
    """
    _all(company, in_target=True)


# --- how -------------------------------------------------------------------------------------------------------------


def _all(company: Company, *, in_target: bool) -> Carried:
    """Oldest first, those of one sort that follow each other together."""
    count, for_target = 0, False
    for orders in _pages(company):
        count += len(orders)
        for action, same in groupby(orders, key=lambda order: order.action):
            carrier = CARRIERS[action]
            for_target |= carrier.reaches_target
            if carrier.reaches_target is in_target:
                _in_parts(company, carrier, list(same))
        if company.enough():
            break
    return Carried(orders=count, for_target=for_target)


def _pages(company: Company) -> Iterator[list[Order]]:
    after = 0
    while True:
        with reading(company.engine) as connection:
            orders = queue.pending_actions(connection, company.name, after=after, limit=PAGE)
        if not orders:
            return
        after = orders[-1].id
        yield orders


def _in_parts(company: Company, carrier: Carrier, orders: Sequence[Order]) -> None:
    size = TOGETHER if carrier.outside is None else 1
    for start in range(0, len(orders), size):
        if company.enough():
            return
        _carry_out(company, carrier, orders[start : start + size])


def _carry_out(company: Company, carrier: Carrier, orders: Sequence[Order]) -> None:
    tasks = _tasks(company, orders)
    if carrier.after_sending:
        tasks = [task for task in tasks if not _sending(company, carrier, task)]
    if carrier.outside is not None:
        tasks = [done for task in tasks if (done := _outside(company, carrier, task)) is not None]
    if not tasks:
        return
    with company.begin() as connection:
        ours = queue.applied_all(connection, [task.order.id for task in tasks], company.clock.now())
        carrier.inside(connection, company, [task for task in tasks if task.order.id in ours])


def _sending(company: Company, carrier: Carrier, task: Task) -> bool:
    about = task.about if carrier.whole_account else None
    if any(item.state is State.SENDING for item in (*task.concerned, *([about] if about else []))):
        return True
    if about is None:
        return False
    with reading(company.engine) as connection:
        return bool(items.of_customer(connection, company.name, about.local_id, {State.SENDING}))


def _tasks(company: Company, orders: Sequence[Order]) -> list[Task]:
    """Each order with the records it concerns: one question for each kind of document."""
    keys = {order.id: [(DocumentKind(kind), local_id) for kind, local_id in order.documents] for order in orders}
    about = {order.id: items.named(order.problem.subject) for order in orders}
    with reading(company.engine) as connection:
        wanted = {key for of_one in keys.values() for key in of_one} | {
            key for of_one in about.values() for key in of_one
        }
        found = items.by_key(connection, company.name, wanted)
    return [
        Task(
            order=order,
            concerned=tuple(found[key] for key in keys[order.id] if key in found),
            about=_first(found, [key for key in about[order.id] if key in keys[order.id]], about[order.id]),
        )
        for order in orders
    ]


def _first(found: Mapping[Key, Item], *likely: Sequence[Key]) -> Item | None:
    """The first that is there: rather one that waits for the error than another whose id only looks like it."""
    return next((found[key] for keys in likely for key in keys if key in found), None)


def _outside(company: Company, carrier: Carrier, task: Task) -> Task | None:
    """The task with the answer of the other side; None when it waits, or cannot be."""
    assert carrier.outside is not None
    order = task.order
    if carrier.reaches_target and order.state is not ErrorState.OPEN:
        closed = phrase("the error is not open any more")
        _end(company, order, phrase("could not be done: {reason}", reason=closed))
        return None
    try:
        return replace(task, answer=carrier.outside(company, task))
    except CannotBeError as cannot:
        _end(company, order, phrase("could not be done: {reason}", reason=cannot.reason))
    except ProblemError as moment:
        _stopped(company, carrier, order, moment)
    except (SQLAlchemyError, Fenced):
        raise
    except Exception as error:  # noqa: BLE001 - a mistake of ours; the log tells all of it
        _log.exception("an order failed", company=company.name, order=order.id, action=order.action.value)
        _refuse(company, order, failure(Name("error", str(order.error_id)), order.problem.subject, error))
    return None


def _stopped(company: Company, carrier: Carrier, order: Order, moment: ProblemError) -> None:
    """What may pass lets the order wait, and what stops the whole company stops it; the rest ends the order."""
    verb = moment.problem.verb
    if verb is Verb.WAIT or (carrier.reaches_target and verb is Verb.HALT):
        raise moment
    if not (carrier.reaches_target and verb is Verb.RETRY):
        _refuse(company, order, moment.problem)


def _refuse(company: Company, order: Order, problem: Problem) -> None:
    reason = Phrase(problem.kind.sentence(), problem.facts)
    _end(company, order, phrase("could not be done: {reason}", reason=reason))


def _end(company: Company, order: Order, result: Phrase) -> None:
    with company.begin() as connection:
        queue.applied(connection, order.id, company.clock.now(), result)
