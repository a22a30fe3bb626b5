"""How every company stands: connection, what stops it, items by state, open errors, the last tick. Reading only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from connectors.tokens import tokens
from errors import queue
from errors.kinds import Category
from errors.listing import Count
from errors.problem import Problem
from errors.selection import Selection
from errors.tables import State
from worker.config import Config
from worker.rules.patience import probe_at
from worker.state import items, runs
from worker.state.machine import State as ItemState
from worker.state.tables import items as items_table
from worker.steps.breaker import outage_among

UNDER_WAY = (ItemState.SEEN, ItemState.PREPARED, ItemState.NUMBERED, ItemState.SENDING)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One company. `connection`: connected, lost, disconnected, never. `stopped_by`: what it halts or waits for.

    While QuickBooks is down: `outage_since`, and `asked_again`, before which no call is made.
    """

    company: str
    enabled: bool
    connection: str
    realm_id: str
    refresh_expires_at: datetime | None
    stopped_by: tuple[Problem, ...]
    items: Mapping[str, int]
    open_errors: Mapping[str, int]
    last_tick: datetime | None
    oldest_waiting: datetime | None
    outage_since: datetime | None = None
    asked_again: datetime | None = None

    @property
    def needs_attention(self) -> bool:
        return bool(self.stopped_by or self.open_errors) or (self.enabled and self.connection != "connected")


def standings(config: Config, engine: Engine) -> tuple[Standing, ...]:
    """All companies of the configuration, in its order."""
    with engine.connect() as connection:
        errors = queue.counts(connection)
        return tuple(_standing(connection, config, name, errors) for name in config.companies)


def _standing(connection: Connection, config: Config, name: str, errors: list[Count]) -> Standing:
    token = connection.execute(
        select(tokens.c.status, tokens.c.realm_id, tokens.c.refresh_expires_at).where(tokens.c.company == name)
    ).one_or_none()
    run = runs.latest(connection, name)
    stops = queue.list_errors(connection, Selection(company=name, category=Category.COMPANY, state=State.OPEN))
    outage = outage_among(stops)
    return Standing(
        company=name,
        enabled=config.companies[name].enabled,
        connection=token.status if token else "never",
        realm_id=token.realm_id if token else "",
        refresh_expires_at=token.refresh_expires_at if token else None,
        stopped_by=tuple(row.problem for row in stops),
        items={state.value: count for state, count in items.counts(connection, name).items()},
        open_errors={
            each.category.value: each.errors
            for each in errors
            if each.company == name and each.state is State.OPEN and each.category is not Category.COMPANY
        },
        last_tick=run["finished_at"] if run else None,
        oldest_waiting=_oldest(connection, name),
        outage_since=outage.first_at if outage else None,
        asked_again=probe_at(name, outage.first_at, outage.last_at) if outage else None,
    )


def _oldest(connection: Connection, name: str) -> datetime | None:
    table = items_table.c
    query = select(func.min(table.seen_at)).where(table.company == name, table.state.in_(UNDER_WAY))
    oldest: datetime | None = connection.execute(query).scalar_one()
    return oldest
