"""Two sides of a document, field by field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connectors.documents import DocumentKind
from connectors.quickbooks.sheets import sheet_of
from connectors.sheets import Named, Sheet
from worker.rules.comparing import Row, compare, same_money

OURS = Sheet(
    fields={"customer": Named("Ana", "7"), "total": Decimal("10.00"), "currency": "USD", "memo": "a\nb"},
    lines=({"service": Named("Tree care", "1"), "amount": Decimal(10)},),
)


def differing(rows: tuple[Row, ...]) -> list[tuple[int, str]]:
    return [(row.line, row.field) for row in rows if row.differs]


def test_equal_is_what_a_person_would_call_equal() -> None:
    theirs = Sheet(
        fields={"customer": Named("ANA RUIZ", "7"), "total": Decimal(10), "currency": "usd", "memo": "a\r\nb "},
        lines=({"service": Named("Shop:Tree care", "1"), "amount": Decimal("10.00")},),
    )
    assert differing(compare(OURS, theirs)) == [(0, "currency")]
    assert same_money(OURS, theirs)


def test_what_the_local_books_leave_open_differs_from_nothing() -> None:
    theirs = Sheet(fields={**OURS.fields, "due_date": date(2026, 4, 1), "tax": Decimal(0)}, lines=OURS.lines)
    assert differing(compare(OURS, theirs)) == []


def test_a_line_that_one_side_lacks_differs_as_a_whole() -> None:
    longer = Sheet(fields=OURS.fields, lines=(*OURS.lines, {"description": "Discount", "amount": Decimal(-1)}))
    assert differing(compare(OURS, longer)) == [(2, "description"), (2, "amount")]
    assert differing(compare(longer, OURS)) == [(2, "description"), (2, "amount")]


def test_nothing_differs_from_a_side_that_is_not_there() -> None:
    assert differing(compare(OURS, None)) == []
    assert [row.ours for row in compare(None, OURS)] == [None] * 6


@pytest.mark.parametrize(
    "other",
    [
        {"total": Decimal("10.01")},
        {"currency": "EUR"},
        {"total": None},
        {"total": "10.00"},
    ],
)
def test_another_amount_and_another_currency_are_other_money(other: dict[str, object]) -> None:
    theirs = Sheet(fields={**OURS.fields, **other})  # type: ignore[arg-type]
    assert not same_money(OURS, theirs)
    assert not same_money(theirs, OURS)


def test_a_kind_without_totals_has_no_money_to_differ_in() -> None:
    assert same_money(Sheet(fields={"name": "Ana"}), Sheet(fields={"name": "Bob"}))


def test_a_reference_that_stands_in_the_note_is_read_as_a_whole() -> None:
    body = {
        "PaymentRefNum": "ch_3NvXqk2eZvKYlo2C01",
        "PrivateNote": "thanks\nch_3NvXqk2eZvKYlo2C0123\n[cuadre:a:b:c:0]",
    }
    fields = sheet_of(DocumentKind.PAYMENT, body, "USD").fields
    assert (fields["reference"], fields["memo"]) == ("ch_3NvXqk2eZvKYlo2C0123", "thanks")


def test_what_sells_nothing_is_called_by_its_type_and_the_subtotal_is_left_out() -> None:
    lines = [
        {"DetailType": "DiscountLineDetail", "Amount": Decimal("1.50"), "DiscountLineDetail": {"PercentBased": False}},
        {"DetailType": "SubTotalLineDetail", "Amount": Decimal(10), "SubTotalLineDetail": {}},
    ]
    sheet = sheet_of(DocumentKind.INVOICE, {"Line": lines}, "USD")
    assert sheet.lines == ({"service": Named("Discount"), "amount": Decimal("1.50")},)


@pytest.mark.parametrize(("note", "total", "voided"), [("Voided - x", 0, True), ("Voided", 5, False), ("x", 0, False)])
def test_a_void_is_known_by_what_quickbooks_writes_and_by_its_total(note: str, total: int, *, voided: bool) -> None:
    assert sheet_of(DocumentKind.INVOICE, {"PrivateNote": note, "TotalAmt": total}, "USD").voided is voided
