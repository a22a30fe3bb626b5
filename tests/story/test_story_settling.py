"""Errors end by themselves, voids agree, numbers are free: what a person expects without a click."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from connectors.documents import DocumentKind
from errors import kinds
from errors.kinds import Action
from tests.support.house import House
from tests.support.quickbooks_desk import DAY
from worker.state.machine import State
from worker.state.tables import runs

# --- errors end by themselves -----------------------------------------------------------------------------------------


def test_cancelling_a_held_invoice_ends_its_error(house: House) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1", email="bad")
    house.tick()
    assert len(house.errors()) == 1
    house.change("invoices", "1", status="cancelled", email=None)
    house.tick()
    assert house.errors() == []


def test_what_was_missing_frees_by_its_coming_everything_that_named_it(house: House) -> None:
    house.furnish()
    house.row("refunds", id="1", number="R-1", customer_id="c1", payment_id="7", service_id="s1", date=DAY, total=5)
    house.tick()
    assert house.kinds() == [kinds.UnknownLocalPayment]
    house.invoice("1", "A-1")
    house.payment("7", {"1": "20.00"})
    house.tick()
    assert house.errors() == []
    assert len(house.rows("RefundReceipt")) == 1


def test_a_customer_mended_in_the_local_books_frees_its_invoices_without_a_click(house: House) -> None:
    house.service()
    house.customer("c1", "Nobody There")
    house.invoice("1", "A-1")
    house.tick(create_customers=False)
    house.outsider("Customer", {"DisplayName": "Somebody"})
    house.change("customers", "c1", name="Somebody")
    house.tick(create_customers=False)
    assert house.errors() == []
    assert house.by_number("A-1")


# --- voids ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theirs", ["void", "delete"])
def test_what_is_gone_on_both_sides_is_no_error(house: House, theirs: str) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    document = house.by_number("A-1")
    house.outsider("Invoice", {"Id": document["Id"], "SyncToken": document["SyncToken"]}, operation=theirs)
    house.change("invoices", "1", status="cancelled")
    house.tick()
    assert house.errors() == []
    assert house.item(DocumentKind.INVOICE, "1").state is State.LINKED


def test_an_invoice_and_its_payment_cancelled_together_are_both_voided(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.payment("1", {"1": "150.00"})
    house.tick()
    house.change("payments", "1", deleted_at=house.clock.now())
    house.change("invoices", "1", status="cancelled")
    house.tick()
    assert house.errors() == []
    assert house.rows("Payment")[0]["TotalAmt"] == 0
    assert house.by_number("A-1")["TotalAmt"] == 0


def test_a_payment_follows_its_invoice_when_both_become_smaller(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.payment("1", {"1": "150.00"})
    house.tick()
    house.relined("1", [("s1", "1", "75.00")])
    with house.books.begin() as connection:
        connection.exec_driver_sql("UPDATE payment_allocations SET amount = 75")
        connection.exec_driver_sql("UPDATE payments SET total = 75")
    house.tick()
    assert house.errors() == []
    assert house.rows("Payment")[0]["TotalAmt"] == 75


def test_a_voided_invoice_that_is_issued_again_says_that_quickbooks_cannot_bring_it_back(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    house.change("invoices", "1", status="cancelled")
    house.tick()
    house.change("invoices", "1", status="issued")
    house.tick()
    assert house.kinds() == [kinds.AlreadyVoided]


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_a_number_that_changes_only_its_case_is_not_its_own_duplicate(house: House) -> None:
    house.furnish()
    house.invoice("1", "inv-1")
    house.tick()
    house.change("invoices", "1", number="INV-1")
    house.tick()
    assert house.errors() == []


def test_a_number_that_another_invoice_gives_up_is_free_one_tick_later(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    house.change("invoices", "1", number="A-3")
    house.invoice("2", "A-1", [("s1", "1", "5.00")])
    house.tick()
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")["TotalAmt"] == 5


def test_two_invoices_that_swap_their_numbers_do_not_wait_for_ever(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.invoice("2", "A-2", [("s1", "1", "5.00")])
    house.tick()
    house.change("invoices", "1", number="A-2")
    house.change("invoices", "2", number="A-1")
    for _ in range(6):
        house.tick()
    assert kinds.DuplicateOwnNumber in house.kinds()


def test_a_suggestion_is_free_also_among_the_numbers_that_are_long_past(house: House) -> None:
    house.furnish()
    house.tick()
    house.enters("X-001", price="5.00")
    house.enters("X-002", price="5.00")
    for number in range(205):
        house.clock.moment += timedelta(seconds=1)
        house.enters(f"X-9{number:03}", price="5.00")
    house.clock.moment += timedelta(seconds=1)
    house.enters("X-000", price="5.00")
    house.invoice("1", "X-001")
    house.tick()
    (error,) = house.errors()
    assert error.problem.facts["suggestion"] == "X-003"


def test_many_duplicates_cost_few_questions(house: House) -> None:
    house.furnish()
    house.tick()
    for number in range(20):
        house.enters(f"A-{number:03}", price="5.00")
        house.invoice(str(number), f"A-{number:03}")
    report = house.tick()
    suggested = {row.problem.facts["suggestion"] for row in house.errors()}
    assert len(suggested) == 20
    assert report.calls < 10


# --- settings and rows ------------------------------------------------------------------------------------------------


def test_a_line_and_a_refund_without_a_service_take_the_default_one_or_say_that_there_is_none(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    with house.books.begin() as connection:
        connection.exec_driver_sql("UPDATE invoice_lines SET service_id = NULL")
    house.tick()
    assert house.kinds() == [kinds.ServiceMissingOnLine]
    settings = replace(house.company.target.settings, default_service="s1")  # type: ignore[attr-defined]
    house.company.target.settings = settings  # type: ignore[attr-defined]
    house.order(Action.RESYNC, house.errors()[0])
    house.tick(default_service="s1")
    house.payment("1", {"1": "20.00"})
    house.row("refunds", id="1", number="R-1", customer_id="c1", payment_id="1", date=DAY, total=5)
    house.tick(default_service="s1")
    assert house.errors() == []
    item = house.rows("Item")[0]["Id"]
    for entity in ("Invoice", "RefundReceipt"):
        assert house.rows(entity)[0]["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] == item


def test_idle_ticks_share_one_row_and_touch_nothing(house: House) -> None:
    house.furnish()
    house.tick()
    for _ in range(10):
        house.tick()
    with house.engine.connect() as connection:
        assert len(connection.execute(select(runs.c.id)).all()) == 2


def test_what_is_linked_keeps_its_total(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1", memo="x")
    house.tick()
    house.change("invoices", "1", memo="x ")
    house.tick()
    with house.engine.connect() as connection:
        totals = connection.exec_driver_sql("SELECT total FROM links WHERE kind = 'invoice'").scalars().all()
    assert [Decimal(total) for total in totals] in ([Decimal("150.000000")], [Decimal(150_000_000)])
