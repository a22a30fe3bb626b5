"""What people were told and wait to hear the end of: one row for each topic and company."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from errors.tables import State, errors, followups
from errors.untold import halting

PROBLEMS = "problems"  # since: the first mail of this bout
HALTS = "halts"  # since: the last mail; level: the error that it was about, 0 once the company went on
TOKENS = "tokens"  # since: when the connection ends; level: how many days before that was told last


def get(connection: Connection, topic: str, company: str) -> Row[Any] | None:
    return connection.execute(select(followups).where(*_key(topic, company))).first()


def put(connection: Connection, topic: str, company: str, *, since: datetime | None = None, level: int) -> None:
    """Write the row, or change it; `since` None: only in a row that is there, and as it is."""
    news = {"level": level} | ({} if since is None else {"since": since})
    changed = connection.execute(update(followups).where(*_key(topic, company)).values(**news))
    if changed.rowcount == 0 and since is not None:
        connection.execute(insert(followups).values(topic=topic, name=company, **news))


def begin(connection: Connection, topic: str, company: str, now: datetime) -> datetime:
    """Since when people wait; from now on, where they did not."""
    known = get(connection, topic, company)
    if known is not None:
        since: datetime = known.since
        return since
    put(connection, topic, company, since=now, level=0)
    return now


def end(connection: Connection, topic: str, company: str) -> None:
    connection.execute(delete(followups).where(*_key(topic, company)))


def cleared(connection: Connection) -> Sequence[Row[Any]]:
    """The companies whose problems were told and of which none is open any more."""
    still_open = exists().where(errors.c.state == State.OPEN, errors.c.company == followups.c.name)
    query = select(followups).where(followups.c.topic == PROBLEMS, ~still_open).order_by(followups.c.name)
    return connection.execute(query).all()


def resumed(connection: Connection) -> list[tuple[str, int]]:
    """The companies that were told to have stopped and which nothing stops any more, each with the error told of."""
    stopped = exists().where(errors.c.state == State.OPEN, errors.c.company == followups.c.name, halting())
    query = select(followups.c.name, followups.c.level).where(followups.c.topic == HALTS, followups.c.level > 0)
    return [(row.name, row.level) for row in connection.execute(query.where(~stopped).order_by(followups.c.name))]


def _key(topic: str, company: str) -> tuple[Any, Any]:
    return (followups.c.topic == topic, followups.c.name == company)
