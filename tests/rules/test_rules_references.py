from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from connectors.documents import Allocation, DocumentKind, Fee, Invoice, Line, Payment, Refund
from errors.kinds import UnknownLocalPayment, UnknownLocalService
from errors.language import sentence
from worker.rules.fingerprint import fingerprint
from worker.rules.references import Need, needs, unknown

DAY = date(2026, 3, 1)
LINE = Line(service_id="7", quantity=Decimal(2), unit_price=Decimal("9.50"), amount=Decimal("19.00"))
INVOICE = Invoice(local_id="1", number="S-1", customer_id="4", date=DAY, lines=(LINE,), total=Decimal("19.00"))
REFUND = Refund(local_id="3", customer_id="4", payment_id="99", date=DAY, total=Decimal(5))


def test_an_invoice_needs_its_customer_and_the_service_of_each_line() -> None:
    invoice = replace(INVOICE, lines=(LINE, replace(LINE, service_id=None)))
    assert needs(invoice, "default") == (
        Need(kind=DocumentKind.CUSTOMER, local_id="4"),
        Need(kind=DocumentKind.SERVICE, local_id="7", line=1),
        Need(kind=DocumentKind.SERVICE, local_id="default", line=2),
    )


def test_a_payment_needs_every_invoice_that_it_settles() -> None:
    parts = (Allocation(invoice_id="1", amount=Decimal(4)), Allocation(invoice_id="2", amount=Decimal(6)))
    payment = Payment(local_id="2", customer_id="4", date=DAY, total=Decimal(10), allocations=parts)
    assert [need.key for need in needs(payment, "")] == [
        (DocumentKind.CUSTOMER, "4"),
        (DocumentKind.INVOICE, "1"),
        (DocumentKind.INVOICE, "2"),
    ]


def test_a_fee_needs_nothing() -> None:
    assert needs(Fee(local_id="1", date=DAY, total=Decimal(1)), "") == ()


def test_what_the_local_books_lack_is_named_with_the_document_that_names_it() -> None:
    lost = unknown(REFUND, Need(kind=DocumentKind.PAYMENT, local_id="99"))
    assert lost.kind is UnknownLocalPayment
    assert "refund 3" in sentence(lost).lower()
    assert "99" in sentence(lost)
    missing = unknown(INVOICE, Need(kind=DocumentKind.SERVICE, local_id="7", line=1))
    assert missing.kind is UnknownLocalService
    assert "Line 1 of invoice S-1" in sentence(missing)


def test_equal_amounts_written_differently_make_equal_fingerprints() -> None:
    assert fingerprint(INVOICE) == fingerprint(replace(INVOICE, total=Decimal(19)))
    assert fingerprint(INVOICE) != fingerprint(replace(INVOICE, total=Decimal("19.01")))
    assert fingerprint(INVOICE) != fingerprint(replace(INVOICE, memo="x"))
