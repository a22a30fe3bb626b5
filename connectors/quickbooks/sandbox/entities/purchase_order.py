"""PurchaseOrder: what is ordered from a vendor; books nothing, and closes when it is billed (recorded: May 2026)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import purchase_form
from connectors.quickbooks.sandbox.rules.numbers import number_order
from connectors.quickbooks.sandbox.rules.orders import CLOSED, OPEN
from connectors.quickbooks.sandbox.rules.purchase_postings import ITEM
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LINKED = "You can't delete this purchase order because other transactions are linked to it. Unlink them first."
ORDER = (
    "SalesTermRef",
    "DueDate",
    "VendorAddr",
    "ShipAddr",
    "ShipMethodRef",
    "ClassRef",
    "POEmail",
    "EmailStatus",
    "POStatus",
    *purchase_form.BODY,
)
EMAIL_STATES = ("NotSet", "NeedToSend", "EmailSent")


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute an order; a client may close and reopen it. Raises `Refusal` 2170, 2500 or any fault of lines."""
    # Any account is taken here: python-quickbooks' own tests send an expense account.
    form = purchase_form.complete_form(write, draft, before, accounts=())
    purchase_form.copy_address(write, form, before)
    known = {line["Id"]: line for line in (before or {}).get("Line", [])}
    for line in form["Line"]:
        line.pop("LinkedTxn", None)
        old = known.get(line["Id"], {"Received": 0})
        if line["DetailType"] == ITEM and "Received" in old:  # recorded lines made by hand have no such member
            line["Received"] = old["Received"]
    form["Line"] = [_in_order(line) for line in form["Line"]]
    form["LinkedTxn"] = before["LinkedTxn"] if before else []
    form.setdefault("CustomField", [])
    form["EmailStatus"] = _state(form, "EmailStatus", EMAIL_STATES, "NotSet")
    form["POStatus"] = _state(form, "POStatus", (OPEN, CLOSED), before["POStatus"] if before else OPEN)
    number_order(write, form, before)
    return form


def _in_order(line: Json) -> Json:
    order = ("Id", "LineNum", "Description", "Amount", "Received")
    return {name: line[name] for name in (*order, *line) if name in line}


def _state(form: Json, field: str, allowed: tuple[str, ...], default: str) -> str:
    state = str(form.get(field, default))
    if state not in allowed:
        raise Refusal(faults.invalid_choice(field, state))
    return state


def settle(_write: Write, before: Json | None, after: Json | None) -> None:
    """Raises `Refusal` 6000 when a linked order is deleted (unlink it first, says Intuit's reference)."""
    if after is None and before and before["LinkedTxn"]:
        raise Refusal(faults.business(LINKED))


KIND = Kind(
    name="PurchaseOrder",
    sequence="transaction",
    required=("APAccountRef", "VendorRef", "Line"),
    order=ORDER,
    queryable=(*purchase_form.QUERYABLE, "DueDate", "POStatus", "SalesTermRef"),
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    counted=True,
    modifier_shown=True,
)
