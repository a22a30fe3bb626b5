"""TaxAgency: whom the tax is owed; each has its own liability account (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import frame, own_accounts
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DUPLICATE = "Another tax agency is already using this name. Please use a different name."


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute an agency and make its account; raises `Refusal` 6240 for a name in use."""
    agency: Json = {name: draft[name] for name in ("DisplayName", "TaxRegistrationNumber") if name in draft}
    for row in write.company.store.find("TaxAgency", "DisplayName", agency["DisplayName"]):
        if row.id != draft.get("Id"):
            raise Refusal(faults.duplicate_name(DUPLICATE))
    own = {"TaxTrackedOnPurchases": write.company.charges_by_line, "TaxTrackedOnSales": True}
    agency |= {name: (before or own)[name] for name in own}
    own_accounts.agency_account(write, agency)
    return agency


KIND = Kind(
    name="TaxAgency",
    sequence="tax_agency",
    required=("DisplayName",),
    order=("TaxTrackedOnPurchases", "TaxTrackedOnSales", *frame.FRAME, "DisplayName"),
    queryable=("Id", "DisplayName", *METADATA),
    complete=complete,
    sort_field="DisplayName",
)
