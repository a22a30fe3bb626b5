"""Estimate: an offer that books nothing; an invoice made from it closes it (qbo-facts 2.3, 2.5)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import estimates, links, sales_form
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

STATES = ("Pending", "Accepted", "Closed", "Rejected", "Converted")


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Complete the form; raises `Refusal` 2170 for an unknown TxnStatus. An estimate has no balance."""
    form = sales_form.complete_form(write, "Estimate", draft, before)
    form.pop("Balance", None)
    form["TxnStatus"] = form.get("TxnStatus") or (before or {}).get("TxnStatus", "Pending")
    if form["TxnStatus"] not in STATES:
        raise Refusal(faults.invalid_choice("TxnStatus", str(form["TxnStatus"])))
    links.keep(form, before)
    return form


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    if before is not None and after is None:
        estimates.forget(write, before)


KIND = Kind(
    name="Estimate",
    sequence="transaction",
    required=("CustomerRef", "Line"),
    order=sales_form.ORDER,
    queryable=(*(name for name in sales_form.QUERYABLE if name != "Balance"), "TxnStatus", "ExpirationDate"),
    kept=sales_form.KEPT,
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
)
