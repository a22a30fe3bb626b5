"""A row, with its lines or allocations, becomes a neutral document or every problem that keeps it from being one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from connectors.documents import (
    CENT,
    Address,
    Allocation,
    Customer,
    Document,
    DocumentKind,
    Fee,
    Invoice,
    Line,
    Payment,
    Refund,
    Service,
)
from connectors.local import limits
from connectors.local.cells import Cells
from errors.kinds import InvalidField, LinesDoNotAddUp
from errors.problem import Problem, phrase

Row = Mapping[str, Any]


def document(kind: DocumentKind, row: Row, children: Sequence[Row] = ()) -> Document | tuple[Problem, ...]:
    """The document that a row means, or all its problems. `children`: lines of an invoice, allocations of a payment."""
    cells = Cells(kind, row)
    if "updated_at" in row and row["updated_at"] is None:
        cells.wrong("updated_at", phrase("a time of change; without one, later changes of the row would not be seen"))
    built = _BUILDERS[kind](cells, children)
    return tuple(cells.problems) or built


def _customer(cells: Cells, _children: Sequence[Row]) -> Customer:
    return Customer(
        local_id=cells.local_id,
        name=cells.name("name", limits.CUSTOMER_NAME),
        company_name=cells.text("company_name", limits.COMPANY_NAME),
        given_name=cells.text("given_name", limits.PERSON_NAME),
        family_name=cells.text("family_name", limits.PERSON_NAME),
        email=cells.email("email"),
        phone=cells.text("phone", limits.PHONE),
        address=_address(cells),
        notes=cells.text("notes", limits.NOTES),
    )


def _address(cells: Cells) -> Address | None:
    address = Address(
        line1=cells.text("address_line1", limits.ADDRESS_LINE),
        line2=cells.text("address_line2", limits.ADDRESS_LINE),
        city=cells.text("city", limits.ADDRESS_PART),
        region=cells.text("region", limits.ADDRESS_PART),
        postal_code=cells.text("postal_code", limits.POSTAL_CODE),
        country=cells.text("country", limits.ADDRESS_PART),
    )
    return None if address == Address() else address


def _service(cells: Cells, _children: Sequence[Row]) -> Service:
    return Service(
        local_id=cells.local_id,
        name=cells.name("name", limits.SERVICE_NAME),
        description=cells.text("description", limits.DESCRIPTION),
        price=cells.optional_amount("price"),
        income_account=cells.text("income_account", limits.ACCOUNT_NAME),
    )


def _invoice(cells: Cells, children: Sequence[Row]) -> Invoice:
    money = _money(cells)
    invoice = Invoice(
        **money,
        customer_id=cells.key("customer_id"),
        due_date=cells.optional_day("due_date"),
        email=cells.email("email"),
        job=cells.text("job", limits.NUMBER),
        job_part=cells.text("job_part", limits.NUMBER),
        lines=tuple(_line(cells.line(number, row)) for number, row in enumerate(children, start=1)),
    )
    if not invoice.removed and not cells.problems:  # of a cancelled one nobody asks what it said
        _add_up(cells, invoice)
    return invoice


def _line(cells: Cells) -> Line:
    before = len(cells.problems)
    quantity, unit_price, stated = cells.amount("quantity"), cells.amount("unit_price"), cells.optional_money("amount")
    amount = (quantity * unit_price).quantize(CENT, ROUND_HALF_UP)
    if stated not in {None, amount} and len(cells.problems) == before:
        cells.wrong("amount", phrase("quantity times unit price, that is {amount}", amount=amount))
    return Line(
        service_id=cells.optional_key("service_id"),
        quantity=quantity,
        unit_price=unit_price,
        amount=amount,
        description=cells.text("description", limits.DESCRIPTION),
    )


def _add_up(cells: Cells, invoice: Invoice) -> None:
    lines_total = sum((line.amount for line in invoice.lines), Decimal("0.00"))
    if not invoice.lines:
        expected = phrase("at least one line")
        cells.note(InvalidField, "lines", field=phrase("lines"), value=phrase("nothing"), expected=expected)
    elif lines_total != invoice.total:
        cells.note(LinesDoNotAddUp, "total", lines_total=lines_total, total=invoice.total)


def _payment(cells: Cells, children: Sequence[Row]) -> Payment:
    money = _money(cells, above_zero=True)
    payment = Payment(
        **money,
        customer_id=cells.key("customer_id"),
        allocations=tuple(_allocation(cells.line(number, row)) for number, row in enumerate(children, start=1)),
        method=cells.text("method", limits.METHOD),
        reference=cells.text("reference", limits.PAYMENT_REFERENCE),
        deposit_account=cells.text("deposit_account", limits.ACCOUNT_NAME),
    )
    allocated = sum((allocation.amount for allocation in payment.allocations), Decimal("0.00"))
    if allocated > payment.total and not payment.removed and not cells.problems:
        expected = phrase("at most the payment's total, {total}", total=payment.total)
        field = phrase("sum of allocations")
        cells.note(InvalidField, "allocations", field=field, value=allocated, expected=expected)
    return payment


def _allocation(cells: Cells) -> Allocation:
    return Allocation(invoice_id=cells.key("invoice_id"), amount=cells.money("amount", above_zero=True))


def _refund(cells: Cells, _children: Sequence[Row]) -> Refund:
    return Refund(
        **_money(cells, above_zero=True),
        customer_id=cells.key("customer_id"),
        payment_id=cells.key("payment_id"),
        service_id=cells.optional_key("service_id"),
        method=cells.text("method", limits.METHOD),
        reference=cells.text("reference", limits.REFUND_REFERENCE),
        from_account=cells.text("from_account", limits.ACCOUNT_NAME),
    )


def _fee(cells: Cells, _children: Sequence[Row]) -> Fee:
    return Fee(
        **_money(cells, above_zero=True),
        customer_id=cells.optional_key("customer_id"),
        payment_id=cells.optional_key("payment_id"),
        processor=cells.name("processor", limits.CUSTOMER_NAME, needed=False),
        from_account=cells.text("from_account", limits.ACCOUNT_NAME),
        expense_account=cells.text("expense_account", limits.ACCOUNT_NAME),
    )


def _money(cells: Cells, *, above_zero: bool = False) -> dict[str, Any]:
    """What every money document has; the customer is left to the kinds, which need one or do not."""
    return {
        "local_id": cells.local_id,
        "date": cells.day("date"),
        "total": cells.money("total", above_zero=above_zero),
        "number": cells.number(),
        "currency": cells.currency(),
        "exchange_rate": cells.optional_amount("exchange_rate", above_zero=True),
        "memo": cells.text("memo", limits.MEMO),
        "removed": cells.flag("removed"),
    }


_BUILDERS: Mapping[DocumentKind, Callable[[Cells, Sequence[Row]], Document]] = {
    DocumentKind.CUSTOMER: _customer,
    DocumentKind.SERVICE: _service,
    DocumentKind.INVOICE: _invoice,
    DocumentKind.PAYMENT: _payment,
    DocumentKind.REFUND: _refund,
    DocumentKind.FEE: _fee,
}
