"""CreditCardPayment: a card's debt paid from the bank; its answers are wrapped in CreditCardPaymentTxn (F:mcp)."""

from __future__ import annotations

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.rules.amounts import money
from connectors.quickbooks.sandbox.rules.postings import Booking
from connectors.quickbooks.sandbox.rules.references import account, named
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

CARD = ("Credit Card",)
PAYING = ("Bank", "Other Current Asset", "Fixed Asset", "Other Asset")  # clients pay from the first asset account
IGNORED = ("CreditCardPaymentEx", "RecurDataRef", "ExchangeRate", "DocNumber", "Line", "LinkedTxn", "TxnTaxDetail")
ORDER = (
    "CreditCardAccountRef",
    "BankAccountRef",
    "Amount",
    "VendorRef",
    "CheckNum",
    "PrintStatus",
    "Memo",
    *frame.FRAME,
    "TxnDate",
    "CurrencyRef",
    "PrivateNote",
)


def complete(write: Write, draft: Json, _before: Json | None) -> Json:
    """Compute a card payment; raises `Refusal` 2500 or 6430 for an account, 6000 for less than 0."""
    payment = {name: value for name, value in draft.items() if name not in IGNORED}
    payment.setdefault("TxnDate", clock.today(write.now))
    payment["CreditCardAccountRef"] = account(write.company, payment["CreditCardAccountRef"], CARD, "credit card")
    payment["BankAccountRef"] = account(write.company, payment["BankAccountRef"], PAYING, "bank account")
    payment["Amount"] = money(payment["Amount"], "Amount")
    if payment["Amount"] < 0:
        raise Refusal(faults.negative_total())
    if payment.get("VendorRef"):
        payment["VendorRef"] = named(write.company, payment["VendorRef"], "Vendor")
    payment["CurrencyRef"] = frame.currency(write.company)
    return payment


def post(company: Company, payment: Json) -> Entry | None:
    booking = Booking(company, "CreditCardPayment", payment)
    booking.add(payment["CreditCardAccountRef"]["value"], payment["Amount"])
    booking.close(payment["BankAccountRef"]["value"])
    return booking.entry()


KIND = Kind(
    name="CreditCardPayment",
    sequence="transaction",
    required=("CreditCardAccountRef", "BankAccountRef", "Amount"),
    order=ORDER,
    queryable=("Id", "TxnDate", "Amount", "CreditCardAccountRef", "BankAccountRef", *METADATA),
    operations=TRANSACTION,
    complete=complete,
    post=post,
    wrapper_name="CreditCardPaymentTxn",
)
