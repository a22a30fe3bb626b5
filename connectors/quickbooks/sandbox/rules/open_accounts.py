"""A line on A/R needs a customer, one on A/P a vendor (recorded texts of 6000)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

OWED = {
    "Accounts Receivable": (
        "Customer",
        "When you use Accounts Receivable, you must choose a customer in the Name field.",
    ),
    "Accounts Payable": ("Vendor", "When you use Accounts Payable, you must choose a vendor in the Name field."),
}


def check_name(company: Company, reference: Json, person: str) -> None:
    """Raises `Refusal` 6000 when the account is A/R or A/P and `person` (an entity's name) does not fit it."""
    found = company.get("Account", reference["value"]) or {}
    needed, text = OWED.get(found.get("AccountType", ""), ("", ""))
    if needed and person != needed:
        raise Refusal(faults.business(text))


def open_name(company: Company, account: str, kind: str, id_: str) -> tuple[str, str] | None:
    """Return whose balance a posting moves: a customer's on A/R, a vendor's on A/P, else nobody's."""
    found = company.get("Account", account) or {}
    needed, _ = OWED.get(found.get("AccountType", ""), ("", ""))
    return (kind, id_) if needed and kind == needed else None
