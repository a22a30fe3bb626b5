"""What the ticks did: what a status page shows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from worker.state.tables import runs

if TYPE_CHECKING:
    from worker.pipeline import TickReport


def save(connection: Connection, report: TickReport) -> None:
    """A row of its own for a tick that did something; idle ticks in a row share one, which says when the last ended."""
    idle = not (report.posted or report.linked or report.held or report.calls or report.halted)
    if idle and _idle_on(connection, report):
        return
    connection.execute(
        insert(runs).values(
            company=report.company,
            started_at=report.started,
            finished_at=report.finished,
            posted={kind.value: count for kind, count in report.posted.items()},
            linked=report.linked,
            held=report.held,
            waiting=report.waiting,
            calls=report.calls,
            halted=report.halted.kind.code if report.halted else None,
        )
    )


def _idle_on(connection: Connection, report: TickReport) -> bool:
    """Whether the last tick was idle as well: its row tells of this one, too. One statement, as most ticks are."""
    last = select(func.max(runs.c.id)).where(runs.c.company == report.company).scalar_subquery()
    nothing_done = (runs.c.calls == 0, runs.c.linked == 0, runs.c.held == 0)
    noted = connection.execute(update(runs).where(runs.c.id == last, *nothing_done).values(finished_at=report.finished))
    return noted.rowcount == 1


def latest(connection: Connection, company: str) -> RowMapping | None:
    """The last tick of a company; None before the first."""
    query = select(runs).where(runs.c.company == company).order_by(runs.c.id.desc()).limit(1)
    return connection.execute(query).mappings().first()


def posted_since(connection: Connection, since: datetime) -> dict[str, dict[str, int]]:
    """How many documents of each kind were posted by ticks that ended since then, company by company."""
    found: dict[str, dict[str, int]] = {}
    query = select(runs.c.company, runs.c.posted).where(runs.c.finished_at >= since).order_by(runs.c.company)
    for company, posted in connection.execute(query):
        sums = found.setdefault(company, {})
        for kind, count in posted.items():
            sums[kind] = sums.get(kind, 0) + count
    return found
