"""Recover: an item found in `sending` has an unknown outcome. It is looked up first, and never re-sent blind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.contract import Operation
from errors import queue
from errors.kinds import Action
from worker.state import items
from worker.state.database import reading
from worker.state.items import Item
from worker.state.machine import State
from worker.steps.adopting import hold_taken, owner
from worker.steps.hold import guarded
from worker.steps.link import link
from worker.steps.outcome import settle
from worker.steps.post import posting

if TYPE_CHECKING:
    from worker.pipeline import Company

CHUNK = 100


def run(company: Company) -> None:
    """All that is due.

    Raises:
        ProblemError: the company cannot go on now; the items stay in `sending`.
    """
    moved = True
    while moved and not company.stopping():
        with reading(company.engine) as connection:
            due = items.due(connection, company.name, State.SENDING, None, company.tally.began, CHUNK)
        for item in due:
            with guarded(company, item):
                _one(company, item)
        moved = bool(due)


def _one(company: Company, item: Item) -> None:
    """Take over what QuickBooks holds; only what it lacks is sent again: the same request id, the same bytes."""
    remote = company.target.find(posting(item), item.marker)
    if remote is None and _unwanted(company, item):
        with company.begin() as connection:
            items.move(connection, item, State.HELD, company.clock.now(), request_id=None, not_before=None)
        return
    if remote is None:
        settle(company, item, company.target.send(posting(item)))
        return
    other = owner(company, item, remote.target_id) if item.operation is Operation.CREATE else None
    if other is not None:  # found by its name alone: it is another record's
        hold_taken(company, item, other)
        return
    company.tally.posted[item.kind] += 1
    link(company, item, remote)


def _unwanted(company: Company, item: Item) -> bool:
    """A person has skipped or deleted it meanwhile: the order waits until it is known that QuickBooks lacks it."""
    with reading(company.engine) as connection:
        orders = queue.pending_actions(connection, company.name)
    ended = (order.documents for order in orders if order.action in {Action.SKIP, Action.DELETE})
    return any((item.kind.value, item.local_id) in documents for documents in ended)
