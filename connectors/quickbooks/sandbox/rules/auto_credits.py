"""What QuickBooks applies by itself while SalesFormsPrefs.AutoApplyCredit is on: credits to charges, the oldest first.

It makes a payment of 0 for it (recorded: payment 74 of payments_2026); this file drafts that payment.
"""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules.amounts import ZERO
from connectors.quickbooks.sandbox.rules.open_items import FIELDS

NOTE = "Created by QB Online to link credits to charges."
OPPOSITE = {"Invoice": "CreditMemo", "CreditMemo": "Invoice"}


def draft(company: Company, kind: str, made: Json) -> Json | None:
    """Return the payment that links a new document to what is open on the other side; None when there is nothing."""
    if company.preference("SalesFormsPrefs", "AutoApplyCredit") is not True:
        return None
    customer = made["CustomerRef"]["value"]
    rows = company.store.find(OPPOSITE[kind], "CustomerRef", customer)
    others = sorted((row.data for row in rows), key=lambda one: (one["TxnDate"], int(one["Id"])))
    left = _open(kind, made)
    lines = []
    for other in others:
        amount = min(left, _open(OPPOSITE[kind], other))
        if amount > 0 and other["CurrencyRef"]["value"] == made["CurrencyRef"]["value"]:
            lines.append(_line(OPPOSITE[kind], other, amount))
            left -= amount
    if not lines:
        return None
    own = _line(kind, made, sum((line["Amount"] for line in lines), ZERO))
    lines = [own, *lines] if kind == "Invoice" else [*lines, own]
    shared: Json = {
        name: made[name] for name in ("CustomerRef", "CurrencyRef", "ExchangeRate", "TxnDate") if name in made
    }
    return {
        **shared,
        "TotalAmt": ZERO,
        "PrivateNote": NOTE,
        "Line": lines,
    }


def _open(kind: str, form: Json) -> Decimal:
    return Decimal(form[FIELDS[kind][0]])


def _line(kind: str, form: Json, amount: Decimal) -> Json:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": form["Id"], "TxnType": kind}]}
