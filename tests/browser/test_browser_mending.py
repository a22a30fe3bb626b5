"""Cuadre mends QuickBooks by a button: an inactive service, a wrong account, an unknown payment method."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from errors.kinds import Kind, PaymentMethodUnknown, ServiceAccountWrong, ServiceInactive
from tests.story.test_story_mending import service
from tests.support.house import House
from tests.support.window import PHONE, Window, complaints
from worker.site.people import Role


def planted(house: House) -> None:
    """Three troubles beside those of the morning."""
    service(house)
    house.service("s2", "Old work")
    house.service("s3", "Warranty", income_account="Bank Charges")
    house.invoice("i30", "INV-0030", (("s2", "1", "10.00"),))
    house.invoice("i31", "INV-0031", (("s3", "1", "20.00"),))
    house.payment("p30", {"i1": "20.00"}, method="Stripe")
    house.tick()


def opened(window: Window, kind: type[Kind], page: Page) -> None:
    error = next(row for row in window.house.errors() if row.problem.kind is kind)
    page.goto(f"{window.url}/errors/{error.id}")


def mended(window: Window, page: Page) -> None:
    window.house.tick()
    page.reload()
    expect(page.get_by_text("settled", exact=True)).to_be_visible()


def test_an_inactive_service_is_made_active_again(window: Window) -> None:
    planted(window.house)
    page = window.reader(Role.OPERATOR)
    opened(window, ServiceInactive, page)
    page.get_by_role("button", name="Make it active again").click()
    mended(window, page)
    assert window.house.by_number("INV-0030")


def test_another_account_is_chosen_for_a_service(window: Window) -> None:
    planted(window.house)
    page = window.reader(Role.OPERATOR)
    opened(window, ServiceAccountWrong, page)
    page.get_by_role("link", name="Choose an account").click()
    page.get_by_label("In QuickBooks").select_option(index=1)
    page.locator("main form button").click()
    mended(window, page)
    assert window.house.by_number("INV-0031")


def test_a_payment_method_is_created_as_what_it_is(window: Window) -> None:
    planted(window.house)
    page = window.reader(Role.OPERATOR)
    opened(window, PaymentMethodUnknown, page)
    page.get_by_role("button", name="A credit card").click()
    mended(window, page)
    (made,) = [row for row in window.house.rows("PaymentMethod") if row["Name"] == "Stripe"]
    assert made["Type"] == "CREDIT_CARD"


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing_where_something_is_mended(window: Window, look: str) -> None:
    planted(window.house)
    size, theme = PHONE if look == "phone" else None, "dark" if look == "dark" else "light"
    page = window.reader(Role.OPERATOR, size=size, theme=theme)
    for row in window.house.errors():
        if row.problem.kind in {ServiceInactive, ServiceAccountWrong, PaymentMethodUnknown}:
            page.goto(f"{window.url}/errors/{row.id}")
            assert complaints(page) == []
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
