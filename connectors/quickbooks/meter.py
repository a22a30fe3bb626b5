"""How many calls each company has made in a month, for Intuit bills reads (qbo-facts section 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from connectors.quickbooks.mirror.tables import calls
from connectors.transport import Now

WARN = 0.8  # of the budget

_log = structlog.get_logger("cuadre.quickbooks.meter")


class Kind(StrEnum):
    """READ: queries, objects by id, changes, reports, each query of a batch: "CorePlus", metered. FAILED is not."""

    READ = "read"
    WRITE = "write"
    BATCH = "batch"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Reads:
    """Reads of one month so far, and how many it will be if it goes on like that."""

    made: int
    projected: int


def kind_of(method: str, path: str) -> Kind:
    """What a call is, by its method and the path behind the company's."""
    if method == "GET" or path == "query":
        return Kind.READ
    return Kind.BATCH if path == "batch" else Kind.WRITE


def month_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m")


class Meter:
    """Counts in memory; `save` adds them to the table once a tick. A crash loses the count of one tick at most."""

    def __init__(self, company: str, *, now: Now, budget: int) -> None:
        self._company = company
        self._now = now
        self._budget = budget
        self._counts: Counter[tuple[str, str, Kind]] = Counter()
        self._warned: date | None = None

    def add(self, realm: str, kind: Kind, calls_made: int = 1) -> None:
        self._counts[realm, month_of(self._now()), kind] += calls_made

    @property
    def has_unsaved(self) -> bool:
        return bool(self._counts)

    def save(self, connection: Connection) -> None:
        """One statement where any call was made; once a day a word when the budget is nearly used up, or is."""
        counted, self._counts = self._counts, Counter()
        if not counted:
            return
        rows = [
            {"company": self._company, "realm_id": realm, "month": month, "kind": kind.value, "calls": count}
            for (realm, month, kind), count in sorted(counted.items())
        ]
        insert: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert(calls).values(rows)
        added = calls.c.calls + statement.excluded.calls
        connection.execute(
            statement.on_conflict_do_update(index_elements=list(calls.primary_key), set_={"calls": added})
        )
        if any(kind is Kind.READ for _, _, kind in counted):
            self._warn(connection)

    def _warn(self, connection: Connection) -> None:
        moment = self._now()
        used = sum(reads(connection, moment).values())
        if used < WARN * self._budget or self._warned == moment.date():
            return
        self._warned = moment.date()
        if used < self._budget:
            _log.warning("budget of reads nearly used up", reads=used, budget=self._budget)
        else:
            _log.error("budget of reads used up: Intuit may refuse reads (429)", reads=used, budget=self._budget)


def reads(connection: Connection, moment: datetime) -> Mapping[str, int]:
    """Metered reads of this month by company; the budget is the app's, for all of them together."""
    query = (
        select(calls.c.company, func.sum(calls.c.calls))
        .where(calls.c.month == month_of(moment), calls.c.kind == Kind.READ.value)
        .group_by(calls.c.company)
    )
    return {company: int(count) for company, count in connection.execute(query)}


def made(connection: Connection, moment: datetime) -> Mapping[tuple[str, Kind], int]:
    """All calls of this month by company and kind."""
    query = (
        select(calls.c.company, calls.c.kind, func.sum(calls.c.calls))
        .where(calls.c.month == month_of(moment))
        .group_by(calls.c.company, calls.c.kind)
    )
    return {(company, Kind(kind)): int(count) for company, kind, count in connection.execute(query)}


def projected(made_so_far: int, moment: datetime) -> Reads:
    """The whole month's reads at the pace so far; the first day counts as whole, so one busy hour alarms nobody."""
    began = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ends = (began + timedelta(days=32)).replace(day=1)
    gone = max(moment - began, timedelta(days=1))
    return Reads(made=made_so_far, projected=round(made_so_far * ((ends - began) / gone)))
