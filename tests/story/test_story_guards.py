"""Things that went wrong once, or would without a guard: each guard has its test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select

from connectors.contract import Posting, Unknown
from connectors.documents import DocumentKind
from connectors.quickbooks.client import silence
from errors import kinds
from errors.kinds import Action
from errors.problem import Problem, ProblemError
from errors.tables import State as ErrorState
from tests.support.house import House
from tests.support.quickbooks_desk import DAY
from worker.clock import Clock
from worker.state.machine import State
from worker.state.tables import items

FAILED = {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "10000"}], "type": "SystemFault"}, "time": "x"}
INVALID = {
    "Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "2050"}], "type": "ValidationFault"},
    "time": "x",
}


def through(house: House, change: Callable[[Posting, Callable[[Posting], Any]], Any]) -> None:
    """Put something of the test's own between the pipeline and QuickBooks."""
    post = house.company.target.post
    house.company.target.post = lambda postings: [  # type: ignore[method-assign]
        change(posting, lambda one: post([one])[0]) for posting in postings
    ]


# --- the intent -------------------------------------------------------------------------------------------------------


def test_what_leaves_was_committed_before_it_left(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    seen = []

    def look(posting: Posting, send: Callable[[Posting], Any]) -> Any:
        with house.engine.connect() as other:  # another connection sees only what is committed
            row = other.execute(
                select(items.c.state, items.c.request_id, items.c.body).where(
                    items.c.kind == posting.kind, items.c.local_id == posting.local_id
                )
            ).one()
        assert tuple(row) == (State.SENDING, posting.request_id, posting.body)
        seen.append(posting.kind)
        return send(posting)

    through(house, look)
    house.tick()
    assert sorted(seen) == [DocumentKind.CUSTOMER, DocumentKind.INVOICE, DocumentKind.SERVICE]


def test_a_row_that_changes_after_its_document_left_is_sent_again(house: House) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1")
    house.fail("lose_reply", entity="invoice", operation="create")
    house.tick()
    house.relined("1", [("s1", "5", "75.00")])
    house.tick()
    house.tick()
    assert house.by_number("A-1")["TotalAmt"] == 375


def test_a_correction_made_while_the_outcome_was_unknown_is_used(house: House) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1")
    house.fail("lose_request", entity="invoice", operation="create")
    house.tick()
    house.fail("status", entity="invoice", operation="create", status=400, body=INVALID)
    house.change("invoices", "1", memo="corrected")
    house.tick()
    house.tick()
    assert house.errors() == []
    assert "corrected" in house.by_number("A-1")["PrivateNote"]


# --- adopting ---------------------------------------------------------------------------------------------------------


def test_two_local_invoices_never_adopt_one_document(house: House) -> None:
    house.furnish()
    house.tick()
    house.enters("A-1")
    house.invoice("1", "A-1")
    house.invoice("2", "A-1")
    house.tick()
    assert house.kinds() == [kinds.DuplicateOwnNumber]
    house.change("invoices", "2", status="cancelled")
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")["TotalAmt"] == 150


def test_a_lost_request_does_not_make_two_customers_one(house: House) -> None:
    house.tick()
    house.customer("c1", "Juan Pérez", email="one@example.com")
    house.customer("c2", "Juan Pérez", email="two@example.com")
    house.fail("lose_request", entity="customer", operation="create", nth=2)
    for _ in range(3):
        house.tick()
    assert house.kinds() == [kinds.CustomerNameTaken]


def test_an_adopted_document_that_was_paid_can_still_be_edited(house: House) -> None:
    house.furnish()
    house.tick()
    house.enters("A-1")
    house.invoice("1", "A-1")
    house.tick()
    house.payment("1", {"1": "10.00"})
    house.tick()
    house.change("invoices", "1", memo="hello")
    house.tick()
    assert house.errors() == []


# --- orders -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [Action.SKIP, Action.DELETE])
def test_an_order_for_something_on_its_way_waits_until_its_outcome_is_known(house: House, action: Action) -> None:
    house.tick()
    house.service()
    house.fail("status", entity="item", operation="create", status=500, body=FAILED)
    house.tick()
    house.order(action, house.errors()[0])
    house.tick()
    house.tick()
    assert house.rows("Item") == []
    assert house.item(DocumentKind.SERVICE, "s1").state is (State.SKIPPED if action is Action.SKIP else State.DELETED)


def test_a_resync_of_an_unknown_outcome_does_not_wait_for_its_turn(house: House) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1")
    house.fail("status", entity="invoice", operation="create", status=500, body=FAILED, times=50)
    for _ in range(5):
        house.tick()
    house.sandbox.injector.clear()
    later = house.item(DocumentKind.INVOICE, "1").not_before
    assert later is not None
    assert later > house.clock.now() + timedelta(minutes=5)
    house.order(Action.RESYNC, house.errors()[0])
    house.tick()
    assert house.item(DocumentKind.INVOICE, "1").state is State.LINKED


def test_an_order_that_cannot_be_carried_out_stops_nobody_and_says_so(house: House) -> None:
    house.furnish()
    house.tick()
    house.enters("A-1", price="5.00")
    house.invoice("1", "A-1")
    house.invoice("2", "A-9")
    house.tick()
    with house.books.begin() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX one_number ON invoices (number)")
    house.order(Action.USE_NUMBER, house.errors()[0], "A-9")
    house.tick()
    house.invoice("3", "A-33")
    assert house.tick().halted is None
    assert house.by_number("A-33")
    assert house.kinds() == [kinds.DuplicateNumber]


def test_skipping_one_of_two_errors_of_a_document_settles_the_other(house: House) -> None:
    house.furnish()
    house.invoice("1", "N" * 22, email="bad")
    house.tick()
    assert len(house.errors()) == 2
    house.order(Action.SKIP, house.errors()[0])
    house.tick()
    assert house.errors() == []
    house.change("invoices", "1", number="A-1", email=None)
    house.order(Action.UNSKIP, house.errors(ErrorState.SKIPPED)[0])
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")


# --- one document's trouble -------------------------------------------------------------------------------------------


def test_a_document_that_makes_the_code_fail_is_put_aside_and_the_others_go_on(house: House) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1")
    house.invoice("2", "A-2")

    def boom(posting: Posting, send: Callable[[Posting], Any]) -> Any:
        if posting.local_id == "1":
            raise KeyError("boom")
        return send(posting)

    through(house, boom)
    house.tick()
    house.tick()  # which of the two it was is seen when each travels alone
    assert house.kinds() == [kinds.InternalFailure]
    assert house.by_number("A-2")


def test_a_document_that_always_times_out_stands_in_the_table_and_holds_up_nobody(house: House) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1")

    def silent(posting: Posting, send: Callable[[Posting], Any]) -> Any:
        if posting.local_id == "1" and posting.kind is DocumentKind.INVOICE:
            return Unknown(problem=silence("shop", requests.Timeout()))
        return send(posting)

    through(house, silent)
    for number in range(10):
        house.invoice(f"9{number}", f"B-{number}")
        house.tick()
    assert house.kinds() == [kinds.OutcomeUnknown]
    assert len(house.rows("Invoice")) == 10


def test_after_a_long_outage_everything_drains_or_says_why(house: House) -> None:
    house.furnish()
    house.tick()
    for number in range(5):
        house.invoice(str(number), f"A-{number}")
    house.fail("status", operation="create", status=503, times=60)
    for _ in range(60):
        house.tick()
    house.sandbox.injector.clear()
    for _ in range(3):
        house.tick()
    waiting = {row.documents[0].local_id for row in house.errors()}
    there = {row["DocNumber"].removeprefix("A-") for row in house.rows("Invoice")}
    assert waiting | there == {"0", "1", "2", "3", "4"}


def test_a_bulk_question_that_is_refused_for_one_holds_that_one(house: House) -> None:
    house.tick()
    for number in range(5):
        house.customer(f"c{number}", "Odd" if number == 3 else f"Fine {number}")
    match = house.company.target.match

    def odd(documents: Any) -> Any:
        if any(document.name == "Odd" for document in documents):
            facts = {"document": "x", "fault": "4000", "detail": "d"}
            raise ProblemError(Problem(kind=kinds.NotUnderstood, subject="customer c3", facts=facts))
        return match(documents)

    house.company.target.match = odd  # type: ignore[method-assign]
    report = house.tick()
    assert report.halted is None
    assert house.kinds() == [kinds.NotUnderstood]
    assert len(house.rows("Customer")) == 4


def test_one_inactive_processor_does_not_stop_the_fees_of_another(house: House) -> None:
    house.tick()
    vendor = house.outsider("Vendor", {"DisplayName": "Bad"})
    gone = {"Id": vendor["Id"], "SyncToken": vendor["SyncToken"], "sparse": True, "Active": False}
    house.outsider("Vendor", {**gone, "DisplayName": "Bad"})
    house.row("fees", id="1", date=DAY, total="3.20", processor="Bad")
    house.row("fees", id="2", date=DAY, total="3.20", processor="Good")
    assert house.tick().halted is None
    assert len(house.rows("Purchase")) == 1
    assert len(house.errors()) == 1


def test_a_tick_ends_however_long_its_documents_wait_for_one_another(house: House) -> None:
    house.service()
    house.tick()
    house.customer()
    house.fail("status", entity="customer", operation="create", status=500, body=FAILED)
    for number in range(200):
        house.invoice(str(number), f"A-{number}")
    looked = [0]

    def slow() -> datetime:
        house.clock.moment += timedelta(milliseconds=100)
        return house.clock.moment

    def count(step: str, _kind: str, _done: int, _total: int | None) -> None:
        looked[0] += step == "prepare"
        assert looked[0] < 1000

    house.tick(clock=Clock(now=slow, sleep=house.clock.sleep), progress=count)


def test_a_long_import_is_cut_into_ticks_so_that_a_cancellation_in_between_is_seen(house: House) -> None:
    house.furnish()
    house.tick()
    for number in range(100):
        house.invoice(str(number), f"A-{number}")

    def slow(step: str, kind: str, _done: int, _total: int | None) -> None:
        if (step, kind) == ("post", "invoice"):
            house.clock.moment += timedelta(minutes=3)

    house.tick(progress=slow)
    assert 0 < len(house.rows("Invoice")) < 100
    house.change("invoices", "99", status="cancelled")
    for _ in range(5):
        house.tick(progress=slow)
    assert len(house.rows("Invoice")) == 99
