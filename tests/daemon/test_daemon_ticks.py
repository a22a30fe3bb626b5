"""What falls due and when: every company in its own rhythm, the first tick at once."""

from queue import Empty, SimpleQueue

import pytest

from worker import clock
from worker.config import Config
from worker.config.schema import Company, Mail
from worker.schedule.ticks import MAIL, Ticks, rhythms


@pytest.fixture
def ticks():
    due = SimpleQueue()
    made = Ticks(due.put, clock.now)
    made.due = due
    yield made
    made.stop()


def test_only_enabled_companies_and_a_configured_mail_server_fall_due():
    companies = {"a": Company(poll=30, jitter=2), "b": Company(enabled=False)}
    assert rhythms(Config(companies=companies)) == {"a": (30, 2)}
    assert set(rhythms(Config(companies=companies, mail=Mail(host="m")))) == {"a", MAIL}


def test_the_first_tick_comes_at_once(ticks):
    ticks.plan({"a": (3600, 5), "b": (3600, 0)})
    ticks.start()
    assert {ticks.due.get(timeout=10), ticks.due.get(timeout=10)} == {"a", "b"}


def test_a_company_comes_again_after_its_interval(ticks):
    ticks.plan({"a": (0.05, 0)})
    ticks.start()
    assert [ticks.due.get(timeout=10) for _ in range(3)] == ["a", "a", "a"]


def test_a_new_plan_leaves_the_unchanged_in_peace(ticks):
    ticks.plan({"a": (3600, 0), "b": (3600, 0)})
    ticks.start()
    assert {ticks.due.get(timeout=10), ticks.due.get(timeout=10)} == {"a", "b"}
    ticks.plan({"a": (3600, 0), "c": (3600, 0)})
    assert ticks.due.get(timeout=10) == "c"
    with pytest.raises(Empty):
        ticks.due.get(block=False)
    assert {job.id for job in ticks._scheduler.get_jobs()} == {"a", "c"}


def test_a_stopped_schedule_lets_nothing_fall_due(ticks):
    ticks.plan({"a": (0.02, 0)})
    ticks.start()
    ticks.due.get(timeout=10)
    ticks.stop()
    while not ticks.due.empty():
        ticks.due.get()
    with pytest.raises(Empty):
        ticks.due.get(timeout=0.1)
