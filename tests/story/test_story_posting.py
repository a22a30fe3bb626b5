"""From rows in the local books to documents in QuickBooks, and back to the state that says so."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from connectors.documents import DocumentKind
from connectors.local.reference import customers
from tests.support.house import House
from tests.support.quickbooks_desk import DAY
from worker.state.machine import State


def test_every_kind_travels_in_one_tick_and_the_next_tick_posts_nothing_and_asks_nothing(house: House) -> None:
    house.furnish()
    house.invoice("1", "INV-0001", [("s1", "2", "75.00"), ("s1", "0.5", "33.333")], memo="Gracias")
    house.payment("1", {"1": "100.00"})
    house.row("refunds", id="1", number="R-1", customer_id="c1", payment_id="1", service_id="s1", date=DAY, total=20)
    house.row("fees", id="1", date=DAY, total="3.20", payment_id="1")

    first = house.tick()
    second = house.tick()

    assert {kind.value: posted for kind, posted in first.posted.items()} == {
        "customer": 1,
        "service": 1,
        "invoice": 1,
        "payment": 1,
        "refund": 1,
        "fee": 1,
    }
    assert (first.held, first.waiting, first.halted) == (0, 0, None)
    assert (dict(second.posted), second.calls) == ({}, 0)
    assert house.states() == {State.LINKED: 6}
    invoice = house.by_number("INV-0001")
    assert invoice["TotalAmt"] == Decimal("166.67")
    assert invoice["Balance"] == Decimal("66.67")
    assert invoice["CustomerRef"]["name"] == "Ana Ruiz"
    assert invoice["PrivateNote"].startswith("Gracias")
    assert house.rows("RefundReceipt")[0]["TotalAmt"] == 20
    fee = house.rows("Purchase")[0]
    assert (fee["TotalAmt"], fee["EntityRef"]["name"]) == (Decimal("3.20"), "Card processor")


def test_a_payment_split_over_invoices_settles_each(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1", [("s1", "1", "40.00")])
    house.invoice("2", "A-2", [("s1", "1", "60.00")])
    house.payment("1", {"1": "40.00", "2": "10.00"}, total=55)
    house.tick()
    assert house.by_number("A-1")["Balance"] == 0
    assert house.by_number("A-2")["Balance"] == 50
    assert house.rows("Payment")[0]["UnappliedAmt"] == 5


def test_an_edited_invoice_updates_the_one_in_quickbooks(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    house.relined("1", [("s1", "3", "75.00")])
    report = house.tick()
    assert dict(report.posted) == {DocumentKind.INVOICE: 1}
    assert house.by_number("A-1")["TotalAmt"] == 225
    assert len(house.rows("Invoice")) == 1


def test_a_payment_makes_the_invoices_token_stale_and_the_edit_still_goes_through(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.payment("1", {"1": "10.00"})
    house.tick()
    house.change("invoices", "1", memo="late edit")
    house.tick()
    assert house.errors() == []
    assert "late edit" in house.by_number("A-1")["PrivateNote"]
    assert house.by_number("A-1")["Balance"] == 140


def test_a_cancelled_invoice_is_voided_and_a_deleted_payment_too(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.payment("1", {"1": "150.00"})
    house.tick()
    house.change("payments", "1", deleted_at=house.clock.now())
    house.tick()
    house.change("invoices", "1", status="cancelled")
    house.tick()
    assert house.rows("Payment")[0]["TotalAmt"] == 0
    assert house.by_number("A-1")["TotalAmt"] == 0
    assert "Voided" in house.by_number("A-1")["PrivateNote"]
    assert house.tick().calls == 0


def test_an_invoice_cancelled_before_it_was_posted_is_never_posted(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1", status="cancelled")
    house.tick()
    assert house.rows("Invoice") == []
    assert house.item(DocumentKind.INVOICE, "1").state is State.SKIPPED
    house.change("invoices", "1", status="issued")
    house.tick()
    assert house.by_number("A-1")["TotalAmt"] == 150


def test_customers_that_quickbooks_knows_are_linked_by_email_then_by_name_and_not_created(house: House) -> None:
    house.outsider("Customer", {"DisplayName": "A. Ruiz", "PrimaryEmailAddr": {"Address": "ana@example.com"}})
    house.outsider("Customer", {"DisplayName": "Bruno Gil"})
    house.customer("c1", "Ana Ruiz", email="ana@example.com")
    house.customer("c2", "bruno gil")
    house.customer("c3", "Carla Paz")
    report = house.tick()
    assert report.posted == {DocumentKind.CUSTOMER: 1}
    assert sorted(row["DisplayName"] for row in house.rows("Customer")) == ["A. Ruiz", "Bruno Gil", "Carla Paz"]


def test_a_row_that_changes_between_two_polls_is_posted_in_its_last_form(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.relined("1", [("s1", "4", "75.00")])
    house.tick()
    assert house.by_number("A-1")["TotalAmt"] == 300


def test_a_row_that_changes_while_it_is_being_sent_is_sent_again(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    sent: list[str] = []

    def change_once(step: str, kind: str, _done: int, _total: int | None) -> None:
        if step == "prepare" and kind == "invoice" and not sent:
            sent.append(kind)
            house.relined("1", [("s1", "5", "75.00")])

    house.tick(progress=change_once)
    house.tick()
    assert house.by_number("A-1")["TotalAmt"] == 375


def test_a_row_committed_late_with_an_older_time_is_found(house: House) -> None:
    house.customer("c1", "Committed first")
    house.tick()
    with house.books.connect() as connection:
        newest = connection.execute(select(func.max(customers.c.updated_at))).scalar_one()
    house.customer("c2", "Written before, committed after", updated_at=newest - timedelta(seconds=90))
    house.tick()
    assert {row["DisplayName"] for row in house.rows("Customer")} == {
        "Committed first",
        "Written before, committed after",
    }
