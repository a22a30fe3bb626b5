"""Another number for a document: written back to the local books where they can be written, kept here otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from errors import queue
from worker.state import items
from worker.state.machine import State
from worker.steps.ordered.carrier import Carrier, Task
from worker.steps.ordered.plain import wake

if TYPE_CHECKING:
    from worker.pipeline import Company


def _write_back(company: Company, task: Task) -> bool:
    """False where no way to write is configured."""
    return all(company.source.write_number(item.kind, item.local_id, task.order.value) for item in task.own)


def _renumber(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    queue.release(connection, [task.order.error_id for task in tasks], company.clock.now())
    for task in tasks:
        for item in task.own:
            kept = (None, None) if task.answer else (task.order.value, item.number)
            items.note(connection, item, number_override=kept[0], number_replaced=kept[1])
    wake(connection, company, tasks, State.HELD)


USE_NUMBER = Carrier(inside=_renumber, outside=_write_back)
