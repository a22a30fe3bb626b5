"""The daemon without a process: what it tells systemd, how it stops, how it takes a new configuration."""

import signal
from queue import SimpleQueue
from threading import Event, Thread
from types import SimpleNamespace

import pytest
import structlog
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from worker import exits
from worker.clock import Clock
from worker.config import Config, ConfigError, Loaded, Mistake
from worker.config.schema import Company, Mail
from worker.daemon import Daemon
from worker.notify import watchdog_seconds
from worker.pipeline import TickReport

CONFIG = Config(companies={"main": Company(poll=3600)})


class FakeWorkshop:
    """Ticks that last as long as a test likes."""

    def __init__(self):
        self.config = CONFIG
        self.ticked, self.may_end, self.closed = SimpleQueue(), Event(), False
        self.reports = []
        self.may_end.set()

    def tick(self, name):
        self.ticked.put(name)
        assert self.may_end.wait(10)
        if name == "bad":
            raise RuntimeError("ours")
        return self.reports.pop(0) if self.reports else None

    def close(self):
        self.closed = True


class FakeWishes:
    """What people want, and what of it was begun."""

    def __init__(self):
        self.waiting, self.resting, self.begun = [], set(), SimpleQueue()

    def paused(self, company):
        return company in self.resting

    def wanted(self):
        return list(self.waiting)

    def looked(self, company):
        self.waiting.remove(company)
        self.begun.put(company)


@pytest.fixture
def house(tmp_path):
    """A daemon that runs in a thread; `told` is what systemd hears."""
    seen = SimpleNamespace(workshop=FakeWorkshop(), told=SimpleQueue(), mails=SimpleQueue(), aborted=[], codes=[])
    seen.stopping, seen.loaded, seen.thread = Event(), Loaded(config=CONFIG, file=None), None
    seen.wishes = FakeWishes()
    seen.engine = create_engine(f"sqlite:///{tmp_path}/state.sqlite")

    def again():
        if isinstance(seen.loaded, Exception):
            raise seen.loaded
        return seen.loaded

    def start(config=CONFIG, beat=60.0):
        seen.daemon = Daemon(
            loaded=Loaded(config=config, file=None),
            reload=again,
            engine=seen.engine,
            workshop=seen.workshop,
            deliver_mail=seen.mails.put,
            clock=Clock(),
            stopping=seen.stopping,
            notify=seen.told.put,
            beat=beat,
            wishes=seen.wishes,
            abort=seen.aborted.append,
        )
        seen.thread = Thread(target=lambda: seen.codes.append(seen.daemon.run()))
        seen.thread.start()
        return seen.daemon

    seen.start = start
    with capture_logs() as seen.lines:
        yield seen
        seen.workshop.may_end.set()
        if seen.thread is not None and seen.thread.is_alive():
            seen.daemon.inbox.put(signal.SIGTERM)
            seen.thread.join(10)
    structlog.reset_defaults()
    seen.engine.dispose()


def stop(house, number=signal.SIGTERM):
    house.daemon.inbox.put(number)
    house.thread.join(10)
    assert not house.thread.is_alive()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_is_ready_ticks_at_once_and_stops_with_success(house, number):
    house.start()
    assert house.told.get(timeout=10).startswith("READY=1\nSTATUS=1 companies")
    assert house.workshop.ticked.get(timeout=10) == "main"
    stop(house, number)
    assert house.told.get(timeout=10).startswith("STOPPING=1")
    assert house.codes == [exits.OK]
    assert house.workshop.closed


def test_what_is_under_way_may_finish_before_it_stops(house):
    house.workshop.may_end.clear()
    house.start()
    house.workshop.ticked.get(timeout=10)
    house.daemon.inbox.put(signal.SIGTERM)
    assert house.stopping.wait(10)
    house.thread.join(0.1)
    assert house.thread.is_alive()
    assert not house.workshop.closed
    house.workshop.may_end.set()
    house.thread.join(10)
    assert house.codes == [exits.OK]


def test_the_second_signal_ends_it_at_once(house):
    daemon = house.start()
    daemon._on_signal(signal.SIGTERM, None)
    assert house.stopping.wait(10)
    daemon._on_signal(signal.SIGHUP, None)
    assert house.aborted == []
    daemon._on_signal(signal.SIGTERM, None)
    assert house.aborted == [exits.INTERRUPTED]


def test_life_is_reported_only_while_the_state_database_answers(house):
    house.start(beat=0.02)
    house.told.get(timeout=10)
    assert house.told.get(timeout=10).startswith("WATCHDOG=1")

    @event.listens_for(house.engine, "before_cursor_execute")
    def hang_up(*_):
        raise OperationalError("SELECT 1", {}, OSError("gone"))

    later = [house.told.get(timeout=10) for _ in range(4)]
    assert not later[-1].startswith("WATCHDOG=1")
    assert later[-1].startswith("STATUS=")


def test_a_company_whose_tick_raises_does_not_end_the_daemon(house):
    house.start(Config(companies={"bad": Company(poll=3600), "main": Company(poll=3600)}), beat=0.02)
    assert {house.workshop.ticked.get(timeout=10), house.workshop.ticked.get(timeout=10)} == {"bad", "main"}
    while "1 failed" not in house.told.get(timeout=10):
        pass
    stop(house)
    assert house.codes == [exits.OK]


def test_a_new_configuration_is_taken_without_stopping(house):
    house.start()
    house.workshop.ticked.get(timeout=10)
    house.loaded = Loaded(config=Config(companies={"other": Company(poll=3600)}), file=None)
    house.daemon.inbox.put(signal.SIGHUP)
    assert house.workshop.ticked.get(timeout=10) == "other"
    assert house.workshop.config is house.loaded.config


def test_a_broken_configuration_is_refused_with_all_its_mistakes_and_the_old_one_goes_on(house):
    house.start()
    house.told.get(timeout=10)
    mistakes = [Mistake(place=f"cuadre.toml:{line}", key="a.b", text="unknown key") for line in (1, 2)]
    house.loaded = ConfigError(*mistakes)
    house.daemon.inbox.put(signal.SIGHUP)
    assert house.told.get(timeout=10) == "RELOADING=1"
    assert house.told.get(timeout=10).startswith("READY=1")
    (line,) = [line for line in house.lines if "refused" in line["event"]]
    assert line["mistakes"] == [str(mistake) for mistake in mistakes]
    assert house.workshop.config is CONFIG


def test_mails_are_delivered_beside_the_companies(house):
    config = Config(mail=Mail(host="m"))
    house.start(config)
    assert house.mails.get(timeout=10) is config


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [
        ({"WATCHDOG_USEC": "120000000"}, 60),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "7"}, 60),
        ({"WATCHDOG_USEC": "120000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({}, None),
    ],
)
def test_life_is_reported_twice_as_often_as_systemd_asks(environment, seconds):
    assert watchdog_seconds(environment, 7) == seconds


def report(*, unfinished):
    now = Clock().now()
    return TickReport(
        company="main",
        started=now,
        finished=now,
        posted={},
        linked=0,
        held=0,
        waiting=1,
        halted=None,
        calls=0,
        unfinished=unfinished,
    )


def test_a_tick_that_was_cut_short_goes_on_at_once_and_one_that_is_done_waits_for_its_poll(house):
    house.workshop.reports = [report(unfinished=True), report(unfinished=True), report(unfinished=False)]
    house.start()
    assert [house.workshop.ticked.get(timeout=10) for _ in range(3)] == ["main"] * 3
    house.daemon.inbox.put(signal.SIGTERM)
    house.thread.join(10)
    assert house.workshop.ticked.empty()


def test_a_look_that_somebody_wants_is_taken_long_before_the_next_poll(house):
    house.start()
    assert house.workshop.ticked.get(timeout=10) == "main"
    house.wishes.waiting.append("main")
    assert house.workshop.ticked.get(timeout=10) == "main"
    assert house.wishes.begun.get(timeout=10) == "main"


def test_a_paused_company_is_left_alone_until_it_goes_on(house):
    house.wishes.resting.add("main")
    house.wishes.waiting.append("main")
    house.start()
    assert house.wishes.begun.get(timeout=10) == "main"
    assert house.workshop.ticked.empty()
    house.wishes.resting.clear()
    house.wishes.waiting.append("main")
    assert house.workshop.ticked.get(timeout=10) == "main"
