"""Which customer of QuickBooks ours is: searched, chosen and created on a page; links taken back; accounts left out."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from errors.kinds import Action
from errors.tables import State as ErrorState
from tests.site.test_site_sides import app as app  # noqa: PLC0414 - a fixture
from tests.story.test_story_customers import CUSTOMER, inactive, left_out, link, missing, names, result, taken, theirs
from tests.support.browsing import Reader, signed_in, text
from tests.support.house import House
from worker.site.people import Role


def post(reader: Reader, path: str, on: str, **fields: str) -> Any:
    """The form as the page has it."""
    seen = re.findall(r'name="seen" value="(\d+)"', reader.get(on).text)
    return reader.post(path, {"seen": seen[0] if seen else "", **fields}, on=on)


def soon(house: House) -> None:
    """What was known of QuickBooks a moment ago is old by now."""
    house.clock.moment += timedelta(seconds=10)


def test_a_customer_is_searched_and_chosen(house: House, eva: Reader) -> None:
    error = missing(house)
    chosen = theirs(house, "Ruiz, Ana", "ana@example.test")
    inactive(house, theirs(house, "Ruiz, Berta"))
    soon(house)
    path = f"/errors/{error.id}/customers?q=ruiz"
    told = text(eva.get(path))
    assert f"2 customers Ruiz, Ana ana@example.test number {chosen['Id']} in QuickBooks ↗ It is this one" in told
    assert "Ruiz, Berta (deleted)" in told
    assert "inactive in QuickBooks" in told
    answer = post(eva, f"/errors/{error.id}/customer", path, customer=chosen["Id"])
    assert answer.status_code == 303
    house.tick(create_customers=False)
    linked = link(house)
    assert linked is not None
    assert linked.target_id == chosen["Id"]


def test_what_is_fetched_while_somebody_types_are_the_choices_alone(house: House, eva: Reader) -> None:
    error = missing(house)
    theirs(house, "Ruiz, Ana")
    soon(house)
    part = eva.get(f"/errors/{error.id}/customers?q=ruiz&part=1").text
    assert "Ruiz, Ana" in part
    assert "<html" not in part
    assert "Type at least 2 characters." in text(eva.get(f"/errors/{error.id}/customers?q=r&part=1"))
    assert "No customer in QuickBooks has nobody" in text(eva.get(f"/errors/{error.id}/customers?q=nobody&part=1"))


def test_the_page_of_the_error_asks_nobody_and_offers_the_free_name(house: House, eva: Reader) -> None:
    error = taken(house)
    before = house.company.calls()
    page = eva.get(f"/errors/{error.id}").text
    assert 'name="name" value="Ana Ruiz (Customer)"' in page
    assert house.company.calls() == before
    assert post(eva, f"/errors/{error.id}/customer", f"/errors/{error.id}", name="Ana R.").status_code == 303
    house.tick()
    assert names(house) == ["Ana R."]


def test_a_second_operator_is_told_whom_the_first_chose(house: House, eva: Reader, app: FastAPI) -> None:
    error = missing(house)
    chosen = theirs(house, "Ruiz, Ana")
    here, path = f"/errors/{error.id}", f"/errors/{error.id}/customer"
    seen = re.findall(r'name="seen" value="(\d+)"', eva.get(here).text)[0]
    post(signed_in(app, Role.OPERATOR, "ana"), path, here, customer=chosen["Id"])
    answer = eva.post(path, {"seen": seen, "name": "Another"}, on=here)
    assert answer.status_code == 409
    assert "ana chose the customer in QuickBooks" in text(answer)


@pytest.mark.parametrize(
    "fields",
    [
        {"customer": "1 OR 1=1"},
        {"customer": "٣"},
        {"customer": "9" * 40},
        {"name": "a:b"},
        {"name": "n" * 501},
        {"name": "tab\there"},
    ],
)
def test_what_no_form_of_ours_says_is_refused(house: House, eva: Reader, fields: dict[str, str]) -> None:
    error = missing(house)
    assert post(eva, f"/errors/{error.id}/customer", f"/errors/{error.id}", **fields).status_code == 400
    assert house.errors()[0].pending == ()


def test_markup_in_a_name_of_quickbooks_stays_text(house: House, eva: Reader) -> None:
    error = missing(house)
    theirs(house, "<script>alert(1)</script>")
    soon(house)
    page = eva.get(f"/errors/{error.id}/customers?q=script").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_quickbooks_out_of_reach_is_told_where_the_choices_would_be(house: House, eva: Reader) -> None:
    error = missing(house)
    house.fail("status", status=503, times=1000)
    house.company.target.expire(house.company.realm_id)
    assert "It could not be looked up" in text(eva.get(f"/errors/{error.id}/customers?q=ruiz&part=1"))


def test_an_account_is_left_out_and_synced_again_from_the_pages(house: House, eva: Reader) -> None:
    error = missing(house)
    here = f"/errors/{error.id}"
    asked = post(eva, "/errors/order", here, action="leave-out", ids=str(error.id), back=here)
    assert "1 error out of the sync: 2 documents, 150.00" in text(asked)
    post(eva, "/errors/order", here, action="leave-out", ids=str(error.id), back=here, confirmed="1", why="moved away")
    house.tick(create_customers=False)
    told = text(eva.get("/accounts"))
    assert "Ana Ruiz shop 1 document, 150.00" in told
    assert "moved away Sync again" in told
    post(eva, "/errors/order", "/accounts", action="unskip", ids=str(error.id), back="/accounts", confirmed="1")
    house.tick()
    assert (left_out(house), house.errors(), names(house)) == ([], [], ["Ana Ruiz"])
    assert "Every account is synced." in text(eva.get("/accounts"))


def test_the_link_of_a_customer_is_taken_back_on_its_page(house: House, eva: Reader) -> None:
    theirs(house, "Ana Ruiz")
    house.furnish()
    house.tick()
    item = house.item(CUSTOMER, "c1")
    here = f"/documents/{item.id}"
    assert "Not this customer?" in text(eva.get(here))
    answer = post(eva, f"{here}/unlink", here, why="her mother")
    assert answer.status_code == 303
    house.tick()
    (error,) = house.errors()
    assert answer.headers["location"].endswith(f"/errors/{error.id}")
    assert "eva said that it was the wrong customer" in text(eva.get(f"/errors/{error.id}"))
    assert (link(house), result(house, error)) == (None, "done")
    assert post(eva, f"{here}/unlink", here).status_code == 409


def test_a_viewer_neither_searches_nor_decides(house: House, app: FastAPI) -> None:
    error = missing(house)
    viewer = signed_in(app, Role.VIEWER, "vera")
    assert viewer.get(f"/errors/{error.id}/customers?q=ana").status_code == 403
    assert viewer.post(f"/errors/{error.id}/customer", {"customer": "1"}).status_code == 403
    assert "Which customer" not in text(viewer.get(f"/errors/{error.id}"))
    assert "Sync again" not in text(viewer.get("/accounts"))


def test_no_customer_is_offered_where_none_can_be_chosen(house: House, eva: Reader) -> None:
    house.furnish()
    house.invoice("1", "A-1 is a number that is much too long")
    house.tick()
    (error,) = house.errors()
    assert "Which customer" not in text(eva.get(f"/errors/{error.id}"))
    assert eva.get(f"/errors/{error.id}/customers?q=ana").status_code == 409
    assert post(eva, f"/errors/{error.id}/customer", f"/errors/{error.id}", customer="1").status_code == 409
    assert house.errors(ErrorState.SKIPPED) == []
    assert Action.LINK_CUSTOMER not in error.actions
