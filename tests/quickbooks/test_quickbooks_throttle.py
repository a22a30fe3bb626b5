"""Never above a limit in any window, and a pause that holds nobody up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

import pytest
from hypothesis import given, strategies

from connectors.throttle import Limit, Throttle, wait_needed
from errors.kinds import Throttled
from errors.problem import ProblemError
from tests.support.quickbooks_desk import FakeClock

# Quarters of a second are exact in binary, so a window's edge is no matter of rounding.
QUARTERS = strategies.integers(min_value=0, max_value=40).map(lambda quarters: quarters / 4)
LIMITS = strategies.lists(
    strategies.builds(Limit, count=strategies.integers(1, 6), seconds=strategies.integers(1, 40).map(lambda n: n / 4)),
    min_size=1,
    max_size=3,
)


@given(gaps=strategies.lists(QUARTERS, max_size=40), limits=LIMITS)
def test_no_window_ever_holds_more_calls_than_its_limit(gaps: list[float], limits: list[Limit]) -> None:
    now = 1000.0
    made: list[float] = []
    for gap in gaps:
        now += gap
        now += wait_needed(made, now, limits)
        made.append(now)
    for limit in limits:
        for start in made:
            inside = [moment for moment in made if start <= moment < start + limit.seconds]
            assert len(inside) <= limit.count


@given(gaps=strategies.lists(QUARTERS, max_size=40), limits=LIMITS)
def test_nobody_waits_longer_than_a_limit_needs(gaps: list[float], limits: list[Limit]) -> None:
    now = 1000.0
    made: list[float] = []
    for gap in gaps:
        now += gap
        wait = wait_needed(made, now, limits)
        tight = [limit for limit in limits if len(made) >= limit.count and made[-limit.count] + limit.seconds > now]
        assert (wait > 0) == bool(tight)
        now += wait
        made.append(now)


def test_a_clock_that_was_set_back_costs_at_most_one_window() -> None:
    assert wait_needed([5000.0], 100.0, [Limit(count=1, seconds=2)]) == 2


def test_calls_wait_and_are_made() -> None:
    clock = FakeClock()
    throttle = Throttle("shop", [Limit(count=2, seconds=1)], now=clock.now, sleep=clock.sleep)
    for _ in range(5):
        throttle.acquire()
    assert sum(clock.slept) == pytest.approx(2)


def test_threads_share_the_limit() -> None:
    clock = FakeClock()
    lock = Lock()
    made: list[float] = []

    def sleep(seconds: float) -> None:
        with lock:
            clock.moment += timedelta(seconds=seconds)

    throttle = Throttle("shop", [Limit(count=3, seconds=1)], now=clock.now, sleep=sleep)

    def call(_: int) -> None:
        throttle.acquire()
        with lock:
            made.append(clock.now().timestamp())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(30)))
    assert clock.now().timestamp() - min(made) >= 9 * (1 - 0.001)


def test_a_pause_refuses_at_once_and_ends() -> None:
    clock = FakeClock()
    throttle = Throttle("shop", [Limit(count=9, seconds=1)], now=clock.now, sleep=clock.sleep)
    throttle.pause(60)
    throttle.pause(5)  # a shorter one does not end the longer one
    clock.sleep(30)
    with pytest.raises(ProblemError) as raised:
        throttle.acquire()
    assert raised.value.problem.kind is Throttled
    clock.sleep(30)
    throttle.acquire()


@pytest.mark.parametrize(("count", "seconds"), [(0, 1), (1, 0)])
def test_a_limit_that_allows_nothing_is_refused(count: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="a limit needs"):
        Limit(count=count, seconds=seconds)
