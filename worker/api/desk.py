"""What the API needs of the application that it hangs in."""

from __future__ import annotations

from datetime import timedelta
from threading import BoundedSemaphore, Lock
from typing import Protocol

from sqlalchemy import Engine

from worker.api.limits import RateLimit
from worker.clock import Clock
from worker.config.schema import Config
from worker.schedule.workshop import Open

MINUTE = timedelta(minutes=1)
WRONG_KEYS = 10  # in a minute from one address; then none is looked at
AT_ONCE = 4  # questions to QuickBooks under way; the threads of the others stay free


class Desk(Protocol):
    """worker.site.desk.Desk; `config` is replaced when the daemon reads its configuration again."""

    @property
    def config(self) -> Config: ...
    @property
    def engine(self) -> Engine: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def open_company(self) -> Open: ...


class Counter:
    """The desk, and what is counted in this process: requests of each key, wrong keys of each address."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        api, now = desk.config.api, desk.clock.now
        self.requests = RateLimit(api.requests_per_minute, MINUTE, now)
        self.number_checks = RateLimit(api.number_checks_per_minute, MINUTE, now)
        self.wrong_keys = RateLimit(WRONG_KEYS, MINUTE, now)
        self.asking = BoundedSemaphore(AT_ONCE)
        self._companies: dict[str, Lock] = {}
        self._lock = Lock()

    def turn(self, company: str) -> Lock:
        """Questions about one company come one after the other."""
        with self._lock:
            return self._companies.setdefault(company, Lock())
