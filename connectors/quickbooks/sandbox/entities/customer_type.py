"""CustomerType: read only by API; companies make them in QuickBooks' own pages."""

from __future__ import annotations

from connectors.quickbooks.sandbox.entities.kind import METADATA, READ_ONLY, Kind

KIND = Kind(
    name="CustomerType",
    sequence="customer_type",
    queryable=("Id", "Name", "Active", *METADATA),
    operations=READ_ONLY,
    name_field="Name",
    sort_field="Name",
)
