"""How fast one company may be asked: every limit at once, in sliding windows (invariant I7).

QuickBooks counts a call when it arrives, which is some time between its leaving and its answer. So a call counts as
made `now` while it is under way, and at the time of its answer afterwards: no network, however uneven, brings two calls
closer together than a window allows.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Condition
from typing import Any

from errors.kinds import Throttled
from errors.problem import Problem, ProblemError

MARGIN = 0.001  # seconds: a window's edge belongs to the window, and clocks are coarse


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `count` calls, or batches alone, in any window of `seconds`.

    QBO: 10 calls a second, 500 a minute, 40 batches a minute (qbo-facts section 6).
    """

    count: int
    seconds: float
    batches: bool = False

    def __post_init__(self) -> None:
        if self.count < 1 or self.seconds <= 0:
            raise ValueError(
                f"a limit needs at least one call in a positive time, not {self.count} in {self.seconds} s"
            )


def wait_needed(history: Sequence[float], now: float, limits: Iterable[Limit], *, under_way: int = 0) -> float:
    """Seconds until one more call keeps every limit. `history`: times of the calls so far, oldest first.

    Calls of the future (the clock was set back) count as made now: the wait stays bounded by the longest window. So do
    those `under_way`, which must be fewer than each limit.
    """
    waits = [0.0]
    for limit in limits:
        place = limit.count - under_way
        if len(history) >= place:
            over = min(history[-place], now) + limit.seconds - now
            waits.append(over + MARGIN if over >= 0 else 0.0)
    return max(waits)


class _Calls:
    """Calls of one sort, and the limits that count them."""

    def __init__(self, limits: Sequence[Limit]) -> None:
        self.limits = limits
        self.ended: list[float] = []
        self.under_way = 0
        self.longest = max((limit.seconds for limit in limits), default=0.0)
        self._most = max((limit.count for limit in limits), default=0)
        self._fewest = min((limit.count for limit in limits), default=None)

    @property
    def full(self) -> bool:
        """Only the end of a call that is under way makes room."""
        return self._fewest is not None and self.under_way >= self._fewest

    def wait(self, now: float) -> float:
        return wait_needed(self.ended, now, self.limits, under_way=self.under_way)

    def end(self, now: float) -> None:
        self.under_way -= 1
        insort(self.ended, now)
        del self.ended[: max(len(self.ended) - self._most, bisect_left(self.ended, now - self.longest - MARGIN))]

    def history(self, now: float) -> list[float]:
        """What still counts."""
        return self.ended[bisect_left(self.ended, now - self.longest - MARGIN) :] + [now] * self.under_way

    def restore(self, history: Sequence[float]) -> None:
        """A call that both tell of is one."""
        self.ended = sorted((Counter(self.ended) | Counter(history)).elements())


class Throttle:
    """One company's calls. Several threads may share it; `now` and `sleep` come from the caller.

    Args:
        in_flight: calls that may be under way at once.
    """

    def __init__(
        self,
        company: str,
        limits: Sequence[Limit],
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        in_flight: int = 10,
    ) -> None:
        if not limits or in_flight < 1:
            raise ValueError("a throttle needs at least one limit, and one call in flight")
        self.company = company
        self._now = now
        self._sleep = sleep
        self._in_flight = in_flight
        self._ended = Condition()
        self._all = _Calls([limit for limit in limits if not limit.batches])
        self._batches = _Calls([limit for limit in limits if limit.batches])
        self._paused_until: datetime | None = None
        self._reserved: bool | None = None  # whether for a batch
        self.waits, self.waited = 0, 0.0  # how often a call had to wait for its turn, and how many seconds in all

    def acquire(self, *, batch: bool = False) -> None:
        """Wait until a call is allowed, and count it as under way; `done` must follow.

        Raises:
            ProblemError: Throttled, at once, while a pause lasts: a thread that slept through it would hold up others.
        """
        if not self._redeemed(batch=batch):
            while (wait := self._take(batch=batch)) > 0:
                self._note(wait)
                self._sleep(wait)

    def done(self, *, batch: bool = False) -> None:
        """The call has ended, with an answer or without."""
        now = self._now().timestamp()
        with self._ended:
            for calls in self._counting(batch=batch):
                calls.end(now)
            self._ended.notify_all()

    def reserve(self, *, batch: bool) -> None:
        """Acquire for the next call, which follows at once. Raises as `acquire`."""
        self.acquire(batch=batch)
        with self._ended:
            self._reserved = batch

    def pause(self, seconds: float) -> None:
        """No calls for a while: the other side said that it is too much (HTTP 429)."""
        self._pause_until(self._now() + timedelta(seconds=seconds))

    def history(self) -> dict[str, Any]:
        """What the next process must know to keep the limits, as JSON."""
        now = self._now().timestamp()
        with self._ended:
            paused = self._paused_until.timestamp() if self._paused_until is not None else None
            return {"calls": self._all.history(now), "batches": self._batches.history(now), "paused_until": paused}

    def restore(self, history: dict[str, Any]) -> None:
        """Count what another process left."""
        with self._ended:
            self._all.restore(history["calls"])
            self._batches.restore(history["batches"])
        if history["paused_until"] is not None:
            self._pause_until(datetime.fromtimestamp(history["paused_until"], UTC))

    def _pause_until(self, until: datetime) -> None:
        with self._ended:
            if self._paused_until is None or until > self._paused_until:
                self._paused_until = until

    def _note(self, wait: float) -> None:
        with self._ended:
            self.waits += 1
            self.waited += wait

    def _counting(self, *, batch: bool) -> tuple[_Calls, ...]:
        return (self._all, self._batches) if batch else (self._all,)

    def _redeemed(self, *, batch: bool) -> bool:
        """Use what was reserved; given back where the next call is of another sort after all."""
        with self._ended:
            reserved, self._reserved = self._reserved, None
            if reserved is None or reserved == batch:
                return reserved is not None
            for calls in self._counting(batch=reserved):
                calls.under_way -= 1
            self._ended.notify_all()
            return False

    def _take(self, *, batch: bool) -> float:
        """Seconds to wait before it is asked again; 0: taken."""
        counting = self._counting(batch=batch)
        with self._ended:
            while self._all.under_way >= self._in_flight or any(calls.full for calls in counting):
                self._ended.wait()
            moment = self._now()
            if self._paused_until is not None and moment < self._paused_until:
                raise ProblemError(Problem(kind=Throttled, subject=f"company {self.company}"))
            self._paused_until = None
            wait = max(calls.wait(moment.timestamp()) for calls in counting)
            if wait <= 0:
                for calls in counting:
                    calls.under_way += 1
            return wait
