"""Employee: shares its name space with customers and vendors (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.customer import check_email
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.entities.vendor import DUPLICATE
from connectors.quickbooks.sandbox.rules import addresses, frame, names

ORDER = (
    "BillableTime",
    *frame.FRAME,
    "Organization",
    *names.NAME_PARTS,
    "DisplayName",
    "PrintOnCheckName",
    "Active",
    "V4IDPseudonym",
    "PrimaryPhone",
    "PrimaryEmailAddr",
)
QUERYABLE = ("Id", "DisplayName", "GivenName", "MiddleName", "FamilyName", "PrintOnCheckName", "Active", *METADATA)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute an employee; raises `Refusal` 6080, 2040, 2210 or 6240."""
    employee = dict(draft)
    employee["Active"] = employee.get("Active", True)
    employee["BillableTime"] = employee.get("BillableTime", False)
    check_email(employee)
    names.complete_person(write, employee, DUPLICATE)
    addresses.number_addresses(write.company, employee, before)
    employee["Organization"] = False
    employee.setdefault("V4IDPseudonym", names.pseudonym(write, employee))
    return employee


KIND = Kind(
    name="Employee",
    sequence="name",
    order=ORDER,
    queryable=QUERYABLE,
    kept=("Active", "V4IDPseudonym"),
    complete=complete,
    name_field="DisplayName",
    sort_field="DisplayName",
)
