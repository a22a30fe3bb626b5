"""A document as a person reads it: the same fields in the same order, whichever side it stands on. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.documents import Customer, Document, DocumentKind, Fee, Invoice, Line, Payment, Refund, Service


@dataclass(frozen=True)
class Named:
    """Another record that a document names: what it is called, and its id in the target where that is known."""

    name: str
    target_id: str = ""


Value = str | Decimal | date | Named | None
Fields = Mapping[str, Value]
Naming = Callable[[DocumentKind, str], Named]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """`fields` and `lines` by the names of FIELDS. A field that is left out is none that this side decides."""

    fields: Fields
    lines: tuple[Fields, ...] = ()
    voided: bool = False

    @property
    def total(self) -> Value:
        return self.fields.get("total")


# In the order in which a person reads them.
FIELDS = (
    "number", "reference", "name", "date", "due_date", "customer", "email", "phone", "invoice", "service",
    "description", "quantity", "price", "amount", "tax", "total", "currency", "memo",
)  # fmt: skip


def local_sheet(document: Document, naming: Naming, home: str) -> Sheet:
    """What the local books say. What is empty there is not sent, so it is left out.

    `home`: the currency of a document that names none.
    """
    given: dict[str, Value] = {}
    lines: list[Fields] = []
    match document:
        case Customer():
            return _sheet({"name": document.name, "email": document.email, "phone": document.phone})
        case Service():
            return _sheet({"name": document.name, "description": document.description, "price": document.price})
        case Invoice():
            given = {"due_date": document.due_date, "email": document.email}
            lines = [_line(line, naming) for line in document.lines]
        case Payment():
            given = {"reference": document.reference}
            lines = [
                {"invoice": naming(DocumentKind.INVOICE, part.invoice_id), "amount": part.amount}
                for part in document.allocations
            ]
        case Refund():
            given = {"reference": document.reference}
            lines = [{"service": naming(DocumentKind.SERVICE, document.service_id or ""), "amount": document.total}]
        case Fee():
            pass
    customer = naming(DocumentKind.CUSTOMER, document.customer_id) if document.customer_id else None
    common: Fields = {"number": document.number, "date": document.date, "customer": customer, "total": document.total}
    sheet = _sheet({**common, **given, "currency": document.currency or home}, *lines)
    return Sheet(fields={**sheet.fields, "memo": document.memo.strip()}, lines=sheet.lines)


def _line(line: Line, naming: Naming) -> Fields:
    return {
        "service": naming(DocumentKind.SERVICE, line.service_id or ""),
        "description": line.description,
        "quantity": line.quantity,
        "price": line.unit_price,
        "amount": line.amount,
    }


def _sheet(fields: Fields, *lines: Fields) -> Sheet:
    return Sheet(fields=_given(fields), lines=tuple(_given(line) for line in lines))


def _given(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value not in (None, "") and value != Named("")}
