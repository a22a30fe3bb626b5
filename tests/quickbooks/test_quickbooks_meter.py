"""Calls by month, company and kind; a word once a day when the budget of reads is nearly used up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from connectors.contract import Operation
from connectors.documents import DocumentKind
from connectors.quickbooks.meter import Kind, Meter, made, projected, reads
from connectors.quickbooks.mirror.tables import metadata
from tests.support.quickbooks_desk import Desk, FakeClock, customer
from worker.state import database


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    opened = database.connect(url)
    metadata.create_all(opened)
    yield opened
    opened.dispose()


def saved(engine: Engine, meter: Meter) -> list[str]:
    """What is logged while the counts are saved."""
    with capture_logs() as logged, engine.begin() as connection:
        meter.save(connection)
    return [entry["log_level"] for entry in logged]


def test_counts_add_up_over_ticks_and_processes_and_begin_anew_each_month(engine: Engine) -> None:
    clock = FakeClock()
    for _ in range(2):
        meter = Meter("shop", now=clock.now, budget=10**6)
        meter.add("1", Kind.READ, 3)
        meter.add("1", Kind.WRITE)
        saved(engine, meter)
        saved(engine, meter)
    other = Meter("bakery", now=clock.now, budget=10**6)
    other.add("2", Kind.READ)
    saved(engine, other)
    with engine.connect() as connection:
        counted = made(connection, clock.now())
        assert counted == {("shop", Kind.READ): 6, ("shop", Kind.WRITE): 2, ("bakery", Kind.READ): 1}
        assert reads(connection, clock.now()) == {"shop": 6, "bakery": 1}
        assert reads(connection, clock.now() + timedelta(days=31)) == {}


def test_the_budget_is_that_of_all_companies_and_warns_once_a_day(engine: Engine) -> None:
    clock = FakeClock()
    other = Meter("bakery", now=clock.now, budget=100)
    other.add("2", Kind.READ, 70)
    assert saved(engine, other) == []
    meter = Meter("shop", now=clock.now, budget=100)

    def after(count: int) -> list[str]:
        meter.add("1", Kind.READ, count)
        return saved(engine, meter)

    assert after(9) == []
    assert after(1) == ["warning"]
    assert after(1) == []
    clock.sleep(86400)
    assert after(1) == ["warning"]
    clock.sleep(86400)
    assert after(20) == ["error"]


def test_the_pace_so_far_tells_the_month() -> None:
    assert projected(100, datetime(2026, 3, 11, tzinfo=UTC)).projected == 310
    assert projected(100, datetime(2026, 3, 1, 1, tzinfo=UTC)).projected == 3100


def test_calls_are_told_apart_and_those_that_fail_are_no_reads() -> None:
    desk = Desk()
    remote = desk.post(customer())
    desk.fail("status", status=503, operation="read")
    desk.target.get(DocumentKind.CUSTOMER, remote.target_id)
    desk.post(customer(name="Ana"), Operation.UPDATE, remote)
    with desk.store.engine.begin() as connection:
        desk.target.save_calls(connection)
        counted = made(connection, desk.clock.now())
    assert counted == {("shop", Kind.READ): 1, ("shop", Kind.WRITE): 2, ("shop", Kind.FAILED): 1}
