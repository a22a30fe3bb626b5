"""Transfer: money moved between two accounts of the balance sheet (qbo-facts 2.1)."""

from __future__ import annotations

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import frame, links
from connectors.quickbooks.sandbox.rules.amounts import money
from connectors.quickbooks.sandbox.rules.postings import Booking
from connectors.quickbooks.sandbox.rules.references import account
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

# Every balance sheet type but A/R and A/P: clients move money between whatever asset accounts come first.
MOVABLE = (
    "Bank",
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
)
IGNORED = ("RecurDataRef", "ExchangeRate", "DocNumber", "Line", "TxnTaxDetail")
ORDER = (
    "FromAccountRef",
    "ToAccountRef",
    "Amount",
    *frame.FRAME,
    "TxnDate",
    "CurrencyRef",
    "PrivateNote",
    "LinkedTxn",
)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a transfer; raises `Refusal` 2500 or 6430 for an account, 6000 for the same one twice or less than 0."""
    transfer = {name: value for name, value in draft.items() if name not in IGNORED}
    transfer.setdefault("TxnDate", clock.today(write.now))
    for name in ("FromAccountRef", "ToAccountRef"):
        transfer[name] = account(write.company, transfer[name], MOVABLE, name)
    if transfer["FromAccountRef"]["value"] == transfer["ToAccountRef"]["value"]:
        raise Refusal(faults.business("You can't transfer from and to the same account."))
    transfer["Amount"] = money(transfer["Amount"], "Amount")
    if transfer["Amount"] < 0:
        raise Refusal(faults.negative_total())
    transfer["CurrencyRef"] = frame.currency(write.company)
    links.keep(transfer, before)
    return transfer


def post(company: Company, transfer: Json) -> Entry | None:
    booking = Booking(company, "Transfer", transfer)
    booking.add(transfer["ToAccountRef"]["value"], transfer["Amount"])
    booking.close(transfer["FromAccountRef"]["value"])
    return booking.entry()


KIND = Kind(
    name="Transfer",
    sequence="transaction",
    required=("FromAccountRef", "ToAccountRef", "Amount"),
    order=ORDER,
    queryable=("Id", "TxnDate", "Amount", "FromAccountRef", "ToAccountRef", *METADATA),
    operations=TRANSACTION,
    complete=complete,
    post=post,
)
