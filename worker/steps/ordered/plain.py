"""Resync, skip and its undoing, delete."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from connectors.documents import DocumentKind
from errors import queue
from worker.state import decisions, items
from worker.state.decisions import Matter
from worker.state.items import Item
from worker.state.machine import MOVES, State
from worker.steps.ordered.carrier import Carrier, Task

if TYPE_CHECKING:
    from worker.pipeline import Company


def wake(connection: Connection, company: Company, tasks: Sequence[Task], state: State) -> None:
    """The documents of these orders start anew, those that stand in `state`."""
    documents = [document for task in tasks for document in task.order.documents]
    items.wake(connection, company.name, documents, {state}, company.clock.now())


def _resync(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    queue.release(connection, [task.order.error_id for task in tasks], company.clock.now())
    wake(connection, company, tasks, State.HELD)
    for task in tasks:
        for item in task.concerned:
            if item.state is State.SENDING:
                items.note(connection, item, not_before=item.changed_at + company.settle)


def _unskip(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """What stands under these errors by now, an order before this one may have added to it."""
    now = company.clock.now()
    documents = queue.standing_under(connection, [task.order.error_id for task in tasks])
    items.wake(connection, company.name, documents, {State.SKIPPED}, now)
    errors = {task.order.error_id for task in tasks}
    found = decisions.all_of(connection, Matter.LEAVE_OUT, company.name)
    _sync_again(connection, company, {decision.key for decision in found if decision.error_id in errors})


def _sync_again(connection: Connection, company: Company, customers: Collection[str]) -> None:
    """Accounts that were left out. A customer that is linked by now keeps no error open."""
    if not customers:
        return
    decisions.drop(connection, company.name, DocumentKind.CUSTOMER, customers, Matter.LEAVE_OUT)
    found = items.by_key(connection, company.name, {(DocumentKind.CUSTOMER, key) for key in customers}).values()
    there = [(item.kind.value, item.local_id) for item in found if item.state is State.LINKED]
    queue.settle_documents(connection, company.name, there, company.clock.now())


def _skip(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    chosen = [(item, {"error_id": task.order.error_id}) for task in tasks for item in task.concerned]
    _leave(connection, company, chosen, State.SKIPPED)
    # What stands in two of them goes to the first, as the move above does; what somebody left out stays where it is.
    out = {(item.kind.value, item.local_id) for item, _ in chosen if item.state is State.SKIPPED}
    kept = {document: task.order.error_id for task in reversed(tasks) for document in task.order.documents}
    moved = {document: error_id for document, error_id in kept.items() if document not in out}
    queue.leave_others(connection, company.name, moved, company.clock.now())


def _off_the_list(company: Company, task: Task) -> None:
    for item in task.concerned:
        if item.kind is DocumentKind.SERVICE:
            company.source.delete_service(item.local_id)


def _delete(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    services = [item for task in tasks for item in task.concerned if item.kind is DocumentKind.SERVICE]
    _leave(connection, company, [(item, {}) for item in services], State.DELETED)
    # What used them starts anew, and says by itself that a line needs another service.
    wake(connection, company, tasks, State.HELD)


def _leave(
    connection: Connection, company: Company, chosen: Sequence[tuple[Item, Mapping[str, Any]]], to: State
) -> None:
    """Out of the way of records; what QuickBooks has already stays as it is."""
    moves = [(item, {**values, "not_before": None}) for item, values in chosen if to in MOVES[item.state]]
    items.move_all(connection, moves, to, company.clock.now())


RESYNC = Carrier(inside=_resync)
UNSKIP = Carrier(inside=_unskip)
SKIP = Carrier(inside=_skip, after_sending=True)
DELETE = Carrier(inside=_delete, outside=_off_the_list, after_sending=True)
