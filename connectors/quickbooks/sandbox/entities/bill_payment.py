"""BillPayment: bills paid by check or by card, vendor credits applied (qbo-facts 2.4, recorded: bill_payments_2026)."""

from __future__ import annotations

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import currency, exchange, frame, paying
from connectors.quickbooks.sandbox.rules.amounts import money
from connectors.quickbooks.sandbox.rules.applying import OVER_APPLIED
from connectors.quickbooks.sandbox.rules.numbers import number_check
from connectors.quickbooks.sandbox.rules.postings import Booking, account_of
from connectors.quickbooks.sandbox.rules.purchase_form import IGNORED, PAYABLE, TRACKS
from connectors.quickbooks.sandbox.rules.purchase_postings import vendor_of
from connectors.quickbooks.sandbox.rules.references import account, name_all
from connectors.quickbooks.sandbox.rules.voiding import voided
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

# PayType: where the money comes from, and the type of that account.
PAYING = {
    "Check": ("CheckPayment", "BankAccountRef", "Bank"),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
}
PRINT_STATES = ("NotSet", "NeedToPrint", "PrintComplete")
ORDER = (
    "VendorRef",
    "PayType",
    "CheckPayment",
    "CreditCardPayment",
    "TotalAmt",
    "HomeTotalAmt",
    *frame.FRAME,
    "DocNumber",
    "TxnDate",
    "DepartmentRef",
    "CurrencyRef",
    "ExchangeRate",
    "PrivateNote",
    "Line",
    "APAccountRef",
)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a bill payment.

    Raises:
        Refusal: 2020 for the paying account, 2170 for an unknown PayType, 6000 when more is applied than paid;
            2500, 6430, 610, 620, 6140.
    """
    if before is None and not draft.get("Line"):
        raise Refusal(faults.missing("Line"))
    payment = {
        name: value for name, value in draft.items() if name not in (*IGNORED, "GlobalTaxCalculation", "TxnTaxDetail")
    }
    for name in ("LinkedTxn", "BillPaymentEx", "PrintStatus", "ProcessBillPayment"):
        payment.pop(name, None)
    payment.setdefault("TxnDate", clock.today(write.now))
    payment["TotalAmt"] = money(payment["TotalAmt"], "TotalAmt")
    # Clients name a bank account as APAccountRef, and QBO lets them.
    name_all(write.company, payment, {"VendorRef": "Vendor", "APAccountRef": "Account", **TRACKS})
    currency.complete(write, payment, write.company.get("Vendor", payment["VendorRef"]["value"]), PAYABLE)
    _complete_account(write, payment)
    payment["Line"] = paying.complete_lines(write, payment, before)
    linked = any(line.get("LinkedTxn") for line in draft.get("Line", []))
    if linked and not payment["Line"] and write.company.switches.paid_bills == "void":
        return _void_at_once(payment)
    if payment["TotalAmt"] < 0 or paying.used(payment) < 0:
        raise Refusal(faults.business(OVER_APPLIED))
    holder, field, _ = PAYING[payment["PayType"]]
    currency.check_account(write.company, payment, payment[holder].get(field))
    currency.complete_home(write.company, payment)
    exchange.prepare(write, payment)
    number_check(write, payment, before)
    return payment


def _complete_account(write: Write, payment: Json) -> None:
    """Resolve where the money comes from; who pays nothing (credits alone) need not say it."""
    how = PAYING.get(str(payment["PayType"]))
    if how is None:
        raise Refusal(faults.invalid_choice("PayType", str(payment["PayType"])))
    holder, field, account_type = how
    details = dict(payment.get(holder, {}))
    for name, _, _ in PAYING.values():
        payment.pop(name, None)
    if field in details:
        details[field] = account(write.company, details[field], (account_type,), str(payment["PayType"]))
    elif payment["TotalAmt"]:
        raise Refusal(faults.missing(f"{holder}.{field}"))
    if holder == "CheckPayment":
        details["PrintStatus"] = details.get("PrintStatus", "NotSet")
        if details["PrintStatus"] not in PRINT_STATES:
            raise Refusal(faults.invalid_choice("PrintStatus", str(details["PrintStatus"])))
    payment[holder] = {name: details[name] for name in (field, "PrintStatus") if name in details}


def _void_at_once(payment: Json) -> Json:
    """A payment of nothing but paid bills is stored as a voided one (noted by python-quickbooks' own tests)."""
    return {**voided(payment), "Line": []}


def void(_write: Write, _draft: Json, before: Json | None) -> Json:
    assert before is not None
    return {**voided(before), "Line": []}


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    paying.settle_links(write, before, after)


def post(company: Company, payment: Json) -> Entry | None:
    """Book the money out of the bank or onto the card, against A/P in the vendor's name."""
    holder, field, _ = PAYING[payment["PayType"]]
    booking = Booking(company, "BillPayment", payment)
    booking.add(payment[holder].get(field, {}).get("value", ""), -payment["TotalAmt"])
    exchange.close(booking, company, payment, _payable(company, payment), vendor_of(payment))
    return booking.entry()


def _payable(company: Company, payment: Json) -> str:
    """Return the payables account: the one sent when it is one, else the company's."""
    sent = company.get("Account", payment.get("APAccountRef", {}).get("value")) or {}
    currency_there = sent.get("CurrencyRef", {}).get("value")
    if sent.get("AccountType") == PAYABLE and currency_there == payment["CurrencyRef"]["value"]:
        return str(sent["Id"])
    return account_of(company, PAYABLE, payment["CurrencyRef"]["value"])


KIND = Kind(
    name="BillPayment",
    sequence="transaction",
    required=("VendorRef", "PayType", "TotalAmt"),
    order=ORDER,
    queryable=("Id", "DocNumber", "TxnDate", "VendorRef", "PayType", "TotalAmt", "APAccountRef", *METADATA),
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    post=post,
    void=void,
    counted=True,
)
