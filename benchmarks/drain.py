"""How close a long backlog comes to the ceiling that QuickBooks sets: 40 batches a minute of 30 documents each.

The real pipeline under its default limits, at a sandbox that enforces Intuit's; every call takes 300 ms, and time
passes only by calls and by sleeping. Ticks begin in the daemon's rhythm.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import requests

from benchmarks import trade
from benchmarks.shop import NAME, Bench, bench
from connectors.quickbooks.sandbox import Limits, Sandbox, SandboxAdapter
from errors.kinds import Throttled
from tests.support.quickbooks_desk import FakeClock
from worker.pipeline import TickReport

CUSTOMERS = range(1, 31)
SERVICES = range(1, 11)
CALL = timedelta(milliseconds=300)
BATCHES, ITEMS = 40, 30  # a minute, a batch
POLL = 60  # seconds between two ticks of a daemon


class Slow(SandboxAdapter):
    """A network on which each call takes its time."""

    def __init__(self, sandbox: Sandbox, clock: FakeClock) -> None:
        super().__init__(sandbox)
        self._clock = clock

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        self._clock.moment += CALL
        return super().send(request, *args, **options)


def measure(documents: int = 10_000) -> dict[str, float]:
    """Half invoices of three lines, half payments for them.

    In sliding windows the first 40 batches may leave at once, and each 40 more a minute later: that is the ceiling.
    """
    with bench(limits=Limits(), written="", wire=Slow) as made:
        trade.customers(made.shop.books, CUSTOMERS)
        trade.services(made.shop.books, SERVICES)
        made.shop.settle()
        made.rest()
        each = range(1, documents // 2 + 1)
        trade.invoices(made.shop.books, each, customers=CUSTOMERS, services=SERVICES)
        trade.payments(made.shop.books, each, customers=CUSTOMERS)
        began = made.clock.now()
        posted = _ticks(made)
        taken = (made.clock.now() - began).total_seconds() / 60
        refused = made.sandbox.journal.meters["status 429"]
    if posted != documents:
        raise AssertionError(f"{posted} documents posted, not {documents}")
    batches = math.ceil(documents / ITEMS)
    return {
        "drain_ratio": (batches - 1) // BATCHES / taken,
        "drain_minutes": taken,
        "drain_refused": refused,
    }


def _ticks(made: Bench) -> int:
    """Tick after tick, as a daemon does it: at once where one was cut short, else when the poll says so."""
    began, posted = made.clock.now(), 0
    while True:
        report = made.shop.workshop.tick(NAME)
        if not isinstance(report, TickReport) or (report.halted is not None and report.halted.kind is not Throttled):
            raise AssertionError(f"the company is halted: {report}")
        posted += sum(report.posted.values())
        if not report.waiting:
            return posted
        if not report.unfinished:
            made.clock.moment = _next_poll(began, made.clock.now())


def _next_poll(began: datetime, now: datetime) -> datetime:
    return began + timedelta(seconds=POLL * (1 + (now - began).total_seconds() // POLL))
