"""Customer: DisplayName shared with vendors and employees; sub-customers (jobs) under a parent (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, View, Write
from connectors.quickbooks.sandbox.rules import addresses, currency, frame, names
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

ORDER = (
    "Taxable",
    "BillAddr",
    "ShipAddr",
    "Notes",
    "Job",
    "BillWithParent",
    "ParentRef",
    "Level",
    "SalesTermRef",
    "PaymentMethodRef",
    "Balance",
    "BalanceWithJobs",
    "CurrencyRef",
    "PreferredDeliveryMethod",
    "IsProject",
    "ClientEntityId",
    *frame.FRAME,
    *names.NAME_PARTS,
    "FullyQualifiedName",
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
    "DefaultTaxCodeRef",
)
QUERYABLE = (
    "Id",
    "DisplayName",
    "GivenName",
    "MiddleName",
    "FamilyName",
    "CompanyName",
    "PrintOnCheckName",
    "FullyQualifiedName",
    "Active",
    "Balance",
    "PrimaryEmailAddr",
    "Job",
    *METADATA,
)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a customer; raises `Refusal` 6080, 2040, 2210, 2500 or 6240."""
    customer = dict(draft)
    customer["Active"] = customer.get("Active", True)
    check_email(customer)
    if "ParentRef" in customer:
        parent = names.parent_of(write, "Customer", customer)
        customer["ParentRef"] = {"value": parent["Id"]}
        customer["Level"] = names.level(write, "Customer", customer)
    else:
        customer.pop("Level", None)
    customer["Job"] = "ParentRef" in customer
    customer["BillWithParent"] = customer["Job"] and customer.get("BillWithParent", False)
    # QBO's own example: no text, because a recorded answer ends in ": null".
    names.complete_person(write, customer, "null")
    customer["FullyQualifiedName"] = names.qualified(write, "Customer", customer, customer["DisplayName"])
    addresses.number_addresses(write.company, customer, before)
    for name in ("Balance", "BalanceWithJobs"):
        customer[name] = before[name] if before else 0
    customer["CurrencyRef"] = currency.of_name(write, "Customer", customer, before)
    customer.setdefault("PreferredDeliveryMethod", "Print")
    customer["IsProject"] = False
    customer.pop("ClientEntityId", None)
    customer.setdefault("V4IDPseudonym", names.pseudonym(write, customer))
    _complete_tax(write, customer)
    return customer


def show(customer: Json, view: View) -> Json:
    """A query shows ClientEntityId and no tax code, a write shows neither pseudonym (recorded in May 2026)."""
    if view == "listed":
        return {**_without(customer, "DefaultTaxCodeRef"), "ClientEntityId": "0"}
    hidden = ("ClientEntityId",) if view == "read" else ("ClientEntityId", "V4IDPseudonym")
    return _without(customer, *hidden)


def _without(customer: Json, *hidden: str) -> Json:
    return {name: value for name, value in customer.items() if name not in hidden}


def check_email(person: Json) -> None:
    """Raises `Refusal` 2210 unless the address holds `@` and `.`."""
    address = person.get("PrimaryEmailAddr", {}).get("Address")
    if address is not None and not ("@" in address and "." in address):
        raise Refusal(faults.invalid_email(address))


def _complete_tax(write: Write, customer: Json) -> None:
    """A company that uses sales tax gives its default code to taxable customers (recorded: Taxable, code 2)."""
    code = write.company.preference("TaxPrefs", "TaxGroupCodeRef")
    customer["Taxable"] = customer.get("Taxable", code is not None)
    if customer["Taxable"] and code:
        customer.setdefault("DefaultTaxCodeRef", code)


KIND = Kind(
    name="Customer",
    sequence="name",
    order=ORDER,
    queryable=QUERYABLE,
    kept=("Active", "ParentRef", "Taxable", "DefaultTaxCodeRef", "V4IDPseudonym"),
    show=show,
    complete=complete,
    name_field="DisplayName",
    sort_field="FullyQualifiedName",
)
