"""`firsttxndate`: CompanyInfo with the date of the company's first transaction, when it is asked for."""

from __future__ import annotations

from datetime import datetime

from connectors.quickbooks.sandbox.books import opening
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json, Row

ASKED = "firsttxndate"


def present(company: Company, information: Json, _now: datetime, include: frozenset[str]) -> Json:
    """Return CompanyInfo with one more NameValue; unasked or without transactions it stays as it is."""
    if ASKED not in include:
        return information
    kinds = (kind for kind in company.store.kinds() if kind != opening.KIND)
    dates = [first for kind in kinds if (first := _first(company, kind))]
    if not dates:
        return information
    values = [*information.get("NameValue", ()), {"Name": ASKED, "Value": min(dates)}]
    return {**information, "NameValue": values}


def _first(company: Company, kind: str) -> str:
    listed = company.store.sorted(kind, ASKED, _places)
    return str(listed[0][0]) if listed else ""


def _places(row: Row) -> list[tuple[str, str]]:
    return [(row.data["TxnDate"], row.id)] if "TxnDate" in row.data else []
