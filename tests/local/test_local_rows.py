"""Rows as documents: what is right becomes a document; of what is wrong every problem is named, with its field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.documents import (
    Address,
    Allocation,
    Customer,
    DocumentKind,
    Fee,
    Invoice,
    Line,
    Payment,
    Refund,
    Service,
)
from connectors.local.rows import document
from errors import language
from errors.kinds import InvalidField, LinesDoNotAddUp, NumberTooLong, TextRefused
from errors.problem import Problem

CUSTOMER = {"id": 7, "name": "Ana & Co"}
SERVICE = {"id": 3, "name": "Design"}
INVOICE = {"id": 17, "customer_id": 7, "number": "INV-1", "date": "2026-01-31", "total": 30.15}
LINES: list[dict[str, Any]] = [
    {"invoice_id": 17, "position": 1, "service_id": 3, "quantity": 3, "unit_price": 10, "description": "Logo"},
    {"invoice_id": 17, "position": 2, "service_id": None, "quantity": "0.5", "unit_price": "0.29"},
]
PAYMENT = {"id": 5, "customer_id": 7, "date": "2026-02-01", "total": 30}
ALLOCATIONS: list[dict[str, Any]] = [
    {"payment_id": 5, "invoice_id": 17, "amount": 20},
    {"payment_id": 5, "invoice_id": 18, "amount": 10},
]
REFUND = {"id": 2, "customer_id": 7, "payment_id": 5, "date": "2026-02-02", "total": "1.00"}
FEE = {"id": 9, "date": "2026-02-01", "total": Decimal("0.88")}


def test_a_customer() -> None:
    row = CUSTOMER | {"email": "ana@example.com, bo@example.org", "city": "Vigo", "phone": 34600, "updated_at": "x"}
    assert document(DocumentKind.CUSTOMER, row) == Customer(
        local_id="7",
        name="Ana & Co",
        email="ana@example.com, bo@example.org",
        phone="34600",
        address=Address(city="Vigo"),
    )


def test_a_service() -> None:
    row = SERVICE | {"price": "12.345", "description": "Lines\nand\ttabs are fine here"}
    service = document(DocumentKind.SERVICE, row)
    assert isinstance(service, Service)
    assert (service.price, service.description) == (Decimal("12.345"), "Lines\nand\ttabs are fine here")


def test_an_invoice_whose_lines_are_rounded_half_up() -> None:
    row = INVOICE | {"due_date": "2026-03-01", "currency": "eur", "exchange_rate": "1.0853", "removed": None}
    assert document(DocumentKind.INVOICE, row, LINES) == Invoice(
        local_id="17",
        customer_id="7",
        number="INV-1",
        date=date(2026, 1, 31),
        due_date=date(2026, 3, 1),
        total=Decimal("30.15"),
        currency="EUR",
        exchange_rate=Decimal("1.0853"),
        lines=(
            Line(
                service_id="3", quantity=Decimal(3), unit_price=Decimal(10), amount=Decimal("30.00"), description="Logo"
            ),
            Line(service_id=None, quantity=Decimal("0.5"), unit_price=Decimal("0.29"), amount=Decimal("0.15")),
        ),
    )


def test_a_payment_a_refund_and_a_fee() -> None:
    payment = document(DocumentKind.PAYMENT, PAYMENT | {"method": "card", "reference": "ch_1"}, ALLOCATIONS)
    assert isinstance(payment, Payment)
    assert payment.allocations[0] == Allocation(invoice_id="17", amount=Decimal("20.00"))
    refund = document(DocumentKind.REFUND, REFUND)
    assert isinstance(refund, Refund)
    assert refund.payment_id == "5"
    fee = document(DocumentKind.FEE, FEE | {"processor": "Stripe"})
    assert isinstance(fee, Fee)
    assert (fee.total, fee.customer_id, fee.payment_id) == (Decimal("0.88"), None, None)


WRONG: list[tuple[DocumentKind, Mapping[str, Any], str, Any]] = [
    (DocumentKind.INVOICE, INVOICE, "customer_id", None),
    (DocumentKind.INVOICE, INVOICE, "customer_id", b"\x00"),
    (DocumentKind.INVOICE, INVOICE, "date", "31/01/2026"),
    (DocumentKind.INVOICE, INVOICE, "date", None),
    (DocumentKind.INVOICE, INVOICE, "due_date", "soon"),
    (DocumentKind.INVOICE, INVOICE, "total", "a lot"),
    (DocumentKind.INVOICE, INVOICE, "total", -1),
    (DocumentKind.INVOICE, INVOICE, "total", "30.155"),
    (DocumentKind.INVOICE, INVOICE, "currency", "US$"),
    (DocumentKind.INVOICE, INVOICE, "currency", "EURO"),
    (DocumentKind.INVOICE, INVOICE, "exchange_rate", 0),
    (DocumentKind.INVOICE, INVOICE, "removed", "perhaps"),
    (DocumentKind.INVOICE, INVOICE, "email", "nobody"),
    (DocumentKind.INVOICE, INVOICE, "email", "nobody@here"),
    (DocumentKind.INVOICE, INVOICE, "memo", "x" * 4001),
    (DocumentKind.INVOICE, INVOICE, "updated_at", None),
    (DocumentKind.PAYMENT, PAYMENT, "total", 0),
    (DocumentKind.PAYMENT, PAYMENT, "reference", "x" * 22),
    (DocumentKind.REFUND, REFUND, "payment_id", None),
    (DocumentKind.REFUND, REFUND, "total", 0),
    (DocumentKind.REFUND, REFUND, "reference", "x" * 101),
    (DocumentKind.FEE, FEE, "total", "-2.90"),
    (DocumentKind.CUSTOMER, CUSTOMER, "name", " "),
    (DocumentKind.CUSTOMER, CUSTOMER, "name", "x" * 501),
    (DocumentKind.CUSTOMER, CUSTOMER, "given_name", "x" * 101),
    (DocumentKind.SERVICE, SERVICE, "name", "x" * 101),
    (DocumentKind.SERVICE, SERVICE, "description", "x" * 4001),
    (DocumentKind.SERVICE, SERVICE, "price", -1),
]


@pytest.mark.parametrize(("kind", "row", "field", "cell"), WRONG)
def test_a_wrong_cell_is_named_with_its_field_and_value(
    kind: DocumentKind, row: Mapping[str, Any], field: str, cell: Any
) -> None:
    (problem,) = problems(kind, {**row, field: cell}, LINES if kind is DocumentKind.INVOICE else ())
    assert problem.kind is InvalidField
    assert problem.facts["field"] == field
    assert problem.subject == f"{kind.value} {row['id']} {field}"
    assert problem.facts["expected"]
    assert "Correct" in language.fix(problem)


@pytest.mark.parametrize(
    ("kind", "row", "field", "cell", "refused"),
    [
        (DocumentKind.CUSTOMER, CUSTOMER, "name", "A:B", "“:”"),
        (DocumentKind.CUSTOMER, CUSTOMER, "name", "A\tB", "a tab"),
        (DocumentKind.SERVICE, SERVICE, "name", "A\nB:C", "a line break, “:”"),
        (DocumentKind.SERVICE, SERVICE, "description", "bell\x07", "a control character"),
        (DocumentKind.INVOICE, INVOICE, "memo", "nul\x00 inside", "a control character"),
        (DocumentKind.INVOICE, INVOICE, "memo", "caf\udce9 latin", "bytes that are no text"),
        (DocumentKind.FEE, FEE, "processor", "Card:Co", "“:”"),
    ],
)
def test_signs_that_cannot_travel_are_named(
    kind: DocumentKind, row: Mapping[str, Any], field: str, cell: str, refused: str
) -> None:
    (problem,) = problems(kind, {**row, field: cell}, LINES if kind is DocumentKind.INVOICE else ())
    assert problem.kind is TextRefused
    assert str(problem.facts["refused"]) == refused
    str(problem.facts["value"]).encode("utf-8")


def test_a_number_has_at_most_21_characters() -> None:
    assert isinstance(document(DocumentKind.INVOICE, INVOICE | {"number": "N" * 21}, LINES), Invoice)
    (problem,) = problems(DocumentKind.INVOICE, INVOICE | {"number": "N" * 22}, LINES)
    assert problem.kind is NumberTooLong
    assert problem.facts["length"] == 22


def test_lines_that_miss_the_total_by_a_cent_are_a_problem() -> None:
    (problem,) = problems(DocumentKind.INVOICE, INVOICE | {"total": "30.14"}, LINES)
    assert problem.kind is LinesDoNotAddUp
    assert (problem.facts["lines_total"], problem.facts["total"]) == (Decimal("30.15"), Decimal("30.14"))


@pytest.mark.parametrize(
    ("field", "cell"),
    [("quantity", -1), ("unit_price", "-0.01"), ("quantity", None), ("amount", "29.99"), ("amount", "x")],
)
def test_a_wrong_line_is_named_with_its_number(field: str, cell: Any) -> None:
    (problem,) = problems(DocumentKind.INVOICE, INVOICE, [LINES[1], LINES[0] | {field: cell}])
    assert problem.kind is InvalidField
    assert str(problem.facts["field"]) == f"{field} in line 2"


def test_a_line_amount_that_agrees_is_welcome() -> None:
    assert isinstance(document(DocumentKind.INVOICE, INVOICE, [LINES[0] | {"amount": 30}, LINES[1]]), Invoice)


def test_an_invoice_without_lines_is_a_problem() -> None:
    (problem,) = problems(DocumentKind.INVOICE, INVOICE | {"total": 0}, [])
    assert str(problem.facts["expected"]) == "at least one line"


def test_of_a_cancelled_invoice_nobody_asks_what_its_lines_said() -> None:
    invoice = document(DocumentKind.INVOICE, INVOICE | {"removed": 1}, [])
    assert isinstance(invoice, Invoice)
    assert invoice.removed


def test_a_payment_cannot_settle_more_than_it_is() -> None:
    (problem,) = problems(DocumentKind.PAYMENT, PAYMENT | {"total": "29.99"}, ALLOCATIONS)
    assert problem.facts["value"] == Decimal("30.00")
    assert "29.99" in str(problem.facts["expected"])


@pytest.mark.parametrize(("field", "cell"), [("amount", 0), ("amount", -5), ("invoice_id", None)])
def test_a_wrong_allocation_is_named(field: str, cell: Any) -> None:
    (problem,) = problems(DocumentKind.PAYMENT, PAYMENT, [ALLOCATIONS[0] | {field: cell}])
    assert str(problem.facts["field"]) == f"{field} in line 1"


def test_all_problems_of_a_row_are_named_together() -> None:
    row = {
        "id": 17,
        "number": "N" * 30,
        "date": "never",
        "total": "lots",
        "currency": "?",
        "email": "me",
        "memo": "\x00",
    }
    found = problems(DocumentKind.INVOICE, row, [{"quantity": -1, "unit_price": None, "description": "\x00"}])
    assert len(found) == 10
    assert len({problem.subject for problem in found}) == 10


def problems(kind: DocumentKind, row: Mapping[str, Any], children: Any = ()) -> tuple[Problem, ...]:
    outcome = document(kind, row, children)
    assert isinstance(outcome, tuple), "it became a document"
    for problem in outcome:
        assert language.sentence(problem)
    return outcome
