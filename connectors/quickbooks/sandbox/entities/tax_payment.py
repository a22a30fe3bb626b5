"""TaxPayment: payments of sales tax in companies outside the US; read only by API."""

from __future__ import annotations

from connectors.quickbooks.sandbox.entities.kind import METADATA, READ_ONLY, Kind

KIND = Kind(
    name="TaxPayment",
    sequence="transaction",
    queryable=("Id", "PaymentDate", "PaymentAmount", "Refund", *METADATA),
    operations=READ_ONLY,
)
