"""Companies stay open between ticks, and are opened anew after a halt, a failure or a new configuration."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from errors.kinds import ConnectionLost
from errors.problem import Problem, ProblemError
from errors.tables import errors
from worker.clock import Clock
from worker.config import Config
from worker.config.schema import Company as CompanyConfig
from worker.pipeline import Company, TickReport
from worker.schedule.workshop import Workshop
from worker.state import database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CONFIG = Config(companies={"main": CompanyConfig()})
LOST = Problem(kind=ConnectionLost, subject="company main", facts={"company": "main", "detail": "revoked"})
REPORT = TickReport(
    company="main", started=NOW, finished=NOW, posted={}, linked=0, held=0, waiting=0, halted=None, calls=0
)


@pytest.fixture
def engine(tmp_path):
    engine = database.connect(f"sqlite:///{tmp_path}/state.sqlite")
    database.migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def house(engine):
    """A workshop whose companies are empty shells; `seen` tells what happened to them."""
    seen = SimpleNamespace(opened=0, closed=0, refuse=None, answer=REPORT, ticked=[])

    @contextmanager
    def opener(config, name, engine, clock):
        if seen.refuse:
            raise ProblemError(seen.refuse)
        seen.opened += 1
        yield Company(
            name=name,
            engine=engine,
            source=None,
            target=None,
            realm_id="1",
            clock=clock,
            lease=None,
            new_request_id=lambda: "",
        )
        seen.closed += 1

    def run(company):
        seen.ticked.append(company)
        if isinstance(seen.answer, Exception):
            raise seen.answer
        return seen.answer

    clock = Clock(now=lambda: NOW, sleep=lambda seconds: None)
    seen.workshop = Workshop(CONFIG, engine, clock, opener=opener, run=run, stopping=lambda: True)
    return seen


def test_a_company_stays_open_between_its_ticks(house):
    house.workshop.tick("main")
    house.workshop.tick("main")
    assert (house.opened, house.closed) == (1, 0)
    house.workshop.close()
    assert house.closed == 1


def test_the_pipeline_is_told_when_to_stop_and_where_to_report(house):
    progress = lambda step, kind, done, total: None  # noqa: E731
    house.workshop.tick("main", progress)
    (company,) = house.ticked
    assert company.stopping()
    assert company.progress is progress


def test_a_halted_company_is_opened_anew_because_it_may_have_been_mended(house):
    house.answer = replace(REPORT, halted=LOST)
    assert house.workshop.tick("main").halted is LOST
    assert house.closed == 1
    house.answer = REPORT
    house.workshop.tick("main")
    assert house.opened == 2


def test_a_company_whose_tick_raised_is_opened_anew(house):
    house.answer = RuntimeError("ours")
    with pytest.raises(RuntimeError):
        house.workshop.tick("main")
    assert house.closed == 1


def test_a_new_configuration_opens_the_company_anew(house):
    house.workshop.tick("main")
    house.workshop.config = Config(companies={"main": CompanyConfig(poll=30)})
    house.workshop.tick("main")
    assert (house.opened, house.closed) == (2, 1)


def test_a_company_that_cannot_be_opened_stands_in_the_error_table(house, engine):
    house.refuse = LOST
    assert house.workshop.tick("main") is LOST
    with engine.connect() as connection:
        (row,) = connection.execute(select(errors.c.kind, errors.c.company, errors.c.state)).all()
    assert row == ("connection-lost", "main", "open")
    assert house.ticked == []
