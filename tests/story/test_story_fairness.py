"""One bad document, one bad customer, one company whose QuickBooks is down: nobody else is delayed by any of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet
from requests.adapters import BaseAdapter
from sqlalchemy import insert

from connectors.documents import DocumentKind
from connectors.local import reference
from connectors.local.engine import connect
from connectors.local.reference_setup import init, settings
from connectors.local.source import LocalSource
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.settings import CompanySettings
from connectors.tokens import TokenStore
from errors.kinds import Action, QuickBooksUnavailable
from tests.support.house import House
from tests.support.quickbooks_desk import ACCOUNTS, URL, app_settings, grant
from worker import pipeline
from worker.config.schema import Company as Configured, Config
from worker.pipeline import Company, Tally, TickReport
from worker.rules.patience import LONGEST_OUTAGE_PAUSE
from worker.state.leases import Lease
from worker.state.machine import State
from worker.status import standings

MINUTE = timedelta(minutes=1)


class Line(BaseAdapter):
    """The way to QuickBooks; while `down` nothing gets through, and no write with `poison` in it ever does.

    Keeps when it was tried, and what was asked.
    """

    def __init__(self, house: House) -> None:
        super().__init__()
        self._inner, self._clock = SandboxAdapter(house.sandbox), house.clock
        self.down = False
        self.poison = "(none)"
        self.tried: list[datetime] = []
        self.addresses: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.tried.append(self._clock.now())
        self.addresses.append(str(request.url))
        if self.down:
            raise requests.ConnectionError("no route")
        if self.poison in str(request.body) and "/query" not in str(request.url):
            raise requests.ReadTimeout("no answer")
        return self._inner.send(request, *args, **kwargs)

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    """A furnished house behind a line that can be cut."""
    house.furnish()
    way = Line(house)
    house.restart(way)
    house.tick()
    return way


def test_a_bad_document_costs_the_good_ones_no_call_more(house: House, line: Line) -> None:
    """Five good ones beside one whose customer nobody knows, against five good ones alone."""
    house.invoice("first")  # what QuickBooks holds is read once
    house.tick()
    calls = []
    for turn, bad in enumerate((False, True)):
        for number in range(5):
            house.invoice(f"{turn}-{number}")
        if bad:
            house.invoice("bad", customer="nobody")
        line.addresses.clear()
        assert house.tick().posted == {DocumentKind.INVOICE: 5}
        calls.append([address for address in line.addresses if "/cdc?" not in address])  # those come by the clock
    assert len(calls[0]) == len(calls[1])
    assert calls[0]


def test_a_document_that_quickbooks_never_answers_lets_the_others_by(house: House, line: Line) -> None:
    """It hangs whenever it is sent; what comes behind it is posted within two ticks, each time."""
    line.poison = "INV-poison"
    house.invoice("poison")
    house.tick()
    for number in range(6):
        house.invoice(f"g{number}")
        house.payment(f"p{number}", {f"g{number}": "150.00"})
        house.tick()
        house.tick()
        assert house.item(DocumentKind.INVOICE, f"g{number}").state is State.LINKED
        assert house.item(DocumentKind.PAYMENT, f"p{number}").state is State.LINKED
    assert house.item(DocumentKind.INVOICE, "poison").state is State.SENDING


def test_a_customer_that_is_refused_holds_its_own_documents_alone(house: House, line: Line) -> None:
    house.customer("bad", name="A:B")  # a colon is no part of a name in QuickBooks
    for number in range(4):
        house.invoice(f"bad{number}", customer="bad")
        house.invoice(f"good{number}")
    assert house.tick().posted == {DocumentKind.INVOICE: 4}
    assert house.states()[State.HELD] == 5
    line.tried.clear()
    house.tick()
    assert line.tried == []  # what is held asks nothing


def minute(house: House) -> TickReport:
    """A tick a minute after the last one."""
    house.clock.moment += MINUTE
    report = pipeline.run(house.company)
    house.examine()
    return report


def down_for(house: House, line: Line, minutes: int) -> list[datetime]:
    """Ticks once a minute while nothing gets through; when QuickBooks was asked."""
    line.down = True
    line.tried.clear()
    for _ in range(minutes):
        minute(house)
    return line.tried


def test_while_quickbooks_is_down_it_is_asked_ever_more_seldom_with_one_call(house: House, line: Line) -> None:
    house.invoice("1")
    tried = down_for(house, line, 180)
    pauses = [after - before for before, after in pairwise(tried)]
    probes = [pause for pause in pauses if pause > MINUTE / 2]
    assert max(probes) <= LONGEST_OUTAGE_PAUSE + MINUTE  # a tick comes once a minute
    assert min(probes[-6:]) >= LONGEST_OUTAGE_PAUSE * 0.75
    assert len(tried) < 30
    assert all(pause > MINUTE / 2 for pause in pauses[-8:])  # a probe is one call, not four
    assert house.kinds() == [QuickBooksUnavailable]


def test_once_it_answers_everything_goes_on(house: House, line: Line) -> None:
    house.invoice("1")
    down_for(house, line, 60)
    line.down = False
    for _ in range(16):
        minute(house)
    assert house.errors() == []
    assert house.item(DocumentKind.INVOICE, "1").state is State.LINKED
    assert len(house.rows("Invoice")) == 1


def test_a_tick_in_the_pause_makes_no_call_says_why_and_sees_the_local_books(house: House, line: Line) -> None:
    house.invoice("1")
    down_for(house, line, 30)
    line.tried.clear()
    house.invoice("2")
    reports = []
    while not line.tried:
        reports.append(minute(house))
    assert len(reports) > 5
    assert {report.halted.kind for report in reports} == {QuickBooksUnavailable}
    assert reports[0].waiting == 2
    assert len(line.tried) == 1


@pytest.fixture
def neighbour(house: House, tmp_path: Path) -> Iterator[Company]:
    """Another company of the same worker and state database, with books and a QuickBooks of its own."""
    realm, clock = "9130000000000002", house.clock
    house.sandbox.connect(realm, access_token="access-2", refresh_token="refresh-2")
    store = TokenStore(house.engine, [Fernet.generate_key().decode()], now=clock.now)
    store.connect("other", realm, URL, grant(clock, access="access-2", refresh="refresh-2"))
    way = SandboxAdapter(house.sandbox)
    connector = QuickBooksConnector(
        app_settings(), store, now=clock.now, sleep=clock.sleep, mount=lambda session: session.mount(URL, way)
    )
    target = connector.open_target(CompanySettings(name="other", accounts=ACCOUNTS))
    address = f"sqlite:///{tmp_path}/other.sqlite"
    (tmp_path / "other.sqlite").touch()
    books = connect(address, "source")
    init(books)
    with books.begin() as connection:
        connection.execute(insert(reference.customers).values(id="c1", name="Eva Sanz"))
    books.dispose()
    lease = Lease(house.engine, "other", "tester", lasts=timedelta(minutes=2), now=clock.now, memory=target.throttle)
    source = LocalSource(settings(address))
    yield replace(
        house.company,
        name="other",
        source=source,
        target=target,
        realm_id=realm,
        lease=lease,
        calls=lambda: target.calls,
        tally=Tally(),
    )
    source.close()


def test_a_company_whose_quickbooks_is_down_costs_its_neighbour_nothing(
    house: House, line: Line, neighbour: Company
) -> None:
    house.invoice("1")
    down_for(house, line, 5)
    assert house.kinds() == [QuickBooksUnavailable]
    report = pipeline.run(neighbour)
    assert report.halted is None
    assert report.posted == {DocumentKind.CUSTOMER: 1}
    calls = neighbour.calls()
    down_for(house, line, 5)
    assert pipeline.run(neighbour).calls == 0
    assert neighbour.calls() == calls


def test_a_person_who_orders_something_does_not_wait_for_the_pause(house: House, line: Line) -> None:
    house.invoice("bad", customer="nobody")
    house.tick()
    house.invoice("1")
    down_for(house, line, 60)
    line.tried.clear()
    bad = next(error for error in house.errors() if error.problem.kind is not QuickBooksUnavailable)
    house.order(Action.RESYNC, bad)
    minute(house)
    assert len(line.tried) == 1


def test_the_status_tells_of_the_outage_until_when_it_is_waited_for_and_how_old_the_backlog_is(
    house: House, line: Line
) -> None:
    house.invoice("1")
    began = house.clock.now()
    down_for(house, line, 60)
    (standing,) = standings(Config(companies={"shop": Configured()}), house.engine)
    assert abs(standing.outage_since - began) <= 2 * MINUTE
    assert timedelta(0) < standing.asked_again - line.tried[-1] <= LONGEST_OUTAGE_PAUSE
    assert abs(standing.oldest_waiting - began) <= 2 * MINUTE
