"""Recover: an item found in `sending` has an unknown outcome. It is looked up first, and never re-sent blind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.state import items
from worker.state.items import Item
from worker.state.machine import State
from worker.steps.link import link
from worker.steps.post import posting, settle

if TYPE_CHECKING:
    from worker.pipeline import Company

CHUNK = 100


def run(company: Company) -> None:
    """All that is due.

    Raises:
        ProblemError: the company cannot go on now; the items stay in `sending`.
    """
    while not company.stopping():
        with company.engine.connect() as connection:
            due = items.due(connection, company.name, State.SENDING, None, company.clock.now(), CHUNK)
        for item in due:
            _one(company, item)
        if len(due) < CHUNK:
            return


def _one(company: Company, item: Item) -> None:
    """Adopt what QuickBooks holds; only what it lacks is sent again, with the same request id and the same bytes."""
    remote = company.target.find(posting(item), item.marker)
    if remote is not None:
        company.tally.posted[item.kind] += 1
        link(company, item, remote)
    else:
        settle(company, item, company.target.send(posting(item)))
