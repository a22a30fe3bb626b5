"""Never above a limit in any window, no wait longer than that takes, and a pause that holds nobody up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Lock

import pytest
from hypothesis import given, strategies

from connectors.throttle import MARGIN, Limit, Throttle, wait_needed
from errors.kinds import Throttled
from errors.problem import ProblemError
from tests.support.quickbooks_desk import COMPANY, Desk, FakeClock
from worker.state import database
from worker.state.leases import Lease

QUARTERS = strategies.integers(min_value=0, max_value=40).map(lambda quarters: quarters / 4)
LIMITS = strategies.lists(
    strategies.builds(
        Limit,
        count=strategies.integers(1, 6),
        seconds=strategies.integers(1, 40).map(lambda n: n / 4),
        batches=strategies.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@dataclass(frozen=True, kw_only=True)
class Call:
    """`gap`: seconds before it is wanted; `reached`: how far on its way from leaving to its answer it arrives."""

    gap: float
    lasts: float
    reached: float
    batch: bool
    reserved: bool
    handed_over: bool  # another process goes on from here


CALLS = strategies.lists(
    strategies.builds(
        Call,
        gap=QUARTERS,
        lasts=strategies.sampled_from([0.0, 0.0, 0.08, 0.25, 1.0, 3.7, 60.0]),
        reached=strategies.floats(0, 1),
        batch=strategies.booleans(),
        reserved=strategies.booleans(),
        handed_over=strategies.integers(0, 5).map(lambda n: n == 0),
    ),
    max_size=40,
)


@dataclass(frozen=True, kw_only=True)
class Made:
    wanted: float
    left: float
    arrived: float
    ended: float
    batch: bool


def make(calls: Sequence[Call], limits: Sequence[Limit]) -> list[Made]:
    clock = FakeClock()
    throttle = Throttle("shop", limits, now=clock.now, sleep=clock.sleep)
    made: list[Made] = []
    for call in calls:
        clock.sleep(call.gap)
        if call.handed_over:
            left_behind = json.loads(json.dumps(throttle.history()))
            throttle = Throttle("shop", limits, now=clock.now, sleep=clock.sleep)
            throttle.restore(left_behind)
        wanted = clock.now().timestamp()
        if call.reserved:
            throttle.reserve(batch=call.batch)
        throttle.acquire(batch=call.batch)
        left = clock.now().timestamp()
        clock.sleep(call.lasts)
        throttle.done(batch=call.batch)
        ended = clock.now().timestamp()
        arrived = left + call.reached * (ended - left)
        made.append(Made(wanted=wanted, left=left, arrived=arrived, ended=ended, batch=call.batch))
    return made


def counted(made: Sequence[Made], limit: Limit) -> list[Made]:
    return [one for one in made if one.batch or not limit.batches]


@given(calls=CALLS, limits=LIMITS)
def test_no_window_ever_holds_more_calls_than_its_limit_its_edges_included(
    calls: list[Call], limits: list[Limit]
) -> None:
    made = make(calls, limits)
    for limit in limits:
        arrivals = [one.arrived for one in counted(made, limit)]
        for start in arrivals:
            inside = [moment for moment in arrivals if start <= moment <= start + limit.seconds]
            assert len(inside) <= limit.count


@given(calls=CALLS, limits=LIMITS)
def test_nobody_waits_longer_than_a_limit_needs(calls: list[Call], limits: list[Limit]) -> None:
    made = make(calls, limits)
    for place, call in enumerate(made):
        free = [call.wanted]
        for limit in limits:
            before = counted(made[:place], limit)
            if (call.batch or not limit.batches) and len(before) >= limit.count:
                free.append(before[-limit.count].ended + limit.seconds)
        assert call.left <= max(free) + 2 * MARGIN


def test_a_stream_of_batches_reaches_the_limit() -> None:
    """10,000 documents in batches of 30, at what a company is allowed."""
    clock = FakeClock()
    throttle = Throttle("shop", COMPANY.limits, now=clock.now, sleep=clock.sleep)
    began, batches = clock.now(), 334
    for _ in range(batches):
        throttle.acquire(batch=True)
        throttle.done(batch=True)
    assert (clock.now() - began) / timedelta(minutes=1) <= batches / 40 * 1.001


def test_single_calls_go_on_while_batches_wait() -> None:
    clock = FakeClock()
    throttle = Throttle("shop", COMPANY.limits, now=clock.now, sleep=clock.sleep)
    for _ in range(40):
        throttle.acquire(batch=True)
        throttle.done(batch=True)
    clock.slept.clear()
    clock.moment += timedelta(seconds=2)
    throttle.acquire()
    throttle.done()
    assert clock.slept == []


def test_a_clock_that_was_set_back_costs_at_most_one_window() -> None:
    assert wait_needed([5000.0], 100.0, [Limit(count=1, seconds=2)]) == pytest.approx(2, abs=2 * MARGIN)


def test_what_was_reserved_for_a_batch_is_given_back_where_something_else_comes() -> None:
    clock = FakeClock()
    limits = [Limit(count=9, seconds=1), Limit(count=1, seconds=60, batches=True)]
    throttle = Throttle("shop", limits, now=clock.now, sleep=clock.sleep)
    throttle.reserve(batch=True)
    throttle.acquire()
    throttle.done()
    throttle.acquire(batch=True)
    assert clock.slept == []
    assert len(throttle.history()["calls"]) == 2


def test_what_both_processes_tell_of_counts_once() -> None:
    clock = FakeClock()
    throttle = Throttle("shop", [Limit(count=9, seconds=60)], now=clock.now, sleep=clock.sleep)
    for _ in range(3):
        throttle.acquire()
        throttle.done()
    throttle.restore(throttle.history())
    assert len(throttle.history()["calls"]) == 3


def test_what_counts_no_longer_is_not_handed_over() -> None:
    clock = FakeClock()
    throttle = Throttle("shop", [Limit(count=9, seconds=60)], now=clock.now, sleep=clock.sleep)
    throttle.acquire()
    throttle.done()
    clock.sleep(61)
    assert throttle.history() == {"calls": [], "batches": [], "paused_until": None}


def test_the_next_worker_keeps_the_limits_and_the_pause_of_the_one_before(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/state.sqlite")
    database.migrate(engine)
    clock = FakeClock()
    desks = [Desk(clock=clock), Desk(clock=clock)]
    leases = [
        Lease(engine, "shop", str(n), lasts=timedelta(minutes=2), now=clock.now, memory=desk.target.throttle)
        for n, desk in enumerate(desks)
    ]
    leases[0].take()
    desks[0].target.books()
    desks[0].target.throttle.pause(60)
    calls = desks[0].target.throttle.history()["calls"]
    assert calls
    leases[0].release()
    leases[1].take()
    assert desks[1].target.throttle.history()["calls"] == calls
    with pytest.raises(ProblemError):
        desks[1].target.books()
    assert desks[1].target.calls == 0
    engine.dispose()


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
        throttle.done()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(30)))
    assert clock.now().timestamp() - min(made) >= 9


def test_no_more_calls_are_under_way_than_may_be() -> None:
    clock = FakeClock()
    throttle = Throttle("shop", [Limit(count=99, seconds=1)], now=clock.now, sleep=clock.sleep, in_flight=3)
    for _ in range(3):
        throttle.acquire()
    with ThreadPoolExecutor(1) as pool:
        fourth = pool.submit(throttle.acquire)
        while not throttle._ended._waiters and not fourth.done():  # type: ignore[attr-defined]
            pass
        waited = not fourth.done()
        throttle.done()
        fourth.result()
    assert waited


def test_the_edge_of_a_window_belongs_to_it() -> None:
    assert 0 < wait_needed([0.0], 2.0, [Limit(count=1, seconds=2)]) <= MARGIN
    assert wait_needed([0.0], 2.0 + MARGIN, [Limit(count=1, seconds=2)]) == 0


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


def test_a_throttle_without_limits_or_room_is_refused() -> None:
    clock = FakeClock()
    for limits, in_flight in (([], 1), ([Limit(count=1, seconds=1)], 0)):
        with pytest.raises(ValueError, match="a throttle needs"):
            Throttle("shop", limits, now=clock.now, sleep=clock.sleep, in_flight=in_flight)
