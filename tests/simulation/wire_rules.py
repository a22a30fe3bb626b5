"""What must hold of every call, seen from the wire: I2, I3, I4 (by request), I7, I8, and of I9 that a skip is final."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from connectors.tokens import TokenStore
from tests.simulation.calls import Call, Write
from tests.simulation.simulated_time import Time
from tests.simulation.trace import Trace
from tests.support.house import NAME
from worker.state.machine import State
from worker.state.tables import items

MOST_IN_FLIGHT, MOST_ITEMS = 10, 30
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

Blame = Callable[[str, str], None]


@dataclass(frozen=True)
class Pace:
    """How fast a company may be asked (invariant I7): QuickBooks' own limits, or narrower ones of the configuration."""

    per_second: int = 10
    per_minute: int = 500
    batches: int = 40

    @property
    def windows(self) -> tuple[tuple[int, timedelta, bool], ...]:
        """How many, in how long, and whether of batches alone."""
        return (self.per_second, SECOND, False), (self.per_minute, MINUTE, False), (self.batches, MINUTE, True)


class WireRules:
    """Watches every call of every process. `blame(invariant, what)` is told of each violation."""

    def __init__(
        self, engine: Engine, token_key: str, time: Time, trace: Trace, blame: Blame, pace: Pace | None = None
    ) -> None:
        self.skipped: set[tuple[str, str]] = set()
        self._engine = engine
        self._store = TokenStore(engine, [token_key], now=time.now)
        self._time = time
        self._trace = trace
        self._blame = blame
        self._windows = (pace or Pace()).windows
        self._bodies: dict[tuple[str, str], str] = {}
        self._durable: set[str] = set()
        self._times: dict[bool, deque[datetime]] = {False: deque(maxlen=501), True: deque(maxlen=41)}
        self._in_flight = 0
        self._renewing = 0

    def leaving(self, call: Call) -> None:
        self._trace.add(self._time.true, call.process, f"-> {call.told()}")
        self._in_flight += 1
        if call.is_renewal:
            self._renewing += 1
            if self._renewing > 1:
                self._blame("I8", "two renewals of the tokens at the same time")
            return
        if not call.is_api:
            return
        self._limits(call)
        self._token(call)
        for write in call.writes:
            self._same_body(write)
            if not write.repeatable:
                self._intended(write)

    def answered(self, call: Call, status: int) -> None:
        self._in_flight -= 1
        self._renewing -= call.is_renewal
        self._trace.add(self._time.true, call.process, f"<- {status or 'nothing'}")

    def _limits(self, call: Call) -> None:
        now = self._time.true
        if self._in_flight > MOST_IN_FLIGHT:
            self._blame("I7", f"{self._in_flight} calls in flight")
        if len(call.writes) > MOST_ITEMS:
            self._blame("I7", f"{len(call.writes)} items in a batch")
        for batches in (False, True) if call.is_batch else (False,):
            self._times[batches].append(now)
        for most, length, batches in self._windows:
            within = sum(1 for moment in self._times[batches] if moment > now - length)
            if within > most:
                what = "batches" if batches else "calls"
                self._blame("I7", f"{within} {what} within {length.total_seconds():.0f} s")

    def _token(self, call: Call) -> None:
        """A token must have been stored before it was used for the first time."""
        if call.token in self._durable:
            return
        stored = self._store.load(NAME)
        if stored is None or stored.access_token != call.token:
            self._blame("I8", f"{call.process} uses a token that is not stored")
        self._durable.add(call.token)

    def _same_body(self, write: Write) -> None:
        if not write.request_id:
            self._blame("I3", f"a write of {write.entity} without a request id")
        first = self._bodies.setdefault((write.request_id, write.bid), write.body)
        if first != write.body:
            self._blame("I3", f"request {write.request_id} {write.bid} had another body before: {first}")

    def _intended(self, write: Write) -> None:
        """The intent is looked up through a connection of its own: it sees what is committed, and nothing else."""
        intent = self._intent(write)
        if intent is None:
            self._blame("I2", f"{write.entity} {write.request_id} {write.bid} leaves without a committed intent")
            return
        if intent["state"] != State.SENDING or intent["body"] != write.body:
            self._blame("I2", f"{intent['kind']} {intent['local_id']} leaves in state {intent['state']}")
        if (intent["kind"], intent["local_id"]) in self.skipped:
            self._blame("I9", f"{intent['kind']} {intent['local_id']} leaves though a person has skipped it")

    def _intent(self, write: Write) -> Any:
        with self._engine.connect() as connection:
            query = select(items).where(items.c.request_id == write.request_id)
            if "bid" in items.c and write.bid:
                query = query.where(items.c.bid == write.bid)
            return connection.execute(query).mappings().first()
