"""A customer is searched while somebody types, and linked, in a real browser; an account is left out and comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from errors.kinds import CustomerNotFound, CustomerUnlinked
from tests.story.test_story_customers import CUSTOMER, link, theirs
from tests.support.house import House
from tests.support.window import PHONE, Window, complaints
from worker.site.people import Role


def missing(house: House) -> int:
    """Two invoices wait for a customer that QuickBooks knows under another name."""
    theirs(house, "Larch, Pedro", "pedro@larch.test")
    theirs(house, "Larch & Sons", "office@larch.test")
    house.customer("c9", "Pedro Larch")
    for number in ("20", "21"):
        house.invoice(f"i{number}", f"INV-00{number}", customer="c9")
    house.tick(create_customers=False)
    return next(row.id for row in house.errors() if row.problem.kind is CustomerNotFound)


def test_a_customer_is_found_while_somebody_types_and_its_documents_go_through(window: Window) -> None:
    house = window.house
    missing(house)
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/errors?category=accounts")
    page.get_by_role("link", name="Which customer?").click()
    field = page.get_by_role("searchbox", name="Search the customers of QuickBooks")
    expect(field).to_have_value("Pedro Larch")
    field.fill("larch")
    expect(page.get_by_text("2 customers")).to_be_visible()
    field.fill("larch, p")
    expect(page.get_by_text("1 customer", exact=True)).to_be_visible()
    expect(page.get_by_text("pedro@larch.test")).to_be_visible()
    page.get_by_role("button", name="Choose Larch, Pedro").click()
    expect(page.get_by_text("chose the customer in QuickBooks")).to_be_visible()
    house.tick(create_customers=False)
    page.reload()
    expect(page.get_by_text("settled", exact=True)).to_be_visible()
    linked = link(house, "c9")
    assert linked is not None
    assert house.by_number("INV-0020")["CustomerRef"]["value"] == linked.target_id
    assert house.by_number("INV-0021")["CustomerRef"]["name"] == "Larch, Pedro"


def test_a_wrong_link_is_taken_back_on_the_page_of_the_customer(window: Window) -> None:
    house = window.house
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/documents/{house.item(CUSTOMER, 'c1').id}")
    page.get_by_text("Not this customer?").click()
    page.get_by_label("Why (for the audit)").fill("her mother")
    page.get_by_role("button", name="It is the wrong one").click()
    expect(page.get_by_role("heading", name="Ana Ruiz was the wrong customer in QuickBooks")).to_be_visible()
    house.tick()
    assert CustomerUnlinked in house.kinds()
    assert link(house, "c1") is None


def test_an_account_is_left_out_and_synced_again(window: Window) -> None:
    house = window.house
    error = missing(house)
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/errors/{error}")
    page.get_by_role("button", name="Do not sync this account").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("3 documents, 300.00")
    dialog.get_by_role("button", name="Do not sync this account").click()
    expect(page.get_by_text("Not synced any more: 1")).to_be_visible()
    house.tick(create_customers=False)
    page.goto(f"{window.url}/errors")
    page.get_by_role("link", name="Accounts not synced").click()
    page.get_by_role("button", name="Sync Pedro Larch again").click()
    page.get_by_role("dialog").get_by_role("button").first.click()
    expect(page.get_by_text("to go")).to_be_visible()
    house.tick()
    page.reload()
    expect(page.get_by_text("Every account is synced.")).to_be_visible()
    assert house.by_number("INV-0020")["CustomerRef"]["name"] == "Pedro Larch"


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing_where_a_customer_is_chosen(window: Window, look: str) -> None:
    size, theme = PHONE if look == "phone" else None, "dark" if look == "dark" else "light"
    error = missing(window.house)
    page = window.reader(Role.OPERATOR, size=size, theme=theme)
    for path in (f"/errors/{error}", f"/errors/{error}/customers?q=larch", "/accounts"):
        page.goto(f"{window.url}{path}")
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
