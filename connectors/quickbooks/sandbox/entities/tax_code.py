"""TaxCode: one or several rates under a name; made by TaxService, read-only by itself (qbo-facts 2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, READ_ONLY, Kind
from connectors.quickbooks.sandbox.query.language import Condition
from connectors.quickbooks.sandbox.rules import frame

PSEUDO = (("TAX", True), ("NON", False), ("CustomSalesTax", True))


def pseudo_codes(company: Company, _condition: Condition, _now: datetime) -> Iterator[Json]:
    """Give what a US company's lines say instead of a code; every page of a query has them (qbo-facts 12.13)."""
    if not company.charges_by_line:
        for name, taxable in PSEUDO:
            shown = {"Name": name, "Description": name, "Active": True, "Taxable": taxable, "TaxGroup": False}
            yield {**shown, "Id": name}


KIND = Kind(
    name="TaxCode",
    sequence="tax_code",
    order=(
        "Name",
        "Description",
        "Active",
        "Hidden",
        "Taxable",
        "TaxGroup",
        "SalesTaxRateList",
        "PurchaseTaxRateList",
        "TaxCodeConfigType",
        *frame.FRAME,
    ),
    queryable=("Id", "Name", "Active", "Description", *METADATA),
    operations=READ_ONLY,
    name_field="Name",
    sort_field="Name",
    besides=pseudo_codes,
)
