"""Two workers on one state database: one works, the other says who does; who wakes too late changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from connectors.documents import DocumentKind
from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from errors.kinds import AnotherWorker
from tests.support.house import House
from worker import pipeline
from worker.pipeline import Company
from worker.state.machine import State

LONG = timedelta(minutes=10)  # longer than any lease here


class Between(BaseAdapter):
    """Something that happens on the way to QuickBooks, before or behind the call of a kind."""

    def __init__(self, house: House, path: str, happens: Callable[[], Any], *, after: bool = False) -> None:
        super().__init__()
        self._inner = SandboxAdapter(house.sandbox)
        self._path, self._happens, self._after = path, happens, after
        self.sent: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.sent.append(str(request.url))
        here = f"/{self._path}?" in str(request.url)
        if here and not self._after:
            self._happens()
        answer = self._inner.send(request, *args, **kwargs)
        if here and self._after:
            self._happens()
        return answer

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def other(house: House) -> Company:
    return house.opened(SandboxAdapter(house.sandbox), owner="other")


def test_a_company_that_another_worker_has_is_left_alone_and_the_report_says_who_has_it(house, other) -> None:
    house.furnish()
    house.invoice("1")
    other.lease.take()
    report = pipeline.run(house.company)
    assert report.halted.kind is AnotherWorker
    assert report.halted.facts["owner"] == "other"
    assert "other" in str(report.halted.facts)
    assert (report.calls, house.states(), house.errors()) == (0, {}, [])


def test_it_goes_on_where_the_other_worker_stopped(house, other) -> None:
    house.furnish()
    house.invoice("1")
    pipeline.run(other)
    other.lease.release()
    house.invoice("2")
    assert house.tick().posted == {DocumentKind.INVOICE: 1}
    other.source.close()


def taken_over(house: House, other: Company) -> None:
    """Time passes, and the other worker does all there is to do."""
    house.clock.moment += LONG
    assert pipeline.run(other).halted is None


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("path", ["query", "batch", "invoice"])
def test_a_worker_that_slept_during_a_call_neither_writes_nor_sends_afterwards(house, other, path, after) -> None:
    """Wherever it slept: the document is there once, and what the other worker knows of it stands."""
    house.furnish()
    house.invoice("1")
    done: list[dict[State, int]] = []

    def happens() -> None:
        if not done:
            done.append({})
            taken_over(house, other)
            done[0] = house.states()
            adapter.sent.clear()

    adapter = Between(house, path, happens, after=after)
    sleeper = house.opened(adapter, owner="sleeper")
    report = pipeline.run(sleeper)
    assert done
    assert report.halted.kind is AnotherWorker
    assert adapter.sent == []
    assert house.states() == done[0]
    house.clock.moment += LONG
    pipeline.run(other)
    house.examine()
    assert len(house.rows("Invoice")) == len(house.rows("Customer")) == 1
    assert house.states() == {State.LINKED: 3}
    for each in (sleeper, other):
        each.source.close()


def test_a_lease_that_ran_out_while_the_limits_were_waited_for_lets_no_call_out(house, other) -> None:
    """The last look is behind all waiting."""
    house.furnish()
    sleeper = house.opened(Between(house, "-", lambda: None), owner="sleeper")
    session = sleeper.target._client.session
    waited: list[int] = []

    class Slow:
        def acquire(self, *, batch: bool = False) -> None:
            if not waited:
                waited.append(1)
                taken_over(house, other)

        def reserve(self, *, batch: bool) -> None:
            self.acquire(batch=batch)

        def done(self, *, batch: bool = False) -> None:
            pass

    session.throttle = Slow()
    report = pipeline.run(sleeper)
    assert report.halted.kind is AnotherWorker
    assert session.calls == 0
    for each in (sleeper, other):
        each.source.close()


def test_the_same_worker_keeps_a_company_between_its_ticks(house, other) -> None:
    house.tick()
    assert pipeline.run(other).halted.kind is AnotherWorker
    house.clock.moment += timedelta(seconds=100)
    house.tick()
    assert pipeline.run(replace(other)).halted.kind is AnotherWorker
    other.source.close()
