"""Link: QuickBooks holds the document. Ids and tokens are stored, both totals compared, and what waited is freed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.contract import Operation, Remote
from errors import queue
from errors.kinds import TotalsDiffer
from errors.problem import Problem
from worker.state import items, links
from worker.state.items import Item
from worker.state.machine import State
from worker.steps.hold import blocked, to_held

if TYPE_CHECKING:
    from worker.pipeline import Company


def link(company: Company, item: Item, remote: Remote, *, adopted: bool = False) -> None:
    """Commit the outcome of an item: its link, its state, and the errors that end with it."""
    now = company.clock.now()
    removed = item.operation is Operation.VOID
    with company.begin() as connection:
        links.save(connection, item, company.realm_id, remote, now, adopted=adopted, removed=removed)
        present = items.again(connection, item)
        if not removed and remote.total is not None and item.amount is not None and remote.total != item.amount:
            _differs(connection, company, item, remote)
            return
        changed = item.sent_version is not None and present.version != item.sent_version
        moved = items.move(
            connection,
            item,
            State.SEEN if changed else State.LINKED,
            now,
            attempts=0,
            not_before=None,
            request_id=None,
            fingerprint=item.fingerprint,
            **items.described(item),
        )
        if not moved:
            return
        freed = queue.settle_document(connection, company.name, item.kind.value, item.local_id, now)
        items.wake(connection, company.name, freed, {State.HELD}, now)
    company.tally.linked += 1


def _differs(connection: Connection, company: Company, item: Item, remote: Remote) -> None:
    """Held, though QuickBooks has it: the link forgets what was sent, so that a resync sends it again."""
    now = company.clock.now()
    problem = Problem(
        kind=TotalsDiffer,
        subject=f"{item.kind} {item.local_id}",
        facts={
            "document": item.name,
            "local_total": item.amount if item.amount is not None else "",
            "remote_total": remote.total if remote.total is not None else "",
        },
    )
    error_id = queue.record(connection, problem, blocked(item), now)
    found = links.live(connection, company.name, company.realm_id, {(item.kind, item.local_id)})
    links.amend(connection, found[item.kind, item.local_id], fingerprint="")
    to_held(connection, company, item, error_id, None)
