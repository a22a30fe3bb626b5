"""Payment: money received from a customer, applied to invoices or left unapplied (qbo-facts 2.3, 2.5)."""

from __future__ import annotations

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import applying, auto_credits, currency, exchange, frame, links
from connectors.quickbooks.sandbox.rules.amounts import money
from connectors.quickbooks.sandbox.rules.postings import Booking, account_of
from connectors.quickbooks.sandbox.rules.references import account, named, target, undeposited_funds
from connectors.quickbooks.sandbox.rules.sales_postings import customer_of
from connectors.quickbooks.sandbox.rules.voiding import voided
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

RECEIVING = ("Bank", "Other Current Asset")
RECEIVABLE = ("Accounts Receivable",)
ORDER = (
    "CustomerRef",
    "ARAccountRef",
    "DepositToAccountRef",
    "PaymentMethodRef",
    "PaymentRefNum",
    "CreditCardPayment",
    "TotalAmt",
    "HomeTotalAmt",
    "UnappliedAmt",
    "ProcessPayment",
    *frame.FRAME,
    "TxnDate",
    "CurrencyRef",
    "ExchangeRate",
    "PrivateNote",
    "LinkedTxn",
    "Line",
)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a payment.

    Raises:
        Refusal: 6000 without TotalAmt or when more is applied than paid; 2500, 6430, 610, 620.
    """
    if "TotalAmt" not in draft:
        raise Refusal(faults.business("You must set a transaction amount."))
    payment = dict(draft)
    payment.setdefault("TxnDate", clock.today(write.now))
    payment["TotalAmt"] = money(payment["TotalAmt"], "TotalAmt")
    _, customer = target(write.company, payment["CustomerRef"], "Customer")
    payment["CustomerRef"] = {"value": customer["Id"], "name": customer["DisplayName"]}
    currency.complete(write, payment, customer, "Accounts Receivable")
    _complete_references(write, payment)
    if payment["TotalAmt"] < 0:
        raise Refusal(faults.negative_total())
    payment["Line"], applied = applying.complete_lines(write, payment, before)
    payment["UnappliedAmt"] = payment["TotalAmt"] - applied
    payment["ProcessPayment"] = payment.get("ProcessPayment", False)
    currency.check_account(write.company, payment, payment.get("DepositToAccountRef"))
    currency.check_account(write.company, payment, payment.get("ARAccountRef"))
    currency.complete_home(write.company, payment)
    exchange.prepare(write, payment)
    links.keep(payment, before)
    return payment


def _complete_references(write: Write, payment: Json) -> None:
    """Resolve the accounts and the method; answers show them without a name, as recorded.

    A payment of 0 moves no money, so it names no account (recorded: payment 74 of payments_2026).
    """
    reference = payment.pop("DepositToAccountRef", None) or undeposited_funds(write.company)
    to = account(write.company, reference, RECEIVING, "DepositToAccountRef")
    if payment["TotalAmt"]:
        payment["DepositToAccountRef"] = {"value": to["value"]}
    if "ARAccountRef" in payment:
        receivable = account(write.company, payment["ARAccountRef"], RECEIVABLE, "ARAccountRef")
        payment["ARAccountRef"] = {"value": receivable["value"]}
    if "PaymentMethodRef" in payment:
        method = named(write.company, payment["PaymentMethodRef"], "PaymentMethod")
        payment["PaymentMethodRef"] = {"value": method["value"]}


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    applying.settle_links(write, before, after)


def link_credits(write: Write, kind: str, made: Json) -> None:
    """Make the payment that QuickBooks makes itself for a new invoice or credit memo, where the company wants it."""
    draft = auto_credits.draft(write.company, kind, made)
    if draft is not None:
        completed = complete(write, draft, None)
        framed = frame.new(write.company.next_id(KIND.sequence), write.now)
        payment = frame.ordered({**completed, **framed}, ORDER)
        write.company.put("Payment", payment)
        settle(write, None, payment)


def void(_write: Write, _draft: Json, before: Json | None) -> Json:
    assert before is not None
    return {**voided(before), "Line": []}


def post(company: Company, payment: Json) -> Entry | None:
    """Book the money against A/R; what goes to another customer's document (a job's) goes to that customer."""
    booking = Booking(company, "Payment", payment)
    if payment["TotalAmt"]:
        booking.add(payment["DepositToAccountRef"]["value"], payment["TotalAmt"])
    receivable = payment.get("ARAccountRef", {}).get("value")
    receivable = receivable or account_of(company, "Accounts Receivable", payment["CurrencyRef"]["value"])
    exchange.close(booking, company, payment, receivable, customer_of(payment))
    return booking.entry()


KIND = Kind(
    name="Payment",
    sequence="transaction",
    required=("CustomerRef",),
    order=ORDER,
    queryable=("Id", "TotalAmt", "CustomerRef", "TxnDate", "PaymentMethodRef", "PaymentRefNum", *METADATA),
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    post=post,
    void=void,
)
