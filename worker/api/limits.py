"""How often somebody may ask: so many times in any window, counted in this process."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

from worker.clock import Now

REMEMBERED = 10_000  # names: a flood of invented ones must not fill the memory


class RateLimit:
    """At most `most` in any `window`, for each name."""

    def __init__(self, most: int, window: timedelta, now: Now) -> None:
        self._most, self._window, self._now = most, window, now
        self._lock = Lock()
        self._taken: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, name: str) -> float:
        """Seconds until one more is allowed; 0: now."""
        with self._lock:
            return self._wait(self._recent(name))

    def take(self, name: str) -> float:
        """0: allowed, and counted. Otherwise as `wait`, and not counted."""
        with self._lock:
            recent = self._recent(name)
            wait = self._wait(recent)
            if not wait:
                recent.append(self._now())
                self._taken[name] = recent
                self._taken.move_to_end(name)
                while len(self._taken) > REMEMBERED:
                    self._taken.popitem(last=False)
            return wait

    def _wait(self, recent: deque[datetime]) -> float:
        if len(recent) < self._most:
            return 0.0
        return max(0.001, (recent[0] + self._window - self._now()).total_seconds())

    def _recent(self, name: str) -> deque[datetime]:
        recent = self._taken.get(name) or deque[datetime]()
        now = self._now()
        # a moment of the future (the clock was set back) is forgotten, or it would lock somebody out
        while recent and not timedelta(0) <= now - recent[0] < self._window:
            recent.popleft()
        return recent
