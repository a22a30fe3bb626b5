"""Addresses: numbered when they are new, copied from the customer to a sales form that has none."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json

FIELDS = ("BillAddr", "ShipAddr")


def number_addresses(company: Company, draft: Json, before: Json | None) -> None:
    """Give an Id to each address; one that did not change keeps its Id, and equal ones share it."""
    for field in FIELDS:
        if not isinstance(draft.get(field), dict):
            continue
        bare = _bare(draft[field])
        if not bare:
            del draft[field]
            continue
        draft[field] = {"Id": _known_id(draft, before, field) or company.next_id("address"), **bare}


def copy_from_customer(draft: Json, customer: Json) -> None:
    for field in FIELDS:
        if field not in draft and field in customer:
            draft[field] = customer[field]


def sender(company: Company) -> Json:
    """Return ShipFromAddr as recorded: the company's street, and city, state and code on the second line."""
    home = company.information["CompanyAddr"]
    second = f"{home.get('City', '')}, {home.get('CountrySubDivisionCode', '')}  {home.get('PostalCode', '')}"
    return {"Id": company.next_id("address"), "Line1": home.get("Line1", ""), "Line2": second}


def _bare(address: Json) -> Json:
    return {key: value for key, value in address.items() if key != "Id"}


def _known_id(draft: Json, before: Json | None, field: str) -> str | None:
    candidates = [(before or {}).get(field), draft["BillAddr"] if field == "ShipAddr" and "BillAddr" in draft else None]
    same = (known for known in candidates if known and "Id" in known and _bare(known) == _bare(draft[field]))
    return next((str(known["Id"]) for known in same), None)
