"""Both sides of a document on a page of its own, and what is ordered there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from fastapi import FastAPI

from errors.kinds import Action
from tests.story.test_story_sides import INVOICE, change, changed, deleted, duplicate, link, result
from tests.support.browsing import KEY, Reader, signed_in, text
from tests.support.house import NAME, House
from worker.app import create_app
from worker.clock import Clock
from worker.config.schema import Company, Config, Site
from worker.site import error_sides, looking
from worker.site.people import Role


@pytest.fixture
def app(house: House) -> FastAPI:
    @contextmanager
    def opener(*_anything: Any) -> Iterator[Any]:
        yield house.company

    config = Config(site=Site(secret_key=KEY), companies={NAME: Company()})
    return create_app(config, house.engine, Clock(now=house.clock.now, sleep=house.clock.sleep), opener=opener)


def order(reader: Reader, path: str, action: Action, **fields: str) -> Any:
    """The form as the page has it."""
    shown = reader.get(path).text
    hidden = dict(re.findall(r'type="hidden" name="(seen|looked|back)" value="([^"]*)"', shown))
    return reader.post(path, {**hidden, "action": action.value, **fields}, on=path)


def test_a_duplicate_is_linked_by_who_has_looked_at_both_sides(house: House, eva: Reader) -> None:
    error = duplicate(house)
    path = f"/errors/{error.id}/sides"
    told = text(eva.get(path))
    assert "They differ in 1 field." in told
    assert "Customer ≠ differs Ana Ruiz Walk-in" in told
    assert "Total 150.00 150.00" in told
    assert order(eva, path, Action.LINK, why="the very same").status_code == 303
    house.tick()
    assert (result(house, error), house.errors()) == ("done", [])
    assert link(house) is not None


def test_what_cannot_be_says_why_and_has_no_button(house: House, eva: Reader) -> None:
    error = duplicate(house, price="10.00")
    page = eva.get(f"/errors/{error.id}/sides")
    assert "the totals differ: 150.00 USD here, 20.00 USD in QuickBooks; correct the wrong one first." in text(page)
    assert re.findall(r'name="action" value="([\w-]+)"', page.text) == ["link-push"]


def test_the_page_of_the_error_asks_nobody_and_leads_there(house: House, eva: Reader) -> None:
    error = changed(house, TxnDate="2026-03-09")
    before = house.company.calls()
    told = eva.get(f"/errors/{error.id}")
    assert "Compare both sides" in text(told)
    assert "Push ours again, Keep theirs" in text(told)
    assert house.company.calls() == before


def test_a_second_operator_is_told_what_the_first_ordered(house: House, eva: Reader, app: FastAPI) -> None:
    error = changed(house, TxnDate="2026-03-09")
    path = f"/errors/{error.id}/sides"
    ana = signed_in(app, Role.OPERATOR, "ana")
    shown = dict(re.findall(r'type="hidden" name="(seen|looked)" value="([^"]*)"', eva.get(path).text))
    assert order(ana, path, Action.KEEP).status_code == 303
    answer = eva.post(path, {**shown, "action": "push"}, on=path)
    assert answer.status_code == 409
    assert "ana kept theirs" in text(answer)


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "push", "looked": "1@0"},  # not of this kind of error
        {"action": "link", "looked": "1"},
        {"action": "link", "looked": "1@0; drop"},
        {"action": "resync", "looked": "1@0"},
        {"action": "no such", "looked": "1@0"},
    ],
)
def test_what_no_form_of_ours_says_is_refused(house: House, eva: Reader, fields: dict[str, str]) -> None:
    error = duplicate(house)
    path = f"/errors/{error.id}/sides"
    assert eva.post(path, fields, on=path).status_code in {400, 409}
    assert house.errors()[0].pending == ()


def test_a_viewer_neither_looks_nor_orders(house: House, app: FastAPI) -> None:
    error = duplicate(house)
    viewer = signed_in(app, Role.VIEWER, "vera")
    assert viewer.get(f"/errors/{error.id}/sides").status_code == 403
    assert viewer.post(f"/errors/{error.id}/sides", {"action": "link", "looked": "1@0"}).status_code == 403
    assert "Compare" not in text(viewer.get(f"/errors/{error.id}"))


def test_quickbooks_out_of_reach_leaves_the_local_side_with_the_reason(house: House, eva: Reader) -> None:
    error = duplicate(house)
    house.fail("status", status=503, times=1000)
    answer = eva.get(f"/errors/{error.id}/sides")
    assert answer.status_code == 200
    assert "QuickBooks: " in text(answer)
    assert "Ana Ruiz" in text(answer)
    assert 'name="action"' not in answer.text


def test_a_row_that_is_gone_leaves_the_other_side_with_the_reason(house: House, eva: Reader) -> None:
    error = duplicate(house)
    with house.books.begin() as connection:
        connection.exec_driver_sql("DELETE FROM invoice_lines")
        connection.exec_driver_sql("DELETE FROM invoices")
    told = text(eva.get(f"/errors/{error.id}/sides"))
    assert "its row is gone from your own system" in told
    assert "Walk-in" in told


def test_no_reader_waits_for_ever(house: House, eva: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    error, answered = duplicate(house), Event()
    slow = house.company.target.get

    def get(*asked: Any) -> Any:
        answered.wait(30)
        return slow(*asked)

    monkeypatch.setattr(house.company.target, "get", get)
    monkeypatch.setattr(
        error_sides, "ask", lambda desk, name, question: looking.ask(desk, name, question, patience=0.05)
    )
    answer = eva.get(f"/errors/{error.id}/sides")
    answered.set()
    assert answer.status_code == 200
    assert "QuickBooks has not answered" in text(answer)


def test_a_linked_document_can_be_compared_at_any_time(house: House, eva: Reader) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    page = f"/documents/{house.item(INVOICE, '1').id}/sides"
    assert "Both say the same." in text(eva.get(page))
    change(house, house.by_number("A-1"), TxnDate="2026-03-09")
    assert "Date ≠ differs" in text(eva.get(page))


def test_in_spanish(house: House, app: FastAPI) -> None:
    error = deleted(house)
    answer = text(signed_in(app, Role.OPERATOR, "eva", language="es").get(f"/errors/{error.id}/sides"))
    assert "QuickBooks no tiene ese documento." in answer
    assert "Crear otra vez" in answer
