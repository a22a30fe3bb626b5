"""Invoice -> Invoice (qbo-facts 2.3)."""

from __future__ import annotations

from connectors.contract import References, Remote
from connectors.documents import DocumentKind, Invoice, Line
from connectors.quickbooks.encoding import cents, plain
from connectors.quickbooks.mapping.header import Body, Resolved, header, number, ref, version


def to_invoice(
    invoice: Invoice, references: References, resolved: Resolved, current: Remote | None, marker: str
) -> Body:
    """All lines each time: a Line array replaces the whole one. Never TotalAmt: QBO adds up the lines itself.

    No TaxCodeRef: a US line without one is entered as NON (qbo-facts 12, point 5), and the returned total is compared.
    """
    body: Body = {
        "CustomerRef": ref(references.of(DocumentKind.CUSTOMER, invoice.customer_id)),
        "Line": [sales_line(line, references, resolved) for line in invoice.lines],
    }
    if invoice.due_date is not None:
        body["DueDate"] = invoice.due_date.isoformat()
    if invoice.email:
        body["BillEmail"] = {"Address": invoice.email}
    return version(current) | header(invoice, resolved, marker) | number(invoice) | body


def sales_line(line: Line, references: References, resolved: Resolved) -> Body:
    """UnitPrice with all its digits: QBO multiplies it by Qty and compares with Amount (6070, qbo-facts 2.1)."""
    service = line.service_id if line.service_id is not None else resolved.default_service
    body: Body = {
        "DetailType": "SalesItemLineDetail",
        "Amount": cents(line.amount),
        "SalesItemLineDetail": {
            "ItemRef": ref(references.of(DocumentKind.SERVICE, service)),
            "Qty": plain(line.quantity),
            "UnitPrice": plain(line.unit_price),
        },
    }
    return body | {"Description": line.description} if line.description else body
