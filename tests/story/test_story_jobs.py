"""Invoices that have the numbers of their jobs: here, in QuickBooks, and after the job was renumbered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.documents import DocumentKind
from errors import kinds
from tests.story.test_story_numbers import held, local
from tests.support.house import House
from worker.state.machine import State


@pytest.fixture
def shop(house: House) -> House:
    house.furnish()
    house.tick()
    house.company = replace(house.company, job_numbers=True)
    return house


def bill(house: House, key: str, job: str, part: str | None = None, number: str | None = None) -> None:
    house.invoice(key, f"drop-{key}")
    house.change("invoices", key, job=job, job_part=part, number=number)


def test_an_invoice_has_the_number_of_its_job_its_deposit_and_segments_say_which_they_are(shop: House) -> None:
    bill(shop, "1", "4711")
    bill(shop, "2", "4712", "deposit")
    bill(shop, "3", "4712", "1")
    bill(shop, "4", "4712", "2", number="whatever")
    shop.tick()
    assert held(shop) == ["4711", "4712-1", "4712-2", "D-4712"]
    assert local(shop) == {"1": "4711", "2": "D-4712", "3": "4712-1", "4": "4712-2"}


def test_a_job_that_is_renumbered_renumbers_its_invoices_on_both_sides(shop: House) -> None:
    bill(shop, "1", "4711")
    bill(shop, "2", "4711", "deposit")
    shop.tick()
    for key in "12":
        shop.change("invoices", key, job="9000")
    shop.tick()
    shop.tick()
    assert held(shop) == ["9000", "D-9000"]
    assert local(shop) == {"1": "9000", "2": "D-9000"}
    assert shop.states() == {State.LINKED: 4}


def test_what_was_posted_before_the_switch_keeps_its_number(shop: House) -> None:
    shop.company = replace(shop.company, job_numbers=False)
    bill(shop, "1", "4711", number="INV-1")
    shop.tick()
    shop.company = replace(shop.company, job_numbers=True)
    shop.change("invoices", "1", memo="corrected")
    shop.tick()
    assert held(shop) == ["INV-1"]


def test_switching_off_keeps_numbers_as_they_are(shop: House) -> None:
    bill(shop, "1", "4711")
    shop.tick()
    shop.company = replace(shop.company, job_numbers=False)
    shop.change("invoices", "1", memo="corrected")
    shop.tick()
    assert held(shop) == ["4711"]


def test_two_invoices_of_one_job_without_parts_are_a_duplicate_that_says_so(shop: House) -> None:
    bill(shop, "1", "4711")
    bill(shop, "2", "4711")
    shop.tick()
    assert shop.kinds() == [kinds.DuplicateOwnNumber]
    assert held(shop) == ["4711"]


def test_a_part_that_means_nothing_is_an_error_with_what_is_expected(shop: House) -> None:
    bill(shop, "1", "4711", "final")
    shop.tick()
    assert shop.kinds() == [kinds.InvalidField]
    assert shop.item(DocumentKind.INVOICE, "1").state is State.HELD


def test_with_progress_invoicing_the_company_stops_and_says_why(shop: House) -> None:
    shop.preferences(UsingProgressInvoicing=True)
    shop.clock.sleep(86400)
    target = shop.company.target
    target.settings = replace(target.settings, job_numbers=True)  # type: ignore[attr-defined]
    bill(shop, "1", "4711")
    report = shop.tick()
    assert report.halted is not None
    assert report.halted.kind is kinds.JobNumbersRefused
    assert held(shop) == []
    shop.preferences(UsingProgressInvoicing=False)
    shop.tick()
    assert held(shop) == ["4711"]
