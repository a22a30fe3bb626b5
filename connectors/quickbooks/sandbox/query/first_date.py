"""`firsttxndate`: CompanyInfo with the date of the company's first transaction, when it is asked for."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json, Row
from connectors.quickbooks.sandbox.entities.registry import BY_NAME

ASKED = "firsttxndate"


def added(company: Company, information: Json) -> Json:
    """Return CompanyInfo with one more NameValue; without transactions it stays as it is."""
    dates = [first for kind in BY_NAME.values() if kind.transaction and (first := _first(company, kind.name))]
    if not dates:
        return information
    values = [*information.get("NameValue", ()), {"Name": ASKED, "Value": min(dates)}]
    return {**information, "NameValue": values}


def _first(company: Company, kind: str) -> str:
    listed = company.store.sorted(kind, ASKED, _places)
    return str(listed[0][0]) if listed else ""


def _places(row: Row) -> list[tuple[str, str]]:
    return [(row.data["TxnDate"], row.id)] if "TxnDate" in row.data else []
