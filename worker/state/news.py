"""What QuickBooks told us by webhook: kept once, whatever is told twice, until a tick has taken it in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from connectors.tokens import tokens
from worker.state.outside import webhook_events

FORGOTTEN = timedelta(days=30)
OURS, ELSEWHERE = "ours", "elsewhere"


@dataclass(frozen=True, kw_only=True)
class Event:
    """`key`: equal for every delivery of the same event. `entity`, `operation`: in small letters."""

    key: str
    realm_id: str
    entity: str
    target_id: str
    operation: str
    happened_at: datetime


def companies_of(connection: Connection, realms: Collection[str]) -> dict[str, list[str]]:
    """The companies that belong to each of these realms."""
    found: dict[str, list[str]] = {}
    query = select(tokens.c.realm_id, tokens.c.company).where(tokens.c.realm_id.in_(sorted(set(realms))))
    for realm, company in connection.execute(query):
        found.setdefault(realm, []).append(company)
    return found


def keep(connection: Connection, events: Sequence[Event], now: datetime) -> list[Event]:
    """Those that are new, now durable once the transaction is; what is long past is forgotten."""
    connection.execute(delete(webhook_events).where(webhook_events.c.received_at < now - FORGOTTEN))
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = []
    for event in events:
        row = make(webhook_events).values(**asdict(event), received_at=now).on_conflict_do_nothing()
        if connection.execute(row.returning(webhook_events.c.id)).first() is not None:
            new.append(event)
    return new


def waiting(connection: Connection, realm_id: str, limit: int) -> list[RowMapping]:
    """What no tick has taken in yet, oldest first."""
    mine = (webhook_events.c.realm_id == realm_id) & webhook_events.c.handled_at.is_(None)
    query = select(webhook_events).where(mine).order_by(webhook_events.c.id).limit(limit)
    return list(connection.execute(query).mappings())


def handled(connection: Connection, ids: Collection[int], result: str, now: datetime) -> None:
    chosen = update(webhook_events).where(webhook_events.c.id.in_(sorted(ids)))
    connection.execute(chosen.values(handled_at=now, result=result))


def latest(connection: Connection, limit: int, offset: int = 0) -> list[RowMapping]:
    query = select(webhook_events).order_by(webhook_events.c.id.desc()).limit(limit).offset(offset)
    return list(connection.execute(query).mappings())
