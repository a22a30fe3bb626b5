"""Refund -> RefundReceipt (qbo-facts 2.3). It cannot be linked to the invoice: the income is taken back."""

from __future__ import annotations

from decimal import Decimal

from connectors.contract import References, Remote
from connectors.documents import DocumentKind, Line, Refund
from connectors.quickbooks.mapping.header import Body, Resolved, header, number, ref, version
from connectors.quickbooks.mapping.invoice import sales_line
from connectors.quickbooks.mapping.payment import long_reference, method_and_reference


def to_refund_receipt(
    refund: Refund, references: References, resolved: Resolved, current: Remote | None, marker: str
) -> Body:
    """Amounts are positive; DepositToAccountRef is where the money leaves."""
    line = Line(service_id=refund.service_id, quantity=Decimal(1), unit_price=refund.total, amount=refund.total)
    body: Body = {
        "CustomerRef": ref(references.of(DocumentKind.CUSTOMER, refund.customer_id)),
        "DepositToAccountRef": ref(resolved.account),
        "Line": [sales_line(line, references, resolved)],
    }
    body |= method_and_reference(refund.reference, resolved) | number(refund)
    return version(current) | header(refund, resolved, marker, long_reference(refund.reference)) | body
