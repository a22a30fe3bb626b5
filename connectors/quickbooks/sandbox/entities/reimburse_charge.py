"""ReimburseCharge: made by QuickBooks from billable expenses; read only by API."""

from __future__ import annotations

from connectors.quickbooks.sandbox.entities.kind import METADATA, READ_ONLY, Kind

KIND = Kind(
    name="ReimburseCharge",
    sequence="transaction",
    queryable=("Id", "CustomerRef", "TxnDate", "Amount", *METADATA),
    operations=READ_ONLY,
)
