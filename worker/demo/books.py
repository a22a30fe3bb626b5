"""The firm's books written into a database of the reference schema, as its own application would."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, func, insert, select

from connectors.documents import Customer, DocumentKind
from connectors.local import reference
from worker.demo.firm import Firm


def write(engine: Engine, firm: Firm) -> None:
    """All rows in one transaction; the tables must be there."""
    rows = {
        reference.customers: [_customer(customer) for customer in firm.customers],
        reference.services: [_plain(service) for service in firm.services],
        reference.invoices: [_invoice(invoice) for invoice in firm.invoices],
        reference.invoice_lines: _lines(firm),
        reference.payments: [_plain(payment, "allocations") for payment in firm.payments],
        reference.payment_allocations: _allocations(firm),
        reference.refunds: [_plain(refund) for refund in firm.refunds],
        reference.fees: [_plain(fee) for fee in firm.fees],
    }
    with engine.begin() as connection:
        for table, values in rows.items():
            if values:
                connection.execute(insert(table), values)


def totals(engine: Engine) -> dict[DocumentKind, tuple[int, Decimal]]:
    """Count and sum of each kind, as the books themselves say (customers and services: what is active)."""
    tables = {
        DocumentKind.INVOICE: reference.invoices,
        DocumentKind.PAYMENT: reference.payments,
        DocumentKind.REFUND: reference.refunds,
        DocumentKind.FEE: reference.fees,
    }
    with engine.connect() as connection:
        found = {
            kind: _total(*connection.execute(select(func.count(), func.sum(table.c.total))).one())
            for kind, table in tables.items()
        }
        for kind, table in (
            (DocumentKind.CUSTOMER, reference.customers),
            (DocumentKind.SERVICE, reference.services),
        ):
            query = select(func.count()).where(table.c.active)
            found[kind] = _total(connection.execute(query).scalar_one(), 0)
    return {kind: found[kind] for kind in DocumentKind}


def names(engine: Engine, kind: DocumentKind) -> dict[str, str]:
    """Name -> e-mail of the active customers, or name -> "" of the active services."""
    table = reference.customers if kind is DocumentKind.CUSTOMER else reference.services
    with engine.connect() as connection:
        rows = connection.execute(select(table).where(table.c.active)).mappings()
        return {row["name"]: row.get("email") or "" for row in rows}


def _total(count: int, total: Any) -> tuple[int, Decimal]:
    return count, Decimal(str(total or 0)).quantize(Decimal("0.01"))


def _plain(document: Any, *left_out: str) -> dict[str, Any]:
    """A document's fields are named as the columns are."""
    fields = {name: value for name, value in asdict(document).items() if name not in {"removed", *left_out}}
    fields["id"] = fields.pop("local_id")
    return {name: value if value != "" else None for name, value in fields.items()}


def _customer(customer: Customer) -> dict[str, Any]:
    row = _plain(customer, "address")
    assert customer.address is not None
    address = {"address_line1": customer.address.line1, "city": customer.address.city}
    return {**row, **address, "postal_code": customer.address.postal_code}


def _invoice(invoice: Any) -> dict[str, Any]:
    return {**_plain(invoice, "lines"), "status": "issued"}


def _lines(firm: Firm) -> list[dict[str, Any]]:
    return [
        {
            "invoice_id": invoice.local_id,
            "position": position,
            "service_id": line.service_id,
            "description": line.description,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
        }
        for invoice in firm.invoices
        for position, line in enumerate(invoice.lines, start=1)
    ]


def _allocations(firm: Firm) -> list[dict[str, Any]]:
    return [
        {"payment_id": payment.local_id, "invoice_id": part.invoice_id, "amount": part.amount}
        for payment in firm.payments
        for part in payment.allocations
    ]
