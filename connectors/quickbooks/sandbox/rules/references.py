"""References to other objects: found, active, and answered with their present name (qbo-facts 2500)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

PERSONS = ("Customer", "Vendor", "Employee")
ELEMENTS = {
    "Customer": "Names",
    "Vendor": "Names",
    "Employee": "Names",
    "Account": "Accounts",
    "Item": "Items",
    "Term": "Terms",
    "Class": "Klasses",
    "Department": "Depts",
    "PaymentMethod": "PaymentMethods",
    "TaxAgency": "TaxAgency",
    "TaxCode": "TaxCode",
    "TaxRate": "TaxRate",
}


def target(company: Company, reference: Any, *kinds: str, place: str = "") -> tuple[str, Json]:
    """Return the kind and the object a reference names; raises `Refusal` 2500 when it is missing or inactive.

    `place` is the path of a line's item: a missing one is told by it and not by its Id (recorded).
    """
    value = reference.get("value") if isinstance(reference, dict) else reference
    for kind in kinds:
        found = company.get(kind, value)
        if found is not None:
            if not found.get("Active", True):
                raise Refusal(faults.invalid_reference(faults.INACTIVE_TEXT))
            return kind, found
    if place:
        raise Refusal(faults.invalid_reference(place, place))
    raise Refusal(
        faults.invalid_reference(f"{ELEMENTS.get(kinds[0], kinds[0])} element id {value} not found", "Reference Id")
    )


def person(company: Company, reference: Any, sort: Any) -> tuple[str, Json]:
    """Return the customer, vendor or employee a line concerns; `sort` is the type the client wrote, in any case.

    Raises:
        Refusal: 2500 when there is none.
    """
    kinds = tuple(kind for kind in PERSONS if kind.casefold() == str(sort).casefold()) or PERSONS
    return target(company, reference, *kinds)


def named(company: Company, reference: Any, kind: str) -> Json:
    """Return a reference with value and present name."""
    _, found = target(company, reference, kind)
    return {"value": found["Id"], "name": shown_name(found)}


def name_all(company: Company, holder: Json, kinds: Mapping[str, str]) -> None:
    """Answer the references that a form or a line holds with their names; `kinds` says what each member names."""
    for field, kind in kinds.items():
        if field in holder:
            holder[field] = named(company, holder[field], kind)


def shown_name(found: Json) -> str:
    """Customers and vendors show their DisplayName, accounts and items their full name, the rest their Name."""
    return str(found.get("DisplayName") or found.get("FullyQualifiedName") or found.get("Name", ""))


def account(company: Company, reference: Any, allowed: tuple[str, ...], purpose: str) -> Json:
    """Return a reference to an account of an allowed AccountType; raises `Refusal` 2500 or 6430."""
    _, found = target(company, reference, "Account")
    if found["AccountType"] not in allowed:
        raise Refusal(faults.wrong_account_type(f"{found['AccountType']} for {purpose}"))
    return {"value": found["Id"], "name": shown_name(found)}


def undeposited_funds(company: Company) -> Json:
    """Return a reference to the account that receives money by default."""
    rows = company.store.rows("Account")
    found = next(row.data for row in rows if row.data["AccountSubType"] == "UndepositedFunds")
    return {"value": found["Id"], "name": shown_name(found)}
