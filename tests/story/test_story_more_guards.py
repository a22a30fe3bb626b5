"""Guards that a removal once went unnoticed for: each has its test now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from connectors.contract import Change, Posting
from connectors.documents import DocumentKind
from connectors.local.reference_setup import KINDS
from connectors.local.settings import LocalSettings
from connectors.local.source import LocalSource
from errors import kinds
from errors.kinds import Action
from tests.support.house import House
from tests.support.quickbooks_desk import URL, grant
from worker import pipeline
from worker.state.machine import State


def refusal(code: str, detail: str = "d") -> dict[str, Any]:
    """A fault as QuickBooks answers it: nothing was stored."""
    fault = {"Error": [{"Message": "m", "Detail": detail, "code": code}], "type": "ValidationFault"}
    return {"Fault": fault, "time": "x"}


def sent(house: House) -> list[Posting]:
    """Everything that leaves from now on, also what does not arrive."""
    postings: list[Posting] = []
    post = house.company.target.post

    def keep(several: Sequence[Posting]) -> Any:
        postings.extend(several)
        return post(several)

    house.company.target.post = keep  # type: ignore[method-assign]
    return postings


def reading(house: House, told: Callable[[DocumentKind, Sequence[Change]], None]) -> None:
    """`told` is called after each look at the local books, with the rows that it found."""
    changes = house.company.source.changes

    def look(kind: DocumentKind, after: Any, limit: int) -> Sequence[Change]:
        found = changes(kind, after, limit)
        told(kind, found)
        return found

    house.company.source.changes = look  # type: ignore[method-assign]


# --- errors end by themselves -----------------------------------------------------------------------------------------


def test_a_busy_name_list_is_tried_again_without_a_click(house: House) -> None:
    house.customer()
    busy = refusal("6000", "You can only add or edit one name at a time.")
    house.fail("status", entity="customer", operation="create", status=400, body=busy)
    house.tick()
    assert house.kinds() == [kinds.NameListBusy]
    assert house.item(DocumentKind.CUSTOMER, "c1").state is State.HELD
    house.tick()
    assert house.errors() == []
    assert len(house.rows("Customer")) == 1


def test_a_mistake_of_ours_before_the_post_is_tried_again_without_a_click(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1")

    def boom(*_: object) -> str:
        raise KeyError("boom")

    with monkeypatch.context() as patched:
        patched.setattr(house.company.target, "prepare", boom)
        house.tick()
    assert house.kinds() == [kinds.InternalFailure]
    assert house.item(DocumentKind.INVOICE, "1").state is State.HELD
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")


def test_what_is_tried_again_by_itself_waits_for_its_time(house: House) -> None:
    house.customer()
    busy = refusal("6000", "You can only add or edit one name at a time.")
    house.fail("status", entity="customer", operation="create", status=400, body=busy, times=50)
    postings = sent(house)
    for _ in range(10):  # twenty minutes: at once, then after 1, 2, 4, 8 ... minutes
        house.tick()
    assert len(postings) == 5


def test_what_a_missing_account_stopped_goes_on_when_the_account_is_back(house: House) -> None:
    house.preferences(BookCloseDate="2026-01-31")
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    funds = next(row for row in house.rows("Account") if row["Name"] == "Undeposited Funds")
    named = {"Id": funds["Id"], "AccountType": funds["AccountType"], "sparse": True}
    funds = house.outsider("Account", {**named, "SyncToken": funds["SyncToken"], "Name": "Till"})
    house.payment("1", {"1": "10.00"}, date=date(2026, 1, 10))  # of a closed period: the set-up is read anew
    house.payment("2", {"1": "20.00"})
    house.tick()
    report = house.tick()
    assert report.halted is not None
    assert report.halted.kind is kinds.AccountMissing
    house.outsider("Account", {**named, "SyncToken": funds["SyncToken"], "Name": "Undeposited Funds"})
    house.tick()
    assert house.kinds() == [kinds.PeriodClosed]
    assert [row["TotalAmt"] for row in house.rows("Payment")] == [20]


# --- another company in QuickBooks ------------------------------------------------------------------------------------


def test_ids_of_another_realm_are_never_used(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    before = {entity: house.rows(entity)[0] for entity in ("Customer", "Item", "Invoice")}
    house.company = replace(house.company, realm_id="another")
    house.change("customers", "c1", name="Ana Otra")
    house.change("services", "s1", name="Other care")
    house.change("invoices", "1", number="A-2")
    house.tick()
    assert house.errors() == []
    for entity, old in before.items():
        assert len(house.rows(entity)) == 2, entity
        assert old["SyncToken"] == next(row for row in house.rows(entity) if row["Id"] == old["Id"])["SyncToken"]
    invoice = house.by_number("A-2")
    assert invoice["CustomerRef"]["value"] != before["Customer"]["Id"]
    assert invoice["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"] != before["Item"]["Id"]


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_a_chosen_number_stands_in_for_the_local_one_where_the_books_cannot_be_written(house: House) -> None:
    readable = {kind: replace(each, write_number="") for kind, each in KINDS.items()}
    url = house.books.url.render_as_string(hide_password=False)
    house.company.source.close()
    house.company = replace(house.company, source=LocalSource(LocalSettings(url=url, kinds=readable)))
    house.furnish()
    house.tick()
    house.enters("A-1", price="5.00")
    house.invoice("1", "A-1")
    house.tick()
    house.order(Action.USE_NUMBER, house.errors()[0], "B-1")
    house.tick()
    assert house.errors() == []
    assert house.by_number("B-1")["TotalAmt"] == 150

    house.relined("1", [("s1", "5", "75.00")])
    house.tick()
    assert house.errors() == []
    assert house.by_number("B-1")["TotalAmt"] == 375

    house.change("invoices", "1", number="A-7")
    house.tick()
    assert house.errors() == []
    assert {row["DocNumber"] for row in house.rows("Invoice")} == {"A-1", "A-7"}


def test_an_edit_that_leaves_its_number_alone_asks_nothing_about_numbers(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    holders = house.company.target.holders
    asked: list[object] = []

    def listen(kind: DocumentKind, numbers: Any) -> Any:
        asked.append(numbers)
        return holders(kind, numbers)

    house.company.target.holders = listen  # type: ignore[method-assign]
    house.change("invoices", "1", memo="hello")
    house.tick()
    assert "hello" in house.by_number("A-1")["PrivateNote"]
    assert asked == []


@pytest.mark.parametrize("differs", ["customer", "total", "marker"])
def test_a_document_by_hand_that_differs_in_one_thing_is_not_adopted(house: House, differs: str) -> None:
    house.furnish()
    house.tick()
    customer, item = house.rows("Customer")[0]["Id"], house.rows("Item")[0]["Id"]
    if differs == "customer":
        customer = house.outsider("Customer", {"DisplayName": "Walk-in"})["Id"]
    quantity, amount = (3, 225) if differs == "total" else (2, 150)
    note = {"PrivateNote": "[cuadre:shop:invoice:99:0]"} if differs == "marker" else {}
    detail = {"ItemRef": {"value": item}, "Qty": quantity, "UnitPrice": 75}
    line = {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    body = {"CustomerRef": {"value": customer}, "DocNumber": "A-1", "Line": [line], **note}
    theirs = house.outsider("Invoice", body)
    house.invoice("1", "A-1")
    house.tick()
    assert house.kinds() == [kinds.DuplicateNumber]
    assert house.item(DocumentKind.INVOICE, "1").state is State.HELD
    assert house.by_number("A-1")["SyncToken"] == theirs["SyncToken"]


def test_a_document_by_hand_with_another_number_is_not_adopted(house: House) -> None:
    house.furnish()
    house.tick()
    house.enters("A-1")
    house.invoice("1", "A-2")
    house.tick()
    assert house.errors() == []
    assert {row["DocNumber"] for row in house.rows("Invoice")} == {"A-1", "A-2"}


# --- reading the local books ------------------------------------------------------------------------------------------


def test_a_row_that_was_touched_and_says_the_same_is_not_sent_again(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1", memo="x")
    house.tick()
    before = len(house.writes())
    version = house.item(DocumentKind.INVOICE, "1").version
    house.change("invoices", "1", memo="x ")
    house.tick()
    assert house.item(DocumentKind.INVOICE, "1").version != version
    assert house.item(DocumentKind.INVOICE, "1").state is State.LINKED
    assert len(house.writes()) == before


def test_rows_that_were_read_are_not_read_again_for_ever(house: House) -> None:
    house.furnish()
    for number in range(5):
        house.invoice(str(number), f"A-{number}")
    house.tick()
    house.clock.moment += house.company.overlap
    house.tick()
    found: list[Change] = []
    reading(house, lambda _, changes: found.extend(changes))
    house.tick()
    assert found == []
    house.clock.moment += timedelta(days=1)
    house.tick()
    assert found == []


def test_what_is_entered_while_the_books_are_read_never_lacks_what_it_names(house: House) -> None:
    house.service()
    house.tick()
    entered: list[str] = []

    def enter(kind: DocumentKind, _: object) -> None:
        """Between the looks at invoices and at customers, whichever comes first."""
        if kind in {DocumentKind.INVOICE, DocumentKind.CUSTOMER} and not entered:
            entered.append(house.customer())
            entered.append(house.invoice("1", "A-1"))

    reading(house, enter)
    house.tick()
    assert house.errors() == []
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")


# --- orders -----------------------------------------------------------------------------------------------------------


def test_after_an_order_the_setup_is_read_again_at_once(house: House) -> None:
    house.furnish()
    house.preferences(BookCloseDate="2026-01-31")
    house.invoice("1", "A-1", day=date(2026, 1, 10))
    house.tick()
    assert house.kinds() == [kinds.PeriodClosed]
    house.preferences(BookCloseDate=None)
    house.order(Action.RESYNC, house.errors()[0])
    pipeline.run(house.company)  # the clock has not moved: what is known of the set-up is seconds old
    assert house.errors() == []
    assert house.by_number("A-1")


def test_a_resync_leaves_alone_what_was_skipped_for_another_error(house: House) -> None:
    house.furnish()
    house.invoice("1", "N" * 22, email="bad")
    house.tick()
    one, other = house.errors()
    house.order(Action.SKIP, one)
    house.order(Action.RESYNC, other)  # before a tick has carried out the skip
    house.tick()
    assert house.item(DocumentKind.INVOICE, "1").state is State.SKIPPED
    assert house.errors() == []


# --- voids ------------------------------------------------------------------------------------------------------------


def test_a_payment_of_a_voided_invoice_is_an_error(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    house.change("invoices", "1", status="cancelled")
    house.tick()
    house.payment("1", {"1": "150.00"})
    postings = sent(house)
    house.tick()
    assert house.kinds() == [kinds.UnknownLocalInvoice]
    assert postings == []


# --- one request id, one body (invariant I3) --------------------------------------------------------------------------


def bodies(postings: Sequence[Posting]) -> list[tuple[str, str]]:
    """Each request id with its only body, in the order of leaving."""
    pairs = list(dict.fromkeys((posting.request_id, posting.body) for posting in postings))
    assert len({request_id for request_id, _ in pairs}) == len(pairs), "one request id, two bodies"
    return pairs


def test_an_edit_leaves_with_a_request_id_of_its_own(house: House) -> None:
    postings = sent(house)
    house.customer()
    house.tick()
    house.change("customers", "c1", name="Ana Otra")
    house.tick()
    assert len(bodies(postings)) == 2


def test_an_edit_of_a_stale_document_leaves_again_with_another_request_id(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.payment("1", {"1": "10.00"})
    house.tick()
    postings = sent(house)
    house.change("invoices", "1", memo="late edit")
    house.tick()
    assert house.errors() == []
    assert len(bodies(postings)) == 2


def test_a_refused_document_that_was_corrected_leaves_with_another_request_id(house: House) -> None:
    house.furnish()
    house.tick()
    postings = sent(house)
    house.invoice("1", "A-1")
    house.fail("status", entity="invoice", operation="create", status=400, body=refusal("2050"))
    house.tick()
    assert house.kinds() == [kinds.FieldRefused]
    house.change("invoices", "1", memo="corrected")
    house.tick()
    assert house.errors() == []
    assert len(bodies(postings)) == 2


def test_a_correction_of_what_was_on_its_way_leaves_with_another_request_id(house: House) -> None:
    house.furnish()
    house.tick()
    postings = sent(house)
    house.invoice("1", "A-1")
    house.fail("lose_request", entity="invoice", operation="create")
    house.tick()
    house.fail("status", entity="invoice", operation="create", status=400, body=refusal("2050"))
    house.change("invoices", "1", memo="corrected")
    house.tick()
    house.tick()
    assert house.errors() == []
    assert len(postings) == 3
    assert len(bodies(postings)) == 2


def test_in_another_quickbooks_company_everything_is_posted_anew_and_the_old_links_stay(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    other = "9130000000000077"
    house.sandbox.add_company(other, seed="empty")
    house.sandbox.connect(other, access_token="access-77", refresh_token="refresh-77")
    store = house.company.target._client._store  # type: ignore[attr-defined]
    store.connect("shop", other, URL, grant(house.clock, access="access-77", refresh="refresh-77"))
    house.change("invoices", "1", memo="edited after the move")
    for _ in range(4):
        house.clock.moment += timedelta(minutes=2)
        pipeline.run(replace(house.company, realm_id=other))
    assert [row.data["DocNumber"] for row in house.sandbox.company(other).store.rows("Invoice")] == ["A-1"]
    with house.engine.connect() as connection:
        realms = connection.exec_driver_sql("SELECT realm_id FROM links WHERE kind = 'invoice' ORDER BY 1").scalars()
        assert list(realms) == [house.company.realm_id, other]
