"""Tax on what is bought: none in the US, input tax by line elsewhere (qbo-facts 2.8)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import tax_codes, taxes
from connectors.quickbooks.sandbox.rules.amounts import ZERO


def complete_line(company: Company, document: Json, detail: Json, amount: Decimal) -> Decimal:
    """Set a line's TaxCodeRef and return its amount without tax; US lines are NON (recorded).

    Raises:
        Refusal: 6000 without a code outside the US, 6100 or 2500 for a wrong one.
    """
    if not company.charges_by_line:
        detail.pop("TaxInclusiveAmt", None)
        detail["TaxCodeRef"] = {"value": detail.get("TaxCodeRef", {}).get("value", "NON")}
        return amount
    applicable = document.get("GlobalTaxCalculation") != "NotApplicable"
    code = tax_codes.line_code(company, detail, applicable=applicable)
    if code is not None:
        detail["TaxCodeRef"] = code
    return taxes.without_tax(company, document, amount, detail, "Purchase")


def complete(write: Write, document: Json, before: Json | None) -> Decimal:
    """Set a bill's or purchase's TxnTaxDetail, which US ones do not have, and return the tax."""
    if not write.company.charges_by_line:
        document.pop("TxnTaxDetail", None)
        return ZERO
    return taxes.complete_detail(write, document, taxes.Document(document["Line"], "Purchase"), before)
