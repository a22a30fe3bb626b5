"""Orders and audit are one table: a line says who ordered what and why, and, once a tick carried it out, the result."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select, update

from errors.kinds import Action
from errors.listing import problem_of
from errors.problem import Phrase, Problem
from errors.selection import Selection
from errors.tables import State, actions, blocked, errors


@dataclass(frozen=True, kw_only=True)
class AuditLine:
    """`value`: what the action needs besides the error (the number to use). `applied_at` None: it still waits.

    `result`: what became of it, where there is more to say than that it was done.
    """

    id: int
    error_id: int
    company: str
    action: Action
    value: str
    by: str
    why: str
    at: datetime
    applied_at: datetime | None
    result: Phrase | None


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the next tick must do. `documents`: (document kind, local id) that the error blocks, first come first.

    `state`: that of the error now; a later order may have ended it. `by`, `why`: who ordered it, for the audit.
    """

    id: int
    error_id: int
    state: State
    action: Action
    value: str
    by: str
    why: str
    problem: Problem
    documents: tuple[tuple[str, str], ...]


def pending_actions(connection: Connection, company: str, *, after: int = 0, limit: int | None = None) -> list[Order]:
    """The orders of this company that wait for a tick, oldest first: two statements, one when there are none.

    At most `limit` of them, those behind the order `after`.
    """
    waiting = and_(errors.c.company == company, actions.c.applied_at.is_(None), actions.c.id > after)
    told = (actions.c.id.label("action_id"), *(actions.c[name] for name in ("action", "value", "by", "why")))
    query = select(errors, *told).join(actions, actions.c.error_id == errors.c.id)
    rows = connection.execute(query.where(waiting).order_by(actions.c.id).limit(limit)).all()
    if not rows:
        return []
    documents = _documents(connection, and_(waiting, actions.c.id <= rows[-1].action_id))
    return [
        Order(
            id=row.action_id,
            error_id=row.id,
            state=State(row.state),
            action=Action(row.action),
            value=row.value,
            by=row.by,
            why=row.why,
            problem=problem_of(row),
            documents=tuple(documents[row.id]),
        )
        for row in rows
    ]


def applied(connection: Connection, action_id: int, now: datetime, result: Phrase | None = None) -> bool:
    """The tick has carried out this order; False when somebody else did before. `result` is shown in the audit."""
    mine = and_(actions.c.id == action_id, actions.c.applied_at.is_(None))
    return connection.execute(update(actions).where(mine).values(applied_at=now, result=result)).rowcount == 1


def applied_all(connection: Connection, action_ids: Collection[int], now: datetime) -> set[int]:
    """The tick carries out these orders; answers those that nobody else did before."""
    mine = and_(actions.c.id.in_(action_ids), actions.c.applied_at.is_(None))
    return set(connection.execute(update(actions).where(mine).values(applied_at=now).returning(actions.c.id)).scalars())


def history(connection: Connection, error_id: int) -> list[AuditLine]:
    """What was ordered for one error, oldest first."""
    query = _lines().where(actions.c.error_id == error_id).order_by(actions.c.id)
    return [_line(row) for row in connection.execute(query)]


def audit(connection: Connection, selection: Selection, limit: int = 50, offset: int = 0) -> list[AuditLine]:
    """What was ordered for these errors, latest first."""
    query = _lines().where(selection.where()).order_by(actions.c.id.desc()).limit(limit).offset(offset)
    return [_line(row) for row in connection.execute(query)]


def _lines() -> Select[Any]:
    return select(actions, errors.c.company).join(errors, actions.c.error_id == errors.c.id)


def _line(row: Row[Any]) -> AuditLine:
    return AuditLine(**(row._asdict() | {"action": Action(row.action)}))


def _documents(connection: Connection, waiting: Any) -> dict[int, list[tuple[str, str]]]:
    ordered = select(actions.c.error_id).join(errors, actions.c.error_id == errors.c.id).where(waiting)
    query = select(blocked.c.error_id, blocked.c.document_kind, blocked.c.local_id).where(
        blocked.c.error_id.in_(ordered), blocked.c.left_at.is_(None)
    )
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(query.order_by(blocked.c.since, blocked.c.document_kind, blocked.c.local_id)):
        found[row.error_id].append((row.document_kind, row.local_id))
    return found
