"""What a customer owes: open invoices minus unapplied payments and remaining credits (recorded: 85 - 100 = -15)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.rules.amounts import ZERO

OPEN = {"Invoice": ("Balance", 1), "Payment": ("UnappliedAmt", -1), "CreditMemo": ("RemainingCredit", -1)}


def open_amount(kind: str, data: Json | None) -> Decimal:
    """Return what a transaction adds to its customer's balance."""
    if data is None or kind not in OPEN:
        return ZERO
    field, sign = OPEN[kind]
    return Decimal(data.get(field, 0)) * sign


def move_customer(write: Write, kind: str, before: Json | None, after: Json | None) -> None:
    """Carry a transaction's change to its customer: balances and LastUpdatedTime move, the SyncToken does not."""
    moves: dict[str, Decimal] = {}
    for data, sign in ((before, -1), (after, 1)):
        customer = (data or {}).get("CustomerRef", {}).get("value")
        if customer:
            moves[customer] = moves.get(customer, ZERO) + sign * open_amount(kind, data)
    for customer, amount in moves.items():
        if amount:
            _add(write, customer, amount)


def _add(write: Write, customer: str, amount: Decimal) -> None:
    data = write.company.get("Customer", customer)
    field = "Balance"
    while data is not None:
        changed = frame.touched(data, write.now, token=False)
        for name in {field, "BalanceWithJobs"}:
            changed[name] = Decimal(data[name]) + amount
        write.company.put("Customer", changed)
        data = write.company.get("Customer", data.get("ParentRef", {}).get("value"))
        field = "BalanceWithJobs"
