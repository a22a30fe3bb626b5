"""Processing fee -> Purchase (an expense) to the processor as vendor (qbo-facts 2.3, section 9 variant A)."""

from __future__ import annotations

from connectors.contract import Remote
from connectors.documents import Fee
from connectors.quickbooks.encoding import cents
from connectors.quickbooks.mapping.header import Body, Resolved, header, number, ref, version


def to_purchase(fee: Fee, resolved: Resolved, current: Remote | None, marker: str) -> Body:
    """PaymentType is repeated in each update (2020 otherwise). No customer on the line, so no BillableStatus."""
    body: Body = {
        "PaymentType": resolved.payment_type,
        "AccountRef": ref(resolved.account),
        "EntityRef": {"value": resolved.vendor, "type": "Vendor"},
        "Line": [
            {
                "DetailType": "AccountBasedExpenseLineDetail",
                "Amount": cents(fee.total),
                "AccountBasedExpenseLineDetail": {"AccountRef": ref(resolved.expense_account)},
            }
        ],
    }
    return version(current) | header(fee, resolved, marker) | number(fee) | body
