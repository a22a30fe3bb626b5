"""One worker for one company, on both databases: a lease that runs out, and a fence that does not forget."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select

from connectors.documents import DocumentKind
from connectors.throttle import Limit
from connectors.transport import Timeouts
from tests.support.quickbooks_desk import FakeClock
from tests.support.ready import state_engine
from worker.state import cursors, database
from worker.state.leases import NOBODY, Fenced, Lease, length, new_owner
from worker.state.tables import leases

LASTS = timedelta(seconds=90)
MOMENT = timedelta(seconds=1)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite"
    chosen: str = request.getfixturevalue("postgres_state_url")
    return chosen


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = state_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


class Notes:
    """Remembers one thing for the next worker."""

    def __init__(self, note: Any = None) -> None:
        self.note = note

    def history(self) -> Any:
        return self.note

    def restore(self, history: Any) -> None:
        self.note = history


def lease(engine: Engine, clock: FakeClock, owner: str, memory: Notes | None = None) -> Lease:
    return Lease(engine, "shop", owner, lasts=LASTS, now=clock.now, memory=memory)


def row(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(select(leases)).one()


def write(held: Lease, cursor: str) -> None:
    with held.begin() as connection:
        cursors.save(connection, "shop", DocumentKind.INVOICE, cursor)


def written(engine: Engine) -> Any:
    with engine.connect() as connection:
        return cursors.load(connection, "shop").get(DocumentKind.INVOICE)


def test_a_company_that_somebody_works_on_is_not_taken_and_it_is_told_who_has_it(engine, clock) -> None:
    lease(engine, clock, "a").take()
    with pytest.raises(Fenced) as raised:
        lease(engine, clock, "b").take()
    assert (raised.value.owner, raised.value.expires_at) == ("a", clock.moment + LASTS)


def test_another_company_is_free(engine, clock) -> None:
    lease(engine, clock, "a").take()
    Lease(engine, "other", "b", lasts=LASTS, now=clock.now).take()


def test_a_lease_can_be_taken_from_the_moment_it_has_run_out_and_not_before(engine, clock) -> None:
    lease(engine, clock, "a").take()
    late = lease(engine, clock, "b")
    clock.moment += LASTS - timedelta(microseconds=1)
    with pytest.raises(Fenced):
        late.take()
    clock.moment += timedelta(microseconds=1)
    late.take()
    assert (row(engine).owner, row(engine).fence) == ("b", 2)


def test_who_wakes_after_a_takeover_writes_nothing_and_sends_nothing(engine, clock) -> None:
    sleeper, other = lease(engine, clock, "a"), lease(engine, clock, "b")
    sleeper.take()
    write(sleeper, "before")
    clock.moment += LASTS
    other.take()
    for attempt in (lambda: write(sleeper, "after"), sleeper.before_call, lambda: write(sleeper, "again")):
        with pytest.raises(Fenced):
            attempt()
    assert written(engine) == "before"
    write(other, "theirs")


def test_a_clock_that_stood_still_does_not_help_the_sleeper(engine, clock) -> None:
    """Two machines with clocks of their own: the fence asks the row, not the time."""
    slow = FakeClock()
    sleeper = lease(engine, slow, "a")
    sleeper.take()
    clock.moment += LASTS
    lease(engine, clock, "b").take()
    with pytest.raises(Fenced):
        write(sleeper, "after")
    assert written(engine) is None


def test_a_lease_that_ran_out_and_that_nobody_took_is_still_ours(engine, clock) -> None:
    held = lease(engine, clock, "a")
    held.take()
    clock.moment += 10 * LASTS
    write(held, "late")
    held.before_call()
    assert (row(engine).fence, row(engine).expires_at) == (1, clock.moment + LASTS)


@pytest.mark.parametrize("work", ["write", "call", "take"])
def test_it_is_renewed_while_it_works_once_a_third_has_passed(engine, clock, work: str) -> None:
    held = lease(engine, clock, "a")
    held.take()
    do = {"write": lambda: write(held, "x"), "call": held.before_call, "take": held.take}[work]
    clock.moment += LASTS / 3 - MOMENT
    do()
    assert row(engine).expires_at == clock.moment + LASTS - (LASTS / 3 - MOMENT)
    clock.moment += MOMENT
    do()
    assert row(engine).expires_at == clock.moment + LASTS


def test_a_call_leaves_with_two_thirds_of_the_lease_to_come(engine, clock) -> None:
    held = lease(engine, clock, "a")
    held.take()
    for seconds in (1, 29, 31, 60, 89, 91, 500):
        clock.moment += timedelta(seconds=seconds)
        held.before_call()
        assert row(engine).expires_at - clock.moment > LASTS * 2 / 3 - timedelta(microseconds=1)


def test_a_transaction_that_fails_renews_nothing(engine, clock) -> None:
    held = lease(engine, clock, "a")
    held.take()
    clock.moment += LASTS / 2
    with pytest.raises(ZeroDivisionError), held.begin():
        raise ZeroDivisionError
    assert row(engine).expires_at == clock.moment + LASTS / 2
    held.before_call()
    assert row(engine).expires_at == clock.moment + LASTS


def test_what_is_given_back_can_be_taken_at_once_with_what_the_next_one_must_know(engine, clock) -> None:
    first = lease(engine, clock, "a", Notes([1, 2.5]))
    first.take()
    first.release()
    assert row(engine).owner == NOBODY
    notes = Notes()
    lease(engine, clock, "b", notes).take()
    assert notes.note == [1, 2.5]
    assert row(engine).fence == 2
    with pytest.raises(Fenced):
        write(first, "after")


def test_who_only_looks_may_call_beside_a_worker_but_writes_nothing(engine, clock) -> None:
    lease(engine, clock, "a").take()
    looks = lease(engine, clock, "b")
    looks.before_call()
    with pytest.raises(Fenced):
        write(looks, "x")


def test_what_belongs_to_another_is_not_given_back(engine, clock) -> None:
    sleeper = lease(engine, clock, "a")
    sleeper.take()
    clock.moment += LASTS
    lease(engine, clock, "b").take()
    sleeper.release()
    lease(engine, clock, "c").release()
    assert row(engine).owner == "b"


def test_a_database_that_is_away_does_not_keep_a_worker_from_going(tmp_path: Path, clock) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/state.sqlite")
    database.migrate(engine)
    held = lease(engine, clock, "a")
    held.take()
    away = create_engine(f"sqlite:///{tmp_path}/missing/state.sqlite")
    held._engine = away
    held.release()
    with pytest.raises(Fenced):
        lease(engine, clock, "b").take()
    away.dispose()
    engine.dispose()


def test_of_many_who_want_it_one_gets_it(url: str, clock) -> None:
    engines = [database.connect(url) for _ in range(6)]
    database.migrate(engines[0])
    for turn in range(5):  # the first turn finds no row, the others one that has run out
        owners = [lease(each, clock, f"{turn}-{number}") for number, each in enumerate(engines)]
        together = Barrier(len(owners))
        with ThreadPoolExecutor(len(owners)) as pool:
            taken = list(pool.map(lambda owner, start=together: _takes(owner, start), owners))
        assert sum(taken) == 1
        assert row(engines[0]).owner == owners[taken.index(True)].owner
        assert row(engines[0]).fence == turn + 1
        clock.moment += LASTS
    for each in engines:
        each.dispose()


def _takes(owner: Lease, together: Barrier) -> bool:
    together.wait()
    try:
        owner.take()
    except Fenced:
        return False
    return True


def test_nobody_takes_over_in_the_midst_of_a_transaction(url: str, clock) -> None:
    """The other waits until it has ended: what was begun under the fence ends under it."""
    ours, theirs = database.connect(url), database.connect(url)
    database.migrate(ours)
    held = lease(ours, clock, "a")
    held.take()
    order: list[str] = []
    started = Barrier(2)

    def other(now: datetime) -> None:
        late = Lease(theirs, "shop", "b", lasts=LASTS, now=lambda: now)
        started.wait()
        late.take()
        order.append("taken over")

    with ThreadPoolExecutor(1) as pool:
        with held.begin() as connection:
            future = pool.submit(other, clock.moment + LASTS)
            started.wait()
            while not _waits(connection) and not future.done():
                pass
            cursors.save(connection, "shop", DocumentKind.INVOICE, "whole")
            order.append("written")
        future.result()
    assert order == ["written", "taken over"]
    ours.dispose()
    theirs.dispose()


def _waits(connection: Any) -> bool:
    """Whether the other stands before our lock; SQLite has no list of those who wait."""
    if connection.dialect.name == "sqlite":
        return True
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return bool(connection.exec_driver_sql(waiting).scalar_one())


@pytest.mark.parametrize(
    ("connect", "read", "window", "seconds"),
    [(10, 60, 60, 140), (1, 5, 60, 90), (10, 300, 60, 620), (1, 1, 1, 4)],
)
def test_a_lease_is_longer_than_the_longest_call_and_the_longest_window(connect, read, window, seconds) -> None:
    lasts = length(Timeouts(connect=connect, read=read), [Limit(count=8, seconds=1), Limit(count=9, seconds=window)])
    assert lasts == timedelta(seconds=seconds)
    assert lasts.total_seconds() * 2 / 3 >= max(connect + read, window)


def test_no_two_workers_are_called_the_same() -> None:
    assert len({new_owner() for _ in range(100)}) == 100
    assert all(len(new_owner()) <= 128 for _ in range(3))
