"""What bills, expenses and vendor credits book: an account or an item's account for each line."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Name
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules import tax_postings
from connectors.quickbooks.sandbox.rules.postings import Booking, account_of

ACCOUNT, ITEM = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"
OPEN_TYPES = {"Accounts Receivable", "Accounts Payable"}


def book_lines(booking: Booking, company: Company, document: Json, *, sign: int) -> None:
    """Debit what was bought (`sign` 1), or credit what is given back (-1)."""
    for line in document.get("Line", []):
        amount = sign * Decimal(line.get("Amount", 0))
        detail = line.get(line.get("DetailType", ""), {})
        if line.get("DetailType") == ACCOUNT:
            account = detail["AccountRef"]["value"]
            booking.add(account, amount, _name(company, account, document, detail), line.get("Description", ""))
        elif line.get("DetailType") == ITEM:
            _book_item(booking, company, detail, amount, sign)
    tax_postings.book(booking, company, document, "Purchase", sign=sign)


def _book_item(booking: Booking, company: Company, detail: Json, amount: Decimal, sign: int) -> None:
    item = company.get("Item", detail["ItemRef"]["value"]) or {}
    stocked = item.get("Type") == "Inventory"
    reference = item.get("AssetAccountRef" if stocked else "ExpenseAccountRef") or item.get("IncomeAccountRef") or {}
    booking.add(reference.get("value") or account_of(company, "Expense"), amount)
    if stocked:
        booking.move(item["Id"], sign * Decimal(detail.get("Qty", 0)))


def _name(company: Company, account: str, document: Json, detail: Json) -> Name | None:
    """A line on A/R or A/P concerns the customer of the line, or whom the document names."""
    found = company.get("Account", account) or {}
    if found.get("AccountType") not in OPEN_TYPES:
        return None
    if found["AccountType"] == "Accounts Receivable" and "CustomerRef" in detail:
        return "Customer", detail["CustomerRef"]["value"]
    entity = document.get("EntityRef")
    return (str(entity["type"]), str(entity["value"])) if entity else vendor_of(document)


def vendor_of(document: Json) -> Name | None:
    """Return whom a bill, a vendor credit or a bill payment concerns."""
    vendor = document.get("VendorRef")
    return ("Vendor", str(vendor["value"])) if vendor else None
