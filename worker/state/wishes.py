"""What people want of the daemon: a company paused, a look now. Written by console, API and command line alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.state.deeds import Deed, record
from worker.state.tables import wishes


def pause(connection: Connection, company: str, *, by: str, why: str, now: datetime) -> None:
    """No tick begins until `resume`; one that is under way comes to its end."""
    _write(connection, company, {"paused_at": now, "paused_by": by, "why": why})
    record(connection, Deed.PAUSED, by=by, now=now, company=company, why=why)


def resume(connection: Connection, company: str, *, by: str, now: datetime) -> None:
    _write(connection, company, {"paused_at": None, "paused_by": "", "why": ""})
    record(connection, Deed.RESUMED, by=by, now=now, company=company)


def want(connection: Connection, company: str, *, by: str, now: datetime) -> None:
    """A look now, not only at the next poll. Who wants what is wanted already adds nothing to the audit."""
    if company not in wanted(connection):
        record(connection, Deed.SYNC_WANTED, by=by, now=now, company=company)
    _write(connection, company, {"wanted_at": now, "wanted_by": by})


def of(connection: Connection) -> dict[str, RowMapping]:
    """What is wished, by company."""
    return {row["company"]: row for row in connection.execute(select(wishes)).mappings()}


def paused(connection: Connection, company: str) -> bool:
    query = select(wishes.c.paused_at).where(wishes.c.company == company)
    return connection.execute(query).scalar() is not None


def wanted(connection: Connection) -> list[str]:
    """Companies of which a look is wanted."""
    return list(connection.execute(select(wishes.c.company).where(wishes.c.wanted_at.is_not(None))).scalars())


def looked(connection: Connection, company: str, since: datetime) -> None:
    """A tick that began at `since` fulfils what was wished before."""
    mine = (wishes.c.company == company) & (wishes.c.wanted_at <= since)
    connection.execute(update(wishes).where(mine).values(wanted_at=None, wanted_by=""))


def _write(connection: Connection, company: str, values: dict[str, Any]) -> None:
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = make(wishes).values(company=company, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["company"], set_=values))
