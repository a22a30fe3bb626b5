"""One worker process, opened anew after each death: the real pipeline, engine, source and QuickBooks connector."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from random import Random
from typing import Any

import requests
from sqlalchemy import Engine, event

from connectors.local.reference_setup import settings as reference_settings
from connectors.local.source import LocalSource
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.settings import CompanySettings
from connectors.tokens import TokenStore
from tests.simulation.books import tell_time
from tests.simulation.calls import Call
from tests.simulation.deaths import Mortality
from tests.simulation.weather import Weather
from tests.simulation.wire import Line, Wire
from tests.simulation.wire_rules import Pace
from tests.support.house import NAME
from tests.support.quickbooks_desk import ACCOUNTS, URL, app_settings
from worker.clock import Clock
from worker.pipeline import Company
from worker.state import database
from worker.state.leases import Lease, length

CALLS = 0.08  # how often a process dies at one of its calls, where that site is on
COMMITS = 0.02


def state_engine(url: str) -> Engine:
    """The state database as Cuadre opens it, but that no power cut is simulated: SQLite need not wait for the disk."""
    engine = database.connect(url)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")

    return engine


def _below(limit: int) -> int:
    """A little less than the limit: on the way, calls come closer together or fall apart."""
    return max(1, limit * 4 // 5)


class Process:
    """What a process has in memory. `held_up` is called where it may be paused while another one works."""

    def __init__(
        self,
        name: str,
        *,
        state_url: str,
        books_url: str,
        token_key: str,
        wire: Wire,
        new_request_id: Callable[[], str],
        held_up: Callable[[str, Process], None],
        random: Random,
        pace: Pace,
        life: int,
    ) -> None:
        self.name, self.owner = name, f"{name}-{life}"
        self._wire = wire
        self._held_up = held_up
        self.mortality = Mortality(self._before_commit, self._after_commit)
        self.engine = state_engine(state_url)
        self.mortality.watch(self.engine)
        self.source = LocalSource(reference_settings(books_url))
        tell_time(self.source._reader._engine, wire.time.now)
        self.company = self._company(token_key, new_request_id, random, pace)

    @property
    def weather(self) -> Weather:
        return self._wire.weather

    def stop(self) -> None:
        """End as a process should: what the next one must know is left behind."""
        self.company.lease.release()
        self.close()

    def close(self) -> None:
        self.source.close()
        self.engine.dispose()

    def _company(self, token_key: str, new_request_id: Callable[[], str], random: Random, pace: Pace) -> Company:
        now, sleep = self._wire.time.now, self._wire.time.pass_by
        store = TokenStore(self.engine, [token_key], now=now)
        connector = QuickBooksConnector(
            app_settings(),
            store,
            now=now,
            sleep=sleep,
            mount=lambda session: session.mount(URL, Line(self.name, self._wire, self)),
        )
        target = connector.open_target(
            CompanySettings(
                name=NAME,
                accounts=ACCOUNTS,
                payment_methods={"card": "Visa"},
                requests_per_second=_below(pace.per_second),
                requests_per_minute=_below(pace.per_minute),
                batches_per_minute=_below(pace.batches),
            )
        )
        target._client._jitter = random.random
        lasts = length(connector.app.timeouts, target.settings.limits)
        lease = Lease(self.engine, NAME, self.owner, lasts=lasts, now=now, memory=target.throttle)
        target.guard(lease.before_call)
        return Company(
            name=NAME,
            engine=self.engine,
            source=self.source,
            target=target,
            realm_id=store.realm_of(NAME),
            clock=Clock(now=now, sleep=sleep),
            lease=lease,
            new_request_id=new_request_id,
            calls=lambda: target.calls,
            save_calls=target.save_calls,
        )

    # --- where it may die or be held up -------------------------------------------------------------------------------

    def before_call(self, call: Call) -> None:
        self._die_at("death_before_call", CALLS)

    def in_call(self, call: Call, request: requests.PreparedRequest) -> None:
        """It dies while QuickBooks works: the call is carried out, and perhaps much later."""
        if call.is_api and self.weather.strikes("death_in_call", CALLS):
            self._wire.late(request)
            self.mortality.die()

    def after_call(self, call: Call) -> None:
        self._die_at("death_after_call", CALLS)
        if call.is_api:
            self._held_up("pause_after_call", self)

    def _before_commit(self) -> None:
        self._die_at("death_before_commit", COMMITS)

    def _after_commit(self) -> None:
        self._die_at("death_after_commit", COMMITS)
        self._held_up("pause_after_commit", self)

    def _die_at(self, site: str, rate: float) -> None:
        if self.weather.strikes(site, rate):
            self.mortality.die()
