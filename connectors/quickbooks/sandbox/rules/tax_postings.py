"""What tax books: each rate's amount on the account of its agency."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules import own_accounts
from connectors.quickbooks.sandbox.rules.postings import Booking, account_of, account_of_subtype
from connectors.quickbooks.sandbox.rules.tax_codes import Side


def book(booking: Booking, company: Company, document: Json, side: Side, *, sign: int) -> None:
    """Debit a document's tax (`sign` 1), or credit it (-1); what no TaxLine names goes to any tax account."""
    detail = document.get("TxnTaxDetail", {})
    rest = Decimal(detail.get("TotalTax", 0))
    for line in detail.get("TaxLine", ()):
        rate = line.get("TaxLineDetail", {}).get("TaxRateRef", {}).get("value", "")
        account = own_accounts.named_account(company, own_accounts.tax_account_name(company, rate, side))
        if account:
            booking.add(account, sign * Decimal(line["Amount"]))
            rest -= Decimal(line["Amount"])
    fallback = account_of_subtype(company, "Other Current Liability", "GlobalTaxPayable")
    booking.add(fallback or account_of(company, "Income"), sign * rest)
