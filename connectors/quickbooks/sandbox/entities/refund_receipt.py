"""RefundReceipt: money given back, out of a bank or other current asset account; never linked (qbo-facts 2.3)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import sales_form
from connectors.quickbooks.sandbox.rules.references import account

PAYING = ("Bank", "Other Current Asset")


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    form = sales_form.complete_form(write, "RefundReceipt", draft, before)
    form["DepositToAccountRef"] = account(write.company, form["DepositToAccountRef"], PAYING, "DepositToAccountRef")
    form["Balance"] = 0
    return form


KIND = Kind(
    name="RefundReceipt",
    sequence="transaction",
    required=("DepositToAccountRef", "Line"),
    order=sales_form.ORDER,
    queryable=sales_form.QUERYABLE,
    kept=sales_form.KEPT,
    operations=TRANSACTION,
    complete=complete,
)
