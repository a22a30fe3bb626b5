"""A duplicate is linked to its holder by somebody who has looked at both sides, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from connectors.documents import DocumentKind
from errors.kinds import DuplicateNumber
from tests.support.window import PHONE, Window, complaints
from worker.site.people import Role
from worker.state.machine import State


def test_a_duplicate_is_linked_to_its_holder_after_a_look_at_both_sides(window: Window) -> None:
    house = window.house
    holder, writes = house.by_number("INV-0007"), len(house.writes())
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/errors")
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_text("They differ in 1 field.")).to_be_visible()
    row = page.get_by_role("row", name="Customer differs")
    expect(row).to_contain_text("Bob <b>Marley</b> & Sons")
    expect(row).to_contain_text("Ana Ruiz")
    expect(page.get_by_role("link", name="QuickBooks ↗")).to_have_attribute("href", f"{house_page(holder)}")
    page.get_by_label("Why (for the audit)").fill("Bob pays for Ana")
    page.get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_text("linked it to the document in QuickBooks")).to_be_visible()
    expect(page.get_by_text("waits for the next tick")).to_be_visible()
    house.tick()
    page.reload()
    expect(page.get_by_text("settled", exact=True)).to_be_visible()
    assert house.item(DocumentKind.INVOICE, "i7").state is State.LINKED
    assert (house.by_number("INV-0007"), len(house.writes())) == (holder, writes)


def house_page(holder: dict[str, str]) -> str:
    return f"http://127.0.0.1:1/app/invoice?txnId={holder['Id']}"


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing_on_the_comparison_and_nothing_is_wider_than_its_window(window: Window, look: str) -> None:
    size, theme = PHONE if look == "phone" else None, "dark" if look == "dark" else "light"
    page = window.reader(Role.OPERATOR, size=size, theme=theme)
    error = next(row.id for row in window.house.errors() if row.problem.kind is DuplicateNumber)
    page.goto(f"{window.url}/errors/{error}/sides")
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
