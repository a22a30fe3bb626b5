"""Threads for companies: one never twice at once, and trouble stays with the one that has it."""

from concurrent.futures import wait
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from errors import language
from worker.schedule.dispatch import FIRST_PAUSE, LONGEST_PAUSE, Dispatch, Trouble, after_failure

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Hand:
    """A clock that only the test moves."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Hand()


@pytest.fixture
def dispatch(clock):
    made = Dispatch(clock, threads=4)
    yield made
    made.close()
    assert made.drain(10)


def settled(dispatch):
    """Wait until nothing runs, as the next offer would find it."""
    wait(list(dispatch._running.values()), 10)
    while dispatch.running():
        Event().wait(0.001)


def test_a_company_at_work_is_not_started_again(dispatch):
    going, may_end = Event(), Event()
    assert dispatch.offer("main", lambda: (going.set(), may_end.wait(10)))
    assert going.wait(10)
    assert not dispatch.offer("main", lambda: None)
    assert dispatch.running() == {"main"}
    other = Event()
    assert dispatch.offer("other", other.set)
    assert other.wait(10)
    may_end.set()
    settled(dispatch)
    assert dispatch.offer("main", lambda: None)


def test_a_tick_that_raises_is_pushed_away_and_others_go_on(dispatch, clock):
    dispatch.offer("bad", lambda: 1 / 0)
    settled(dispatch)
    assert dispatch.troubled() == {"bad"}
    assert not dispatch.offer("bad", lambda: None)
    good = Event()
    assert dispatch.offer("good", good.set)
    assert good.wait(10)
    clock.now += FIRST_PAUSE
    assert dispatch.offer("bad", lambda: None)
    settled(dispatch)
    assert dispatch.troubled() == frozenset()


def test_a_database_that_is_away_is_one_line_without_a_traceback(dispatch):
    def away():
        raise OperationalError("SELECT", {}, OSError("no route"))

    def wrong():
        raise ValueError("ours")

    with capture_logs() as lines:
        dispatch.offer("main", away)
        dispatch.offer("other", wrong)
        settled(dispatch)
    traces = {line["detail"].partition(":")[0]: line["exc_info"] for line in lines}
    assert traces["OperationalError"] is None
    assert isinstance(traces["ValueError"], ValueError)
    structlog.reset_defaults()


def test_pauses_grow_to_an_hour_and_no_further():
    pauses, trouble = [], Trouble()
    for _ in range(12):
        trouble = after_failure(trouble, START)
        pauses.append(trouble.not_before - START)
    assert pauses[:3] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE == timedelta(hours=1)


def test_nothing_starts_once_it_is_closed_and_what_runs_may_finish(clock):
    dispatch, going, may_end, done = Dispatch(clock), Event(), Event(), Event()
    dispatch.offer("main", lambda: (going.set(), may_end.wait(10), done.set()))
    assert going.wait(10)
    dispatch.close()
    assert not dispatch.offer("other", lambda: None)
    assert not dispatch.drain(0)
    may_end.set()
    assert dispatch.drain(10)
    assert done.is_set()


def test_threads_speak_the_readers_language(clock):
    language.use("es")
    try:
        dispatch, spoken = Dispatch(clock), []
        dispatch.offer("main", lambda: spoken.append(language.current()))
        dispatch.close()
        dispatch.drain(10)
    finally:
        language.use("en")
    assert spoken == ["es"]
