"""The engine beside the plain loop: the same books, the same sandbox in a process of its own, real HTTP, 80 ms away.

Only ratios count: both run on the same machine, one after the other, and both read their books from SQLite. CPU is that
of this process alone (`time.process_time`); the engine keeps its state database and its log, too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import loop, trade
from benchmarks.shop import TOKEN, Shop, folder, opened, sandbox_process
from worker.clock import Clock

CUSTOMERS = range(1, 31)
SERVICES = range(1, 13)
LATENCY = "80ms"
OURS, THEIRS = "9130000000000011", "9130000000000012"  # two companies of one sandbox


@dataclass(frozen=True, kw_only=True)
class Spent:
    """What one document took, in seconds: of a wall clock, and of our own CPU."""

    wall: float
    cpu: float


def measure(documents: int = 300) -> dict[str, float]:
    """Half invoices of three lines, half payments; customers and services are there before.

    The engine runs before the loop and after it, so that a machine that is slowing down favours neither.
    """
    with sandbox_process(LATENCY) as url, folder() as ours, folder() as theirs:
        first = _engine(ours, url, range(1, documents // 2 + 1))
        plain = _plain(theirs, url, range(1, documents // 2 + 1))
        last = _engine(ours, url, range(documents // 2 + 1, documents + 1))
    engine = Spent(wall=(first.wall + last.wall) / 2, cpu=(first.cpu + last.cpu) / 2)
    return {
        "speedup_vs_loop": plain.wall / engine.wall,
        "cpu_ratio_vs_loop": engine.cpu / plain.cpu,
        "engine_ms_per_document": engine.wall * 1000,
        "loop_ms_per_document": plain.wall * 1000,
    }


def _engine(place: Path, url: str, numbers: range) -> Spent:
    with opened(place, url, Clock(), realm=OURS) as shop:
        _fill(shop, numbers)
        return _timed(2 * len(numbers), shop.settle)


def _plain(place: Path, url: str, numbers: range) -> Spent:
    with opened(place, url, Clock(), realm=THEIRS) as shop, loop.client(url, THEIRS, TOKEN) as quickbooks:
        _fill(shop, numbers)
        return _timed(2 * len(numbers), lambda: loop.post(shop.books, quickbooks))


def _fill(shop: Shop, numbers: range) -> None:
    """Customers and services are in QuickBooks; an invoice and a payment of each number wait in the books."""
    if numbers.start == 1:
        trade.customers(shop.books, CUSTOMERS)
        trade.services(shop.books, SERVICES)
    shop.settle()
    trade.invoices(shop.books, numbers, customers=CUSTOMERS, services=SERVICES)
    trade.payments(shop.books, numbers, customers=CUSTOMERS)


def _timed(documents: int, work: Callable[[], Any]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    posted = work()
    if posted != documents:
        raise AssertionError(f"{posted} documents posted, not {documents}")
    return Spent(
        wall=(time.perf_counter() - wall) / documents,
        cpu=(time.process_time() - cpu) / documents,
    )
