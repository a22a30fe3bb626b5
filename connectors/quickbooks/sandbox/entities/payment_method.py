"""PaymentMethod: cash, check, cards (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import frame, names
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

TYPES = {"CREDIT_CARD", "NON_CREDIT_CARD"}
DUPLICATE = "Another payment method is already using this name. Please use a different name."


def complete(write: Write, draft: Json, _before: Json | None) -> Json:
    """Compute a payment method; raises `Refusal` 2170 or 6240."""
    method = dict(draft)
    method["Active"] = method.get("Active", True)
    method.setdefault("Type", "NON_CREDIT_CARD")
    if method["Type"] not in TYPES:
        raise Refusal(faults.invalid_choice("Type", str(method["Type"])))
    method["Name"] = names.marked(method["Name"], active=method["Active"])
    names.check_unique(write, ("PaymentMethod",), "Name", method, DUPLICATE)
    return method


KIND = Kind(
    name="PaymentMethod",
    sequence="payment_method",
    required=("Name",),
    order=("Name", "Active", "Type", *frame.FRAME),
    queryable=("Id", "Name", "Active", "Type", *METADATA),
    kept=("Active", "Type"),
    complete=complete,
    name_field="Name",
    sort_field="Name",
)
