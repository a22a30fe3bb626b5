"""Link: QuickBooks holds the document. Ids and tokens are stored, both totals compared, and what waited is freed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from connectors.contract import Operation, Remote
from errors import queue
from errors.kinds import TotalsDiffer
from errors.problem import Problem, ProblemError
from worker.state import items, links
from worker.state.items import Item
from worker.state.leases import Fenced
from worker.state.machine import State
from worker.steps.hold import blocked, guarded, to_held

if TYPE_CHECKING:
    from worker.pipeline import Company

_log = structlog.get_logger("cuadre.steps")

Found = Sequence[tuple[Item, Remote]]


def link(company: Company, item: Item, remote: Remote, *, adopted: bool = False) -> None:
    """Commit the outcome of one item."""
    link_all(company, [(item, remote)], adopted=adopted)


def link_all(company: Company, found: Found, *, adopted: bool = False) -> None:
    """Commit the outcomes of items: their links, their states, and the errors that end with them."""
    if not found:
        return
    with company.begin() as connection:
        linked = link_in(connection, company, found, adopted=adopted)
    company.tally.linked += linked


def link_in(connection: Connection, company: Company, found: Found, *, adopted: bool = False) -> int:
    """The same, for a caller who has a transaction: how many are linked."""
    now = company.clock.now()
    present = items.lock(connection, [item for item, _ in found])
    links.save_all(connection, company.name, company.realm_id, found, now, adopted=adopted)
    agreed = [item for item, remote in found if not _differs(connection, company, item, remote)]
    still = [item for item in agreed if item.id in present and present[item.id].state is item.state]
    changed = [item for item in still if item.sent_version not in {None, present[item.id].version}]
    same = [item for item in still if item not in changed]
    items.move_all(connection, [(item, _settled(item)) for item in same], State.LINKED, now)
    items.move_all(connection, [(item, _settled(item)) for item in changed], State.SEEN, now)
    documents = [(item.kind.value, item.local_id) for item in still]
    freed = queue.settle_documents(connection, company.name, documents, now)
    items.wake(connection, company.name, freed, {State.HELD}, now)
    return len(still)


def link_each(company: Company, found: Found) -> None:
    """As `link_all`; where one of them makes the code fail, that one is put aside and the others are linked."""
    try:
        link_all(company, found)
    except (ProblemError, SQLAlchemyError, Fenced):
        raise
    except Exception:
        if len(found) == 1:
            raise
        _log.exception("linked one by one", company=company.name)
        for item, remote in found:
            with guarded(company, item):
                link(company, item, remote)


def _settled(item: Item) -> dict[str, Any]:
    return {
        "attempts": 0,
        "not_before": None,
        "request_id": None,
        "bid": None,
        "fingerprint": item.fingerprint,
        **items.described(item),
    }


def _differs(connection: Connection, company: Company, item: Item, remote: Remote) -> bool:
    """Held, though QuickBooks has it: the link forgets what was sent, so that a resync sends it again."""
    removed = item.operation is Operation.VOID
    if removed or remote.total is None or item.amount is None or remote.total == item.amount:
        return False
    problem = Problem(
        kind=TotalsDiffer,
        subject=item.subject,
        facts={"document": item.name, "local_total": item.amount, "remote_total": remote.total},
    )
    error_id = queue.record(connection, problem, blocked(item), company.clock.now())
    found = links.live(connection, company.name, company.realm_id, {(item.kind, item.local_id)})
    links.amend(connection, found[item.kind, item.local_id], fingerprint="")
    to_held(connection, company, item, error_id, None)
    return True
