"""Payment -> Payment, linked to its invoices (qbo-facts 2.3, 2.5)."""

from __future__ import annotations

from connectors.contract import References, Remote
from connectors.documents import Allocation, DocumentKind, Payment
from connectors.quickbooks.encoding import cents
from connectors.quickbooks.limits import REFERENCE
from connectors.quickbooks.mapping.header import Body, Resolved, header, ref, version


def to_payment(
    payment: Payment, references: References, resolved: Resolved, current: Remote | None, marker: str
) -> Body:
    """Gross. The list of lines that is sent becomes the list, so an update names all of them, none included."""
    body: Body = {
        "CustomerRef": ref(references.of(DocumentKind.CUSTOMER, payment.customer_id)),
        "TotalAmt": cents(payment.total),
        "DepositToAccountRef": ref(resolved.account),
    }
    lines = [_line(allocation, references) for allocation in payment.allocations]
    if lines or current is not None:
        body["Line"] = lines
    body |= method_and_reference(payment.reference, resolved)
    return version(current) | header(payment, resolved, marker, long_reference(payment.reference)) | body


def method_and_reference(reference: str, resolved: Resolved) -> Body:
    """PaymentRefNum takes 21 characters; a longer reference (a card charge's id) stands in the note as a whole."""
    body: Body = {}
    if reference:
        body["PaymentRefNum"] = reference[:REFERENCE]
    if resolved.payment_method:
        body["PaymentMethodRef"] = ref(resolved.payment_method)
    return body


def long_reference(reference: str) -> str:
    return reference if len(reference) > REFERENCE else ""


def _line(allocation: Allocation, references: References) -> Body:
    invoice = references.of(DocumentKind.INVOICE, allocation.invoice_id)
    return {"Amount": cents(allocation.amount), "LinkedTxn": [{"TxnId": invoice, "TxnType": "Invoice"}]}
