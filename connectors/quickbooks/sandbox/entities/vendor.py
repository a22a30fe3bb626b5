"""Vendor: whom the business pays; its DisplayName may not be a customer's (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.customer import check_email
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, View, Write
from connectors.quickbooks.sandbox.rules import addresses, currency, frame, names
from connectors.quickbooks.sandbox.rules.purchase_form import PAYABLE
from connectors.quickbooks.sandbox.rules.references import account, named

DUPLICATE = "Another customer, vendor or employee is already using this name. Please use a different name."
ORDER = (
    "OtherContactInfo",
    "TaxIdentifier",
    "BillAddr",
    "TermRef",
    "APAccountRef",
    "Balance",
    "BillRate",
    "AcctNum",
    "Vendor1099",
    "CurrencyRef",
    "CostRate",
    *frame.FRAME,
    *names.NAME_PARTS,
    "CompanyName",
    "DisplayName",
    "PrintOnCheckName",
    "Active",
    "V4IDPseudonym",
    "PrimaryPhone",
    "AlternatePhone",
    "Mobile",
    "Fax",
    "PrimaryEmailAddr",
    "WebAddr",
)
RATES = ("BillRate", "CostRate")
VISIBLE = 5  # the characters of a tax number that an answer shows
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
    """Compute a vendor; raises `Refusal` 6080, 2040, 2210, 2500, 6430 or 6240."""
    vendor = dict(draft)
    vendor["Active"] = vendor.get("Active", True)
    check_email(vendor)
    names.complete_person(write, vendor, DUPLICATE)
    addresses.number_addresses(write.company, vendor, before)
    _complete_terms(write, vendor)
    vendor["Balance"] = before["Balance"] if before else 0
    vendor["Vendor1099"] = vendor.get("Vendor1099", False)
    vendor["CurrencyRef"] = currency.of_name(write, "Vendor", vendor, before)
    vendor.setdefault("V4IDPseudonym", names.pseudonym(write, vendor))
    return vendor


def _complete_terms(write: Write, vendor: Json) -> None:
    """Resolve term and account, drop rates of zero and mask the tax number (qbo-facts 2.2)."""
    if "TermRef" in vendor:  # recorded: shown without its name
        vendor["TermRef"] = {"value": named(write.company, vendor["TermRef"], "Term")["value"]}
    if "APAccountRef" in vendor:
        vendor["APAccountRef"] = account(write.company, vendor["APAccountRef"], (PAYABLE,), "APAccountRef")
    for name in RATES:
        if not vendor.get(name):
            vendor.pop(name, None)
    if "TaxIdentifier" in vendor:
        number = vendor["TaxIdentifier"]
        vendor["TaxIdentifier"] = "X" * max(len(number) - VISIBLE, 0) + number[-VISIBLE:]


def show(vendor: Json, view: View) -> Json:
    """A vendor by itself shows rates of zero; a query leaves them out (recorded)."""
    return vendor if view == "listed" else {**dict.fromkeys(RATES, 0), **vendor}


KIND = Kind(
    name="Vendor",
    sequence="name",
    order=ORDER,
    queryable=QUERYABLE,
    kept=("Active", "V4IDPseudonym"),
    complete=complete,
    name_field="DisplayName",
    sort_field="DisplayName",
    show=show,
)
