"""Vendor: whom the business pays; its DisplayName may not be a customer's (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.customer import check_email
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import addresses, frame, names

DUPLICATE = "Another customer, vendor or employee is already using this name. Please use a different name."
ORDER = (
    "BillAddr",
    "Balance",
    "AcctNum",
    "Vendor1099",
    "CurrencyRef",
    *frame.FRAME,
    *names.NAME_PARTS,
    "CompanyName",
    "DisplayName",
    "PrintOnCheckName",
    "Active",
    "PrimaryPhone",
    "Mobile",
    "Fax",
    "PrimaryEmailAddr",
    "WebAddr",
)
QUERYABLE = (
    "Id",
    "DisplayName",
    "GivenName",
    "MiddleName",
    "FamilyName",
    "CompanyName",
    "PrintOnCheckName",
    "Active",
    "Balance",
    "PrimaryEmailAddr",
    *METADATA,
)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a vendor; raises `Refusal` 6080, 2040, 2210 or 6240."""
    vendor = dict(draft)
    vendor["Active"] = vendor.get("Active", True)
    check_email(vendor)
    names.complete_person(write, vendor, DUPLICATE)
    addresses.number_addresses(write.company, vendor, before)
    vendor["Balance"] = before["Balance"] if before else 0
    vendor["Vendor1099"] = vendor.get("Vendor1099", False)
    vendor["CurrencyRef"] = frame.currency(write.company)
    return vendor


KIND = Kind(
    name="Vendor",
    sequence="name",
    order=ORDER,
    queryable=QUERYABLE,
    kept=("Active",),
    complete=complete,
    name_field="DisplayName",
    sort_field="DisplayName",
)
