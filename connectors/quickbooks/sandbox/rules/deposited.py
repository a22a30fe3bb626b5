"""What a deposit sweeps up is frozen until the deposit lets it go (qbo-facts 2.4, 6540).

The swept transaction shows a LinkedTxn of type Deposit; its SyncToken and LastUpdatedTime stay (qbo-facts 2.1).
"""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules import links
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

Swept = tuple[str, str]  # the entity and the Id of what a line has swept up
# The TxnType of a link, without case, and the entity it names.
SWEEPABLE = {
    "payment": "Payment",
    "salesreceipt": "SalesReceipt",
    "refundreceipt": "RefundReceipt",
    "journalentry": "JournalEntry",
    "transfer": "Transfer",
    "billpayment": "BillPayment",
}


def check_free(data: Json) -> None:
    """Raises `Refusal` 6540 when a transaction lies in a deposit: every update is refused, and void and delete."""
    if in_deposit(data):
        raise Refusal(faults.deposited())


def in_deposit(data: Json) -> bool:
    return bool(links.linked(data, "Deposit"))


def swept(deposit: Json | None) -> list[Swept]:
    """Return what a deposit's lines have swept up, in the order of the lines."""
    found = [link for line in (deposit or {}).get("Line", ()) for link in line.get("LinkedTxn", ())]
    return [(SWEEPABLE[link["TxnType"].casefold()], link["TxnId"]) for link in found]


def settle(company: Company, before: Json | None, after: Json | None) -> None:
    """Carry a deposit's changed links to the transactions it sweeps up or lets go."""
    deposit = (after or before or {})["Id"]
    old, new = swept(before), swept(after)
    for key in [*(one for one in old if one not in new), *(one for one in new if one not in old)]:
        data = company.get(*key)
        if data is not None:
            links.put(company, key[0], data, links.with_link(data, "Deposit", deposit, present=key in new))
