"""Each kind of document on its way to the sandbox: created, changed, cancelled, found again."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import Operation, Posted, Refused, Unknown
from connectors.documents import Allocation, Document, DocumentKind, Money
from connectors.quickbooks.encoding import decode
from errors.kinds import (
    ChangedInQuickBooks,
    DeletedInQuickBooks,
    DuplicateNumber,
    PeriodClosed,
    QuickBooksFailed,
    QuickBooksUnavailable,
    SubscriptionEnded,
    Throttled,
)
from tests.support.quickbooks_desk import Desk, customer, fee, invoice, line, marker, payment, refund, service


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.furnish()
    return desk


def _post_what_it_needs(desk: Desk, document: Document) -> None:
    if document.kind is DocumentKind.PAYMENT:
        desk.post(invoice())


MONEY: list[Money] = [invoice(), payment(), refund(), fee()]
EVERY: list[Document] = [
    customer(local_id="c2", name="Bo", email="bo@example.com"),
    service(local_id="s2", name="Mulch"),
    *MONEY,
]


def _kind(document: Document) -> str:
    return str(document.kind)


@pytest.mark.parametrize("document", EVERY, ids=_kind)
def test_each_kind_is_created_and_reads_back_without_a_difference(desk: Desk, document: Document) -> None:
    _post_what_it_needs(desk, document)
    posting = desk.posting(document)
    outcome = desk.target.send(posting)
    assert isinstance(outcome, Posted)
    remote = desk.target.get(document.kind, outcome.remote.target_id)
    assert remote is not None
    assert desk.target.differences(posting.body, remote) == ()
    assert remote.total == getattr(document, "total", None)


@pytest.mark.parametrize("document", EVERY, ids=_kind)
def test_a_lost_reply_is_unknown_and_find_adopts_what_is_there(desk: Desk, document: Document) -> None:
    _post_what_it_needs(desk, document)
    posting = desk.posting(document)
    desk.fail("lose_reply", operation="create")
    outcome = desk.target.send(posting)
    assert isinstance(outcome, Unknown)
    assert outcome.problem.kind is QuickBooksUnavailable
    found = desk.find(posting)
    again = desk.target.send(posting)  # the same request id: QuickBooks answers what it answered before
    assert isinstance(again, Posted)
    assert found is not None
    assert found.target_id == again.remote.target_id


@pytest.mark.parametrize("document", EVERY, ids=_kind)
def test_a_lost_request_is_unknown_and_find_finds_nothing(desk: Desk, document: Document) -> None:
    _post_what_it_needs(desk, document)
    posting = desk.posting(document)
    desk.fail("lose_request", operation="create")
    assert isinstance(desk.target.send(posting), Unknown)
    assert desk.find(posting) is None


@pytest.mark.parametrize("document", MONEY, ids=_kind)
def test_each_money_document_is_changed_and_then_cancelled(desk: Desk, document: Any) -> None:
    _post_what_it_needs(desk, document)
    created = desk.post(document)
    changed_document = replace(document, memo="corrected")
    update = desk.posting(changed_document, Operation.UPDATE, created)
    assert desk.find(update) is None
    outcome = desk.target.send(update)
    assert isinstance(outcome, Posted)
    assert outcome.remote.version != created.version
    assert "corrected" in outcome.remote.body["PrivateNote"]
    assert desk.find(update) is not None

    void = desk.posting(changed_document, Operation.VOID, outcome.remote)
    assert desk.find(void) is None
    assert isinstance(desk.target.send(void), Posted)
    assert desk.find(void) is not None
    held = desk.target.get(document.kind, created.target_id)
    if document.kind in {DocumentKind.INVOICE, DocumentKind.PAYMENT}:
        assert held is not None
        assert held.total == 0
    else:
        assert held is None


def test_a_customer_is_changed_and_made_inactive(desk: Desk) -> None:
    created = desk.target.get(DocumentKind.CUSTOMER, desk.ids[DocumentKind.CUSTOMER, "c1"])
    changed = desk.post(customer(phone="555-1"), Operation.UPDATE, created)
    assert changed.body["PrimaryPhone"] == {"FreeFormNumber": "555-1"}
    gone = desk.post(customer(), Operation.VOID, changed)
    assert gone.body["Active"] is False


def test_an_invoice_with_a_taken_number_is_refused_with_its_holder(desk: Desk) -> None:
    desk.preferences(CustomTxnNumbers=True)
    holder = desk.post(invoice())
    outcome = desk.send(invoice(local_id="18"))
    assert isinstance(outcome, Refused)
    assert outcome.holder_id == holder.target_id
    assert [problem.kind for problem in outcome.problems] == [DuplicateNumber]
    assert outcome.problems[0].facts["number"] == "INV-1042"


def test_an_update_of_a_document_that_somebody_changed_is_stale(desk: Desk) -> None:
    first = desk.post(invoice())
    desk.post(invoice(memo="one"), Operation.UPDATE, first)
    outcome = desk.send(invoice(memo="two"), Operation.UPDATE, first)
    assert isinstance(outcome, Refused)
    assert outcome.stale
    assert outcome.problems[0].kind is ChangedInQuickBooks


def test_an_update_of_a_document_that_was_deleted_says_so(desk: Desk) -> None:
    created = desk.post(refund())
    desk.post(refund(), Operation.VOID, created)
    outcome = desk.send(refund(memo="late"), Operation.UPDATE, created)
    assert isinstance(outcome, Refused)
    assert [problem.kind for problem in outcome.problems] == [DeletedInQuickBooks]


def test_a_payment_is_unlinked_by_an_update_without_allocations(desk: Desk) -> None:
    bill = desk.post(invoice())
    paid = desk.post(payment())
    assert paid.body["UnappliedAmt"] == 0
    desk.post(payment(allocations=()), Operation.UPDATE, paid)
    held = desk.target.get(DocumentKind.INVOICE, bill.target_id)
    assert held is not None
    assert held.body["Balance"] == Decimal("150.00")


def test_a_payment_over_several_invoices_compares_line_by_line_in_any_order(desk: Desk) -> None:
    desk.post(invoice())
    desk.post(invoice(local_id="18", number="INV-1043"))
    both = payment(
        total=Decimal(200),
        allocations=(Allocation(invoice_id="18", amount=Decimal(50)), Allocation(invoice_id="17", amount=Decimal(150))),
    )
    posting = desk.posting(both)
    outcome = desk.target.send(posting)
    assert isinstance(outcome, Posted)
    assert desk.target.differences(posting.body, outcome.remote) == ()


def test_a_posting_is_the_same_bytes_each_time(desk: Desk) -> None:
    assert desk.posting(invoice()).body == desk.posting(invoice()).body
    body = desk.posting(invoice(lines=(line(unit_price=Decimal("75.0000")),))).body
    assert body == desk.posting(invoice(lines=(line(quantity=Decimal("2.00")),))).body
    assert '"Amount":150.00' in body
    assert '"UnitPrice":75' in body


def test_a_unit_price_keeps_all_its_digits(desk: Desk) -> None:
    third = line(quantity=Decimal(3), unit_price=Decimal("33.333333"), amount=Decimal("100.00"))
    remote = desk.post(invoice(lines=(third,), total=Decimal("100.00")))
    assert remote.total == Decimal("100.00")


@pytest.mark.parametrize(
    ("effect", "rule", "kind"),
    [
        ("throttle", {}, Throttled),
        ("throttle", {"stored": True}, Throttled),
        ("throttle_xml", {}, Throttled),
        ("unauthorized", {}, QuickBooksUnavailable),
        ("status", {"status": 503}, QuickBooksUnavailable),
        ("status", {"status": 502, "stored": True}, QuickBooksUnavailable),
        ("status", {"status": 200, "body": "<html>"}, QuickBooksUnavailable),
        ("status", {"status": 404, "body": ""}, QuickBooksUnavailable),
        (
            "status",
            {"status": 403, "body": {"fault": {"error": [{"code": "3001"}], "type": "SERVICE"}}},
            Throttled,
        ),
        ("status", {"status": 400, "body": {"Fault": {"Error": [{"code": "600"}]}}}, QuickBooksFailed),
        ("status", {"status": 400, "body": {"Fault": {"Error": [{"code": "10000"}]}}}, QuickBooksFailed),
        ("status", {"status": 500, "body": {"Fault": {"Error": [{"code": "2020"}]}}}, None),
    ],
)
def test_what_does_not_tell_is_unknown_and_leaves_once(
    desk: Desk, effect: str, rule: dict[str, Any], kind: Any
) -> None:
    desk.fail(effect, operation="create", times=9, **rule)
    posting = desk.posting(invoice())
    before = len(desk.journal())
    outcome = desk.target.send(posting)
    assert isinstance(outcome, Unknown)
    assert kind is None or outcome.problem.kind is kind
    assert len(desk.journal()) == before + 1


def test_after_a_401_on_a_write_the_next_call_uses_a_new_token(desk: Desk) -> None:
    posting = desk.posting(invoice())
    desk.fail("unauthorized", operation="create")
    assert isinstance(desk.target.send(posting), Unknown)
    earlier = desk.store.load("shop")
    assert isinstance(desk.target.send(posting), Posted)
    later = desk.store.load("shop")
    assert earlier is not None
    assert later is not None
    assert later.access_token != earlier.access_token
    assert later.refresh_token != earlier.refresh_token


def test_after_a_429_nothing_is_sent_for_a_minute(desk: Desk) -> None:
    posting = desk.posting(invoice())
    desk.fail("throttle", operation="create")
    desk.target.send(posting)
    before = len(desk.journal())
    outcome = desk.target.send(posting)
    assert isinstance(outcome, Refused)
    assert [problem.kind for problem in outcome.problems] == [Throttled]
    assert len(desk.journal()) == before
    desk.clock.sleep(76)
    assert isinstance(desk.target.send(posting), Posted)


def test_every_write_carries_its_request_id(desk: Desk) -> None:
    created = desk.post(invoice())
    desk.post(invoice(), Operation.VOID, created)
    writes = [entry for entry in desk.journal() if entry.operation in {"create", "update", "delete", "void"}]
    assert len(writes) == 4
    assert all(entry.request_id for entry in writes)


def test_a_closed_period_is_known_before_anything_is_sent(desk: Desk) -> None:
    created = desk.post(invoice())
    desk.preferences(BookCloseDate="2026-03-31")
    desk.clock.sleep(86401)
    problems = desk.target.prepare(invoice(local_id="18"), desk.references(), Operation.CREATE, None, "m")
    assert [problem.kind for problem in problems if not isinstance(problem, str)] == [PeriodClosed]
    voiding = desk.target.prepare(invoice(), desk.references(), Operation.VOID, created, "m")
    assert [problem.kind for problem in voiding if not isinstance(problem, str)] == [PeriodClosed]
    desk.preferences(BookCloseDate=None)
    desk.clock.sleep(61)
    assert isinstance(desk.target.prepare(invoice(), desk.references(), Operation.CREATE, None, "m"), str)


def test_a_period_that_closes_between_preparing_and_sending_is_refused_with_its_date(desk: Desk) -> None:
    postings = [desk.posting(invoice(local_id=str(key), number=f"N-{key}")) for key in (1, 2)]
    desk.preferences(BookCloseDate="2026-03-31")
    outcome = desk.target.send(postings[0])
    assert isinstance(outcome, Refused)
    assert outcome.problems[0].kind is PeriodClosed
    again = desk.target.prepare(invoice(local_id="2"), desk.references(), Operation.CREATE, None, "m")
    assert [problem.subject for problem in again if not isinstance(problem, str)] == [
        "books of shop closed to 2026-03-31"
    ]


def test_an_ended_subscription_halts(desk: Desk) -> None:
    posting = desk.posting(invoice())
    desk.preferences(SubscriptionStatus="EXPIRED")
    outcome = desk.target.send(posting)
    assert isinstance(outcome, Refused)
    assert outcome.problems[0].kind is SubscriptionEnded
    assert [problem.kind for problem in desk.target.check(again=True)] == [SubscriptionEnded]


def test_a_document_with_our_number_but_not_our_marker_is_not_ours(desk: Desk) -> None:
    posting = desk.posting(invoice())
    desk.post(invoice(local_id="99"))
    assert desk.find(posting) is None


def test_a_document_without_number_is_found_by_its_marker(desk: Desk) -> None:
    document = payment(reference="", allocations=())
    posting = desk.posting(document)
    desk.post(payment(local_id="other", reference="", allocations=()))
    desk.target.send(posting)
    found = desk.find(posting)
    assert found is not None
    assert marker(document) in found.body["PrivateNote"]


def test_the_processor_becomes_a_vendor_once(desk: Desk) -> None:
    desk.post(fee())
    desk.post(fee(local_id="f2", number="F-2"))
    assert [row["DisplayName"] for row in desk.rows("Vendor")].count("Card processor") == 1


def test_a_vendor_whose_creation_got_no_answer_is_found_the_next_time(desk: Desk) -> None:
    desk.fail("lose_reply", entity="vendor", operation="create")
    with pytest.raises(Exception, match="quickbooks-unavailable"):
        desk.posting(fee())
    desk.post(fee())
    assert [row["DisplayName"] for row in desk.rows("Vendor")].count("Card processor") == 1


def test_a_processor_with_a_customers_name_gets_a_suffix(desk: Desk) -> None:
    desk.post(fee(processor="Ana Ruiz"))
    assert "Ana Ruiz (Vendor)" in [row["DisplayName"] for row in desk.rows("Vendor")]


def test_differences_name_the_field_and_both_values(desk: Desk) -> None:
    posting = desk.posting(invoice())
    remote = desk.post(invoice())
    theirs = desk.post(
        invoice(memo="changed", lines=(line(amount=Decimal("75.00"), quantity=Decimal(1)),)), Operation.UPDATE, remote
    )
    found = desk.target.differences(posting.body, theirs)
    assert "Line[1].Amount: 150.00 -> 75.00" in found
    assert any(difference.startswith("PrivateNote: Thank you") for difference in found)
    assert len(found) == 3


def test_a_line_that_somebody_added_is_a_difference(desk: Desk) -> None:
    posting = desk.posting(invoice())
    remote = desk.post(invoice())
    theirs = desk.post(invoice(lines=(line(), line())), Operation.UPDATE, remote)
    assert "Line: 1 -> 2" in desk.target.differences(posting.body, theirs)


def test_a_long_reference_is_cut_in_its_field_and_whole_in_the_note(desk: Desk) -> None:
    reference = "ch_3NxAbCdEfGhIjKlMnOpQrStUv"
    body = decode(desk.posting(payment(reference=reference, allocations=())).body)
    assert body["PaymentRefNum"] == reference[:21]
    assert reference in body["PrivateNote"]


def test_a_link_leads_to_the_document(desk: Desk) -> None:
    assert desk.target.link(DocumentKind.INVOICE, "130") == "http://127.0.0.1:1/app/invoice?txnId=130"
