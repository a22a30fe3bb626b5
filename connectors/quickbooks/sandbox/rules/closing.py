"""The closing date: nothing dated on or before it may be made, changed, voided or deleted (qbo-facts 6210)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal


def check_open(company: Company, *states: Json | None) -> None:
    """Raises `Refusal` 6210 when a transaction's date, before or after the change, lies in the closed period."""
    closed = company.preference("AccountingInfoPrefs", "BookCloseDate")
    if closed and any(state is not None and state.get("TxnDate", "9999") <= closed for state in states):
        raise Refusal(faults.period_closed())
