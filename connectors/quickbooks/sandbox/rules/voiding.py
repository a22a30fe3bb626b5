"""What a void does: amounts and quantities 0, the note says so, the number stays (qbo-facts 2.4)."""

from __future__ import annotations

from typing import Any

from connectors.quickbooks.sandbox.books.store import Json

ZEROED = ("TotalAmt", "HomeTotalAmt", "Balance", "HomeBalance", "UnappliedAmt", "Deposit")


def voided(before: Json) -> Json:
    """Return a voided document: same lines with Amount and Qty 0, nothing linked, "Voided" before its note."""
    note = before.get("PrivateNote", "")
    text = note if note.startswith("Voided") else " - ".join(part for part in ("Voided", note) if part)
    after = {**before, "PrivateNote": text, "Line": [_empty(line) for line in before.get("Line", [])]}
    after |= {name: 0 for name in ZEROED if name in before}
    if "TxnTaxDetail" in after:
        after["TxnTaxDetail"] = {"TotalTax": 0}
    if "LinkedTxn" in after:
        after["LinkedTxn"] = []
    return after


def _empty(line: Json) -> Json:
    emptied: Json = {name: value for name, value in line.items() if name != "LinkedTxn"}
    if "Amount" in line:
        emptied["Amount"] = 0
    detail: Any = line.get("SalesItemLineDetail")
    if isinstance(detail, dict) and "Qty" in detail:
        emptied["SalesItemLineDetail"] = {**detail, "Qty": 0}
    group = line.get("GroupLineDetail")
    if isinstance(group, dict):
        emptied["GroupLineDetail"] = {**group, "Line": [_empty(one) for one in group.get("Line", [])]}
    return emptied
