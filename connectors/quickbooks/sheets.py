"""QuickBooks' JSON as a person reads it: connectors/sheets.py says in which fields (qbo-facts 2.2 and 2.3). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.documents import DocumentKind
from connectors.quickbooks.limits import REFERENCE
from connectors.quickbooks.notes import memo_of
from connectors.sheets import Fields, Named, Sheet, Value

Body = Mapping[str, Any]

_ADDED_LINES = {"SubTotalLineDetail"}  # QBO puts it behind the lines


def sheet_of(kind: DocumentKind, body: Body, home: str) -> Sheet:
    """What QuickBooks holds. `home`: the company's home currency, of a document that names none."""
    if kind is DocumentKind.CUSTOMER:
        email, phone = (body.get(name) or {} for name in ("PrimaryEmailAddr", "PrimaryPhone"))
        said = {"name": body.get("DisplayName"), "email": email.get("Address"), "phone": phone.get("FreeFormNumber")}
        return Sheet(fields=_said(said))
    if kind is DocumentKind.SERVICE:
        price = _decimal(body.get("UnitPrice"))
        return Sheet(fields=_said({"name": body.get("Name"), "description": body.get("Description"), "price": price}))
    note = str(body.get("PrivateNote") or "")
    reference, memo = _whole_reference(str(body.get("PaymentRefNum") or ""), memo_of(note))
    fields = {
        "number": body.get("DocNumber"),
        "reference": reference,
        "date": _date(body.get("TxnDate")),
        "due_date": _date(body.get("DueDate")),
        "customer": _named(body.get("CustomerRef")),
        "email": (body.get("BillEmail") or {}).get("Address"),
        "tax": _decimal((body.get("TxnTaxDetail") or {}).get("TotalTax")),
        "total": _decimal(body.get("TotalAmt")),
        "currency": (body.get("CurrencyRef") or {}).get("value") or home,
        "memo": memo,
    }
    voided = note.startswith("Voided") and not body.get("TotalAmt")  # QBO writes so into what is voided
    lines = () if kind is DocumentKind.FEE else tuple(_lines(kind, body.get("Line") or ()))
    return Sheet(fields=_said(fields), lines=lines, voided=voided)


def _whole_reference(field: str, memo: str) -> tuple[str, str]:
    """A reference that is longer than its field stands in the note as a whole (connectors/quickbooks/notes.py)."""
    lines = memo.split("\n")
    whole = next((line for line in lines if len(field) == REFERENCE and line.startswith(field)), "")
    return (whole, "\n".join(line for line in lines if line != whole)) if whole else (field, memo)


def _lines(kind: DocumentKind, lines: Any) -> Iterator[Fields]:
    for line in lines:
        if line.get("DetailType") in _ADDED_LINES:
            continue
        if kind is DocumentKind.PAYMENT:
            yield from _settled(line)
        else:
            yield _said(_sold(line))


def _settled(line: Body) -> Iterator[Fields]:
    for linked in line.get("LinkedTxn") or ():
        target_id = str(linked.get("TxnId", ""))
        name = target_id if linked.get("TxnType") == "Invoice" else f"{linked.get('TxnType')} {target_id}"
        yield {"invoice": Named(name, target_id), "amount": _decimal(line.get("Amount"))}


def _sold(line: Body) -> Fields:
    """A line that sells nothing (a discount, a text) is called by its type."""
    kind = str(line.get("DetailType", ""))
    detail = line.get(kind) or {}
    service = _named(detail.get("ItemRef"))
    return {
        "service": service or (None if kind == "SalesItemLineDetail" else Named(kind.removesuffix("LineDetail"))),
        "description": line.get("Description"),
        "quantity": _decimal(detail.get("Qty")),
        "price": _decimal(detail.get("UnitPrice")),
        "amount": _decimal(line.get("Amount")),
    }


def _said(fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _named(reference: Any) -> Value:
    if not isinstance(reference, Mapping) or not reference.get("value"):
        return None
    return Named(str(reference.get("name") or reference["value"]), str(reference["value"]))


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _date(text: Any) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None
