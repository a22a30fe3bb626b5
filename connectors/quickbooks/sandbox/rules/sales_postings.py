"""What sales forms book: income by line, discount, tax by agency, cost of goods; the caller says who pays."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules import tax_postings
from connectors.quickbooks.sandbox.rules.amounts import cents
from connectors.quickbooks.sandbox.rules.postings import Booking, account_of

SHIPPING = "SHIPPING_ITEM_ID"


def book_lines(booking: Booking, company: Company, form: Json, *, sign: int) -> None:
    """Book a form's lines: `sign` 1 for a sale (income credited), -1 for a credit or refund."""
    for line in flat(form.get("Line", [])):
        amount = Decimal(line.get("Amount", 0))
        if line["DetailType"] == "SalesItemLineDetail":
            detail = line.get("SalesItemLineDetail", {})
            booking.add(_income(company, detail), -sign * amount, text=line.get("Description", ""))
            _book_goods(booking, company, detail, sign)
        elif line["DetailType"] == "DiscountLineDetail":
            account = line["DiscountLineDetail"].get("DiscountAccountRef", {}).get("value")
            booking.add(account or _fallback(company), sign * amount)
    tax_postings.book(booking, company, form, "Sales", sign=-sign)


def flat(lines: list[Json]) -> Iterator[Json]:
    """Give the lines that count: those inside a group stand for the group."""
    for line in lines:
        if line.get("DetailType") == "GroupLineDetail":
            yield from flat(line["GroupLineDetail"].get("Line", []))
        elif line.get("DetailType"):
            yield line


def _income(company: Company, detail: Json) -> str:
    item = company.get("Item", detail.get("ItemRef", {}).get("value")) or {}
    reference = detail.get("ItemAccountRef") or item.get("IncomeAccountRef") or {}
    shipping = str(company.preference("SalesFormsPrefs", "DefaultShippingAccount"))
    if detail.get("ItemRef", {}).get("value") == SHIPPING and company.get("Account", shipping):
        reference = {"value": shipping}
    return str(reference.get("value") or _fallback(company))


def _fallback(company: Company) -> str:
    return account_of(company, "Income")


def _book_goods(booking: Booking, company: Company, detail: Json, sign: int) -> None:
    """Take sold goods out of stock at their purchase cost (QuickBooks keeps them first in, first out)."""
    item = company.get("Item", detail.get("ItemRef", {}).get("value")) or {}
    quantity = Decimal(detail.get("Qty", 0))
    if item.get("Type") != "Inventory" or not quantity:
        return
    booking.move(item["Id"], -sign * quantity)
    cost = cents(quantity * Decimal(item.get("PurchaseCost", 0)))
    booking.home(item["AssetAccountRef"]["value"], -sign * cost)
    booking.home(item["ExpenseAccountRef"]["value"], sign * cost)


def customer_of(form: Json) -> tuple[str, str] | None:
    customer = form.get("CustomerRef", {}).get("value")
    return ("Customer", customer) if customer else None
