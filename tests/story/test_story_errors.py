"""What cannot be posted stands in the error table, one row for each cause, and people clear it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from connectors.contract import Outcome, Posted
from connectors.documents import DocumentKind
from errors.kinds import (
    Action,
    Category,
    ChangedInQuickBooks,
    CustomerNameTaken,
    CustomerNotFound,
    DeletedInQuickBooks,
    DuplicateNumber,
    DuplicateOwnNumber,
    InvalidField,
    PeriodClosed,
    ServiceAccountWrong,
    ServiceDeleted,
    ServiceInactive,
    SubscriptionEnded,
    TotalsDiffer,
    UnknownLocalPayment,
)
from errors.language import sentence
from errors.tables import State as ErrorState
from tests.support.house import House
from tests.support.quickbooks_desk import DAY
from worker.state.machine import State


def taken(house: House, number: str) -> None:
    """Somebody else's invoice holds this number."""
    other = house.outsider("Customer", {"DisplayName": "Walk-in"})
    account = next(row for row in house.rows("Account") if row["AccountType"] == "Income")
    item = house.outsider(
        "Item", {"Name": "Counter sale", "Type": "Service", "IncomeAccountRef": {"value": account["Id"]}}
    )
    line = {
        "Amount": 12.5,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "Qty": 1, "UnitPrice": 12.5},
    }
    house.outsider("Invoice", {"CustomerRef": {"value": other["Id"]}, "DocNumber": number, "Line": [line]})


def test_a_taken_number_names_its_holder_and_the_suggestion_is_used_with_one_order(house: House) -> None:
    house.furnish()
    taken(house, "INV-0099")
    house.invoice("1", "INV-0099")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is DuplicateNumber
    assert error.category is Category.INVOICES
    assert "Walk-in" in sentence(error.problem)
    assert "Use INV-0100 to avoid duplicates" in sentence(error.problem)

    house.order(Action.USE_NUMBER, error)
    house.tick()

    assert house.errors() == []
    assert house.by_number("INV-0100")["CustomerRef"]["name"] == "Ana Ruiz"
    assert house.tick().posted == {}


def test_a_number_taken_between_the_look_and_the_post_costs_one_more_look_and_no_duplicate(house: House) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "INV-0007")
    raced: list[str] = []

    def race(step: str, kind: str, _done: int, _total: int | None) -> None:
        if step == "prepare" and kind == "invoice" and not raced:
            raced.append(kind)
            holders = house.company.target.holders

            def late(of: DocumentKind, numbers: object) -> object:
                found = holders(of, numbers)  # type: ignore[arg-type]
                taken(house, "INV-0007")
                house.company.target.holders = holders  # type: ignore[method-assign]
                return found

            house.company.target.holders = late  # type: ignore[method-assign,assignment]

    house.tick(progress=race)
    (error,) = house.errors()
    assert error.problem.kind is DuplicateNumber
    assert error.problem.facts["suggestion"] == "INV-0008"
    assert len(house.rows("Invoice")) == 1


def test_the_same_document_entered_by_hand_is_linked_and_not_posted_again(house: House) -> None:
    house.furnish()
    house.tick()
    customer, item = house.rows("Customer")[0], house.rows("Item")[0]
    line = {
        "Amount": 150,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "Qty": 2, "UnitPrice": 75},
    }
    house.outsider("Invoice", {"CustomerRef": {"value": customer["Id"]}, "DocNumber": "A-1", "Line": [line]})
    house.invoice("1", "A-1")
    report = house.tick()
    assert (report.posted, report.linked, house.errors()) == ({}, 1, [])
    assert len(house.rows("Invoice")) == 1


def test_two_local_invoices_with_one_number_are_told_apart(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.invoice("2", "A-1", [("s1", "1", "10.00")])
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is DuplicateOwnNumber
    assert error.problem.facts["suggestion"] == "A-2"
    assert house.item(DocumentKind.INVOICE, "1").state is State.LINKED


def test_one_error_for_each_cause_lists_everything_that_it_blocks(house: House) -> None:
    house.service()
    house.customer("c1", "Nobody There")
    house.invoice("1", "A-1", [("s1", "1", "10.00")])
    house.invoice("2", "A-2", [("s1", "1", "20.00")])
    house.payment("1", {"1": "10.00"})
    house.tick(create_customers=False)
    (error,) = house.errors()
    assert error.problem.kind is CustomerNotFound
    assert error.category is Category.ACCOUNTS
    assert error.blocks == 4  # the customer, two invoices, a payment
    assert sum(error.sums.values()) == Decimal("40.00")


def test_mending_the_cause_frees_everything_that_waited_for_it(house: House) -> None:
    house.service()
    house.customer("c1", "Nobody There")
    house.invoice("1", "A-1")
    house.payment("1", {"1": "10.00"})
    house.tick(create_customers=False)
    house.outsider("Customer", {"DisplayName": "Nobody There"})
    house.order(Action.RESYNC, house.errors()[0])
    house.tick(create_customers=False)
    assert house.errors() == []
    assert house.by_number("A-1")["Balance"] == 140


def test_a_resync_that_fails_again_leaves_the_same_error_with_one_attempt_more(house: House) -> None:
    house.customer("c1", "Nobody There")
    house.tick(create_customers=False)
    (before,) = house.errors()
    house.order(Action.RESYNC, before)
    house.tick(create_customers=False)
    (after,) = house.errors()
    assert (after.id, after.attempts) == (before.id, before.attempts + 1)


def test_a_skip_is_final_until_it_is_undone(house: House) -> None:
    house.customer()
    house.service()
    house.row("refunds", id="1", customer_id="c1", payment_id="99", service_id="s1", date=DAY, total=5)
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is UnknownLocalPayment
    house.order(Action.SKIP, error)
    house.tick()
    house.change("refunds", "1", memo="changed")
    house.tick()
    assert house.errors() == []
    assert house.item(DocumentKind.REFUND, "1").state is State.SKIPPED
    assert house.rows("RefundReceipt") == []

    house.invoice("1", "A-1")
    house.payment("99", {"1": "20.00"})
    house.order(Action.UNSKIP, house.errors(ErrorState.SKIPPED)[0])
    house.tick()
    assert house.errors() == []
    assert len(house.rows("RefundReceipt")) == 1


def test_a_deleted_service_leaves_the_sync_and_its_invoices_say_that_they_need_another(house: House) -> None:
    house.furnish()
    house.service("s2", "Warranty", income_account="Bank Charges")
    house.invoice("1", "A-1", [("s2", "1", "10.00")])
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is ServiceAccountWrong
    assert error.category is Category.SERVICES
    assert error.blocks == 2

    house.order(Action.DELETE, error)
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is ServiceDeleted
    assert house.item(DocumentKind.SERVICE, "s2").state is State.DELETED

    house.relined("1", [("s1", "1", "10.00")])
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")["TotalAmt"] == 10


def test_an_inactive_service_blocks_its_invoices_until_it_is_active_again(house: House) -> None:
    house.furnish()
    account = next(row for row in house.rows("Account") if row["AccountType"] == "Income")
    item = house.outsider("Item", {"Name": "Old work", "Type": "Service", "IncomeAccountRef": {"value": account["Id"]}})
    item = house.outsider("Item", {**item, "Active": False, "sparse": True})
    house.service("s2", "Old work")
    house.invoice("1", "A-1", [("s2", "1", "10.00")])
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is ServiceInactive
    house.outsider("Item", {"Id": item["Id"], "SyncToken": item["SyncToken"], "sparse": True, "Active": True})
    house.order(Action.RESYNC, error)
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")["TotalAmt"] == 10


def test_documents_of_a_closed_period_wait_in_one_error_until_the_books_are_open(house: House) -> None:
    house.furnish()
    house.preferences(BookCloseDate="2026-01-31")
    house.invoice("1", "A-1", day=date(2026, 1, 10))
    house.invoice("2", "A-2", day=date(2026, 1, 31))
    house.invoice("3", "A-3", day=date(2026, 2, 1))
    house.tick()
    (error,) = house.errors()
    assert (error.problem.kind, error.blocks) == (PeriodClosed, 2)
    assert house.by_number("A-3")
    house.preferences(BookCloseDate=None)
    house.order(Action.RESYNC, error)
    house.tick()
    assert house.errors() == []
    assert len(house.rows("Invoice")) == 3


def test_a_row_that_cannot_be_a_document_names_its_field_and_stops_nothing_else(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1", email="no address")
    house.invoice("2", "A-2")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is InvalidField
    assert "email" in sentence(error.problem)
    assert "no address" in sentence(error.problem)
    assert house.by_number("A-2")
    house.change("invoices", "1", email="ana@example.com")
    house.tick()
    assert house.errors() == []


def test_somebody_elses_change_in_quickbooks_is_shown_and_not_overwritten(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    theirs = house.by_number("A-1")
    house.outsider(
        "Invoice",
        {"Id": theirs["Id"], "SyncToken": theirs["SyncToken"], "sparse": True, "DueDate": "2030-01-01",
         "TxnDate": "2026-03-09"},
    )  # fmt: skip
    house.change("invoices", "1", memo="ours")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is ChangedInQuickBooks
    assert "TxnDate" in str(error.problem.facts["difference"])
    assert "ours" not in house.by_number("A-1")["PrivateNote"]


def test_what_was_deleted_in_quickbooks_is_not_created_again_unasked(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    theirs = house.by_number("A-1")
    house.outsider("Invoice", {"Id": theirs["Id"], "SyncToken": theirs["SyncToken"]}, operation="delete")
    house.change("invoices", "1", memo="ours")
    house.tick()
    assert house.kinds() == [DeletedInQuickBooks]
    house.order(Action.RESYNC, house.errors()[0])
    house.tick()
    assert house.kinds() == [DeletedInQuickBooks]
    assert house.rows("Invoice") == []


def test_two_local_customers_never_share_one_in_quickbooks(house: House) -> None:
    house.outsider("Customer", {"DisplayName": "Juan Pérez"})
    house.customer("c1", "Juan Pérez", email="one@example.com")
    house.customer("c2", "Juan Pérez", email="two@example.com")
    house.tick()
    assert house.kinds() == [CustomerNameTaken]
    assert house.states() == {State.LINKED: 1, State.HELD: 1}


def test_another_total_in_quickbooks_is_an_open_error_and_the_next_try_sends_it_again(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    post = house.company.target.post

    def wrong(outcome: Outcome) -> Outcome:
        if isinstance(outcome, Posted) and outcome.remote.total is not None:
            return replace(outcome, remote=replace(outcome.remote, total=outcome.remote.total + 1))
        return outcome

    house.company.target.post = lambda postings: [wrong(each) for each in post(postings)]  # type: ignore[method-assign]
    house.tick()
    assert house.kinds() == [TotalsDiffer]
    house.company.target.post = post  # type: ignore[method-assign]
    house.order(Action.RESYNC, house.errors()[0])
    report = house.tick()
    assert report.posted == {DocumentKind.INVOICE: 1}
    assert house.errors() == []
    assert len(house.rows("Invoice")) == 1


def test_a_company_whose_subscription_ended_halts_loses_nothing_and_goes_on_by_itself(house: House) -> None:
    house.furnish()
    house.tick()
    house.preferences(SubscriptionStatus="EXPIRED")
    house.clock.sleep(86400)
    house.invoice("1", "A-1")
    report = house.tick()
    assert report.halted is not None
    assert report.halted.kind is SubscriptionEnded
    assert house.kinds() == [SubscriptionEnded]
    house.tick()
    assert len(house.errors()) == 1
    house.preferences(SubscriptionStatus="SUBSCRIBED")
    house.tick()
    house.clock.sleep(86400)
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")
