"""TaxRate: a percentage owed to an agency; made together with its code by TaxService, read-only by itself."""

from __future__ import annotations

from connectors.quickbooks.sandbox.entities.kind import METADATA, READ_ONLY, Kind
from connectors.quickbooks.sandbox.rules import frame

KIND = Kind(
    name="TaxRate",
    sequence="tax_rate",
    order=(
        "Name",
        "Description",
        "Active",
        "RateValue",
        "AgencyRef",
        "TaxReturnLineRef",
        "SpecialTaxType",
        "DisplayType",
        "EffectiveTaxRate",
        *frame.FRAME,
    ),
    queryable=("Id", "Name", "Active", "Description", *METADATA),
    operations=READ_ONLY,
    name_field="Name",
    sort_field="Name",
)
