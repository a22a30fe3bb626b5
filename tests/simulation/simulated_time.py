"""Simulated time: it passes only when somebody waits, and what was put off happens on the way."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Time:
    """`true` is the world's time and QuickBooks'; `now` is the machine's clock, which may be set back a little."""

    def __init__(self, start: datetime = START) -> None:
        self.true = start
        self._skew = timedelta()
        self._put_off: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return self.true + self._skew

    def pass_by(self, seconds: float) -> None:
        """Let time pass; what is due meanwhile happens at its own moment."""
        end = self.true + timedelta(seconds=seconds)
        while self._put_off and self._put_off[0][0] <= end:
            moment, _, act = heapq.heappop(self._put_off)
            self.true = max(self.true, moment)
            act()
        self.true = max(self.true, end)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._put_off, (self.true + timedelta(seconds=seconds), next(self._order), act))

    def set_back(self, seconds: float) -> None:
        """The machine's clock is corrected; the world's time knows nothing of it."""
        self._skew -= timedelta(seconds=seconds)
