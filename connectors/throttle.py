"""How fast one company may be asked: every limit at once, in sliding windows (invariant I7)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from errors.kinds import Throttled
from errors.problem import Problem, ProblemError


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `count` calls in any window of `seconds` (QBO: 500 a minute and 10 a second, qbo-facts section 6)."""

    count: int
    seconds: float

    def __post_init__(self) -> None:
        if self.count < 1 or self.seconds <= 0:
            raise ValueError(
                f"a limit needs at least one call in a positive time, not {self.count} in {self.seconds} s"
            )


def wait_needed(history: Sequence[float], now: float, limits: Iterable[Limit]) -> float:
    """Seconds until one more call keeps every limit. `history`: times of the calls so far, oldest first.

    Calls of the future (the clock was set back) count as made now: the wait stays bounded by the longest window.
    """
    waits = (min(history[-limit.count], now) + limit.seconds - now for limit in limits if len(history) >= limit.count)
    return max(0.0, *waits, 0.0)


class Throttle:
    """One company's calls. Several threads may share it; `now` and `sleep` come from the caller."""

    def __init__(
        self,
        company: str,
        limits: Sequence[Limit],
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        if not limits:
            raise ValueError("a throttle needs at least one limit")
        self.company = company
        self._limits = tuple(limits)
        self._now = now
        self._sleep = sleep
        self._lock = Lock()
        self._history: deque[float] = deque(maxlen=max(limit.count for limit in limits))
        self._paused_until: datetime | None = None
        self._reserved = False

    def acquire(self) -> None:
        """Wait until a call is allowed, and count it.

        Raises:
            ProblemError: Throttled, at once, while a pause lasts: a thread that slept through it would hold up others.
        """
        if self._reserved:
            self._reserved = False
            return
        while (wait := self._take()) > 0:
            self._sleep(max(wait, 0.001))  # clocks are coarse: a shorter sleep may not move them at all

    def reserve(self, *, batch: bool) -> None:
        """Acquire for the next call, which follows at once. Raises as `acquire`."""
        del batch  # one limit for all calls so far
        self.acquire()
        self._reserved = True

    def pause(self, seconds: float) -> None:
        """No calls for a while: the other side said that it is too much (HTTP 429)."""
        until = self._now() + timedelta(seconds=seconds)
        with self._lock:
            if self._paused_until is None or until > self._paused_until:
                self._paused_until = until

    def _take(self) -> float:
        with self._lock:
            moment = self._now()
            if self._paused_until is not None and moment < self._paused_until:
                raise ProblemError(Problem(kind=Throttled, subject=f"company {self.company}"))
            self._paused_until = None
            wait = wait_needed(self._history, moment.timestamp(), self._limits)
            if wait <= 0:
                self._history.append(moment.timestamp())
            return wait
