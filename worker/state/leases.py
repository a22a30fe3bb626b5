"""One worker for one company: a lease in the state database, and a fence in every transaction that writes (I6).

The lease keeps two workers from doing the same; the fence keeps a worker that slept through the end of its lease from
writing anything, whatever the clocks of two machines say.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import RLock
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Engine, Row, case, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from connectors.throttle import Limit
from connectors.transport import Timeouts
from errors.kinds import AnotherWorker
from errors.problem import Problem
from worker.state.tables import leases

_log = structlog.get_logger("cuadre.lease")

NOBODY = ""


class Fenced(Exception):  # noqa: N818 - it tells what became of us
    """The company belongs to another worker, `owner`, until `expires_at`: nothing more may be written or sent."""

    def __init__(self, company: str, owner: str, expires_at: datetime | None) -> None:
        super().__init__(f"{company} belongs to {owner or 'nobody'}")
        self.company, self.owner, self.expires_at = company, owner, expires_at

    @property
    def problem(self) -> Problem:
        until = self.expires_at.strftime("%Y-%m-%d %H:%M:%S UTC") if self.expires_at else "-"
        facts = {"owner": self.owner or "-", "until": until}
        return Problem(kind=AnotherWorker, subject=f"company {self.company}", facts=facts)


class Memory(Protocol):
    """What the next worker must know: the calls of the last minute count against its limits, too."""

    def history(self) -> Any:
        """As JSON."""

    def restore(self, history: Any) -> None:
        """What another worker left."""


def new_owner() -> str:
    """A name for this process that tells a person where it runs, and is never used again."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(4)}"


def length(timeouts: Timeouts, limits: Iterable[Limit]) -> timedelta:
    """How long a lease lasts.

    Each call begins with at least two thirds of it to come, so these must be longer than the longest call, and longer
    than the longest window of the limits: the calls of a worker that died no longer count when its lease has run out.
    """
    windows = (1.5 * limit.seconds for limit in limits)
    return timedelta(seconds=max(2 * (timeouts.connect + timeouts.read), *windows))


class Lease:
    """One worker's hold on one company: taken before a tick, kept between ticks, given back by `release`."""

    def __init__(
        self,
        engine: Engine,
        company: str,
        owner: str,
        *,
        lasts: timedelta,
        now: Callable[[], datetime],
        memory: Memory | None = None,
    ) -> None:
        self.company, self.owner = company, owner
        self._engine, self._lasts, self._now, self._memory = engine, lasts, now, memory
        self._lock = RLock()
        self._fence: int | None = None
        self._wanted = False  # who never wanted it only looks (`cuadre doctor`), and may do so beside a worker
        self._taken_at: datetime | None = None  # when it was taken or renewed last

    def take(self) -> None:
        """Hold the company from here on; costs nothing while it is held anyway.

        Raises:
            Fenced: another living worker has it.
        """
        with self._lock:
            self._wanted = True
            now = self._now()
            if self._fence is not None and not self._due(now):
                return
            with self._engine.begin() as connection:
                fence, left = self._claim(connection, now)
            if fence != self._fence and self._memory is not None and left is not None:
                self._memory.restore(left)
            self._fence, self._taken_at = fence, now

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that is ours to write: nobody can take the company over before it has ended.

        Raises:
            Fenced: the company is not ours any more; nothing was written.
        """
        with self._engine.begin() as connection:
            renewed = self._check(connection)
            yield connection
        if renewed is not None:
            self._taken_at = renewed

    def before_call(self) -> None:
        """Asked before each call to QuickBooks: it may leave, with two thirds of the lease to come.

        Raises:
            Fenced: another worker has the company.
        """
        with self._lock:
            while self._wanted and self._due(self._now()):  # twice where the database was that slow
                with self.begin():
                    pass

    def release(self) -> None:
        """Give it back, with what the next worker must know. A database that is away is no reason to fail here."""
        with self._lock:
            fence, self._fence, self._taken_at = self._fence, None, None
            if fence is None:
                return
            left = self._memory.history() if self._memory is not None else None
            try:
                with self._engine.begin() as connection:
                    given = {"owner": NOBODY, "expires_at": self._now(), "history": left}
                    connection.execute(update(leases).where(*self._ours(fence)).values(**given))
            except SQLAlchemyError as error:
                _log.warning("lease not given back, it runs out by itself", company=self.company, detail=str(error))

    def _due(self, now: datetime) -> bool:
        """A third has passed, or the clock was set back behind the moment it was taken."""
        return self._taken_at is None or not timedelta(0) <= now - self._taken_at < self._lasts / 3

    def _claim(self, connection: Connection, now: datetime) -> tuple[int, Any]:
        """One compare-and-set for all who want it; the fence grows with every change of hands."""
        table = leases.c
        ours = table.owner == self.owner
        taken = connection.execute(
            update(leases)
            .where(table.company == self.company, ours | (table.expires_at <= now))
            .values(
                owner=self.owner,
                fence=case((ours, table.fence), else_=table.fence + 1),
                expires_at=now + self._lasts,
            )
            .returning(table.fence, table.history)
        ).first()
        if taken is None:
            taken = self._first(connection, now)
        if taken is None:
            raise self._lost(self._row(connection))
        return taken.fence, taken.history

    def _first(self, connection: Connection, now: datetime) -> Row[Any] | None:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"company": self.company, "owner": self.owner, "fence": 1, "expires_at": now + self._lasts}
        added = insert(leases).values(**row).on_conflict_do_nothing()
        return connection.execute(added.returning(leases.c.fence, leases.c.history)).first()

    def _check(self, connection: Connection) -> datetime | None:
        """The moment of the renewal, where one was due."""
        now, fence = self._now(), self._fence
        if fence is not None and self._due(now):
            renewal = update(leases).where(*self._ours(fence)).values(expires_at=now + self._lasts)
            if connection.execute(renewal).rowcount == 1:
                return now
        # SQLite's BEGIN IMMEDIATE lets nobody else write before we are done; PostgreSQL does so for this row
        row = self._row(connection, share=True)
        if fence is None or row is None or (row.owner, row.fence) != (self.owner, fence):
            raise self._lost(row)
        return None

    def _lost(self, row: Row[Any, Any, Any] | None) -> Fenced:
        self._fence = self._taken_at = None
        return Fenced(self.company, row.owner if row else NOBODY, row.expires_at if row else None)

    def _ours(self, fence: int) -> tuple[Any, ...]:
        table = leases.c
        return (table.company == self.company, table.owner == self.owner, table.fence == fence)

    def _row(self, connection: Connection, *, share: bool = False) -> Any:
        table = leases.c
        query = select(table.owner, table.fence, table.expires_at).where(table.company == self.company)
        return connection.execute(query.with_for_update(read=True) if share else query).first()
