"""TaxClassification: what kind of thing is sold, for automated sales tax; read only, and empty without it."""

from __future__ import annotations

from connectors.quickbooks.sandbox.entities.kind import METADATA, READ_ONLY, Kind

KIND = Kind(
    name="TaxClassification",
    sequence="tax_classification",
    queryable=("Id", "Code", "Name", "Level", *METADATA),
    operations=READ_ONLY,
    sort_field="Code",
)
