"""What the ticks did: what a status page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, insert, select, update

from worker.state.tables import runs

if TYPE_CHECKING:
    from worker.pipeline import TickReport


def save(connection: Connection, report: TickReport) -> None:
    """A row of its own for a tick that did something; idle ticks in a row share one, which says when the last ended."""
    idle = not (report.posted or report.linked or report.held or report.calls or report.halted)
    last = latest(connection, report.company)
    if idle and last is not None and not (last["posted"] or last["linked"] or last["held"] or last["calls"]):
        connection.execute(update(runs).where(runs.c.id == last["id"]).values(finished_at=report.finished))
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


def latest(connection: Connection, company: str) -> RowMapping | None:
    """The last tick of a company; None before the first."""
    query = select(runs).where(runs.c.company == company).order_by(runs.c.id.desc()).limit(1)
    return connection.execute(query).mappings().first()
