"""Invoice: a sales form on credit, due later, paid by payments (qbo-facts 2.3)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities import payment
from connectors.quickbooks.sandbox.entities.kind import TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import applying, currency, estimates, invoice_link, links, sales_form
from connectors.quickbooks.sandbox.rules.amounts import ZERO, money
from connectors.quickbooks.sandbox.rules.due_date import due_date
from connectors.quickbooks.sandbox.rules.open_items import links_of, related
from connectors.quickbooks.sandbox.rules.postings import Booking, account_of, account_of_subtype
from connectors.quickbooks.sandbox.rules.sales_postings import book_lines, customer_of
from connectors.quickbooks.sandbox.rules.voiding import voided
from connectors.quickbooks.sandbox.schema import reading
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LINKED = "You can't delete this transaction because other transactions are linked to it. Unlink them first."


BOOKED_WITH = ("CustomerRef", "ExchangeRate")  # what a payment's own entry takes from the invoice


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    form = sales_form.complete_form(write, "Invoice", draft, before)
    form["AllowIPNPayment"] = False
    for name in ("AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"):
        form.setdefault(name, False)
    term = write.company.get("Term", form.get("SalesTermRef", {}).get("value"))
    form["DueDate"] = reading.day(form.get("DueDate") or due_date(form["TxnDate"], term), "DueDate")
    estimates.link(write.company, form, draft, before)
    deposit = money(form.get("Deposit", 0), "Deposit")
    if deposit:
        form["Deposit"] = deposit
    else:
        form.pop("Deposit", None)
    form["Balance"] = form["TotalAmt"] - deposit - _applied(before)
    currency.complete_home(write.company, form)
    return form


def _applied(invoice: Json | None) -> Decimal:
    """Return what has been paid of an invoice so far, by payments and credits."""
    if invoice is None:
        return ZERO
    return Decimal(invoice["TotalAmt"]) - Decimal(invoice.get("Deposit", 0)) - Decimal(invoice["Balance"])


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    """Return what a smaller, voided, deleted or handed on invoice no longer needs to its payments.

    Raises:
        Refusal: 6000 when an invoice with payments is deleted, unless the switch unlinks them (qbo-facts 11.6).
    """
    estimates.settle(write, before, after)
    if before is None and after is not None:
        payment.link_credits(write, "Invoice", after)
    if before is None:
        return
    key = ("Invoice", before["Id"])
    if after is not None:
        _release(write, before, after)
    elif links.linked(before, "Payment"):
        if write.company.switches.delete_paid_invoice == "refuse":
            raise Refusal(faults.business(LINKED))
        applying.release(write, key, before, _applied(before))


def _release(write: Write, before: Json, after: Json) -> None:
    most = Decimal(after["TotalAmt"]) - Decimal(after.get("Deposit", 0))
    if not related(write.company, before["CustomerRef"]["value"], after["CustomerRef"]["value"]):
        most = ZERO
    key = ("Invoice", before["Id"])
    taken = applying.release(write, key, before, _applied(before) - most)
    paying = [id_ for id_ in links.linked(before, "Payment") if key in links_of(write.company.get("Payment", id_))]
    shown = [link for link in after["LinkedTxn"] if link["TxnType"] != "Payment" or link["TxnId"] in paying]
    if taken or shown != after["LinkedTxn"]:
        left = Decimal(after["TotalAmt"]) - Decimal(after.get("Deposit", 0)) - _applied(before) + taken
        write.company.put("Invoice", currency.followed({**after, "Balance": left, "LinkedTxn": shown}))
    if any(before.get(name) != after.get(name) for name in BOOKED_WITH):
        applying.book_again(write.company, paying)


def void(_write: Write, _draft: Json, before: Json | None) -> Json:
    assert before is not None
    return voided(before)


def post(company: Company, invoice: Json) -> Entry | None:
    """Book the income against A/R; a deposit on the form goes where it says."""
    booking = Booking(company, "Invoice", invoice)
    book_lines(booking, company, invoice, sign=1)
    if "Deposit" in invoice:
        account = invoice.get("DepositToAccountRef", {}).get("value")
        undeposited = account_of_subtype(company, "Other Current Asset", "UndepositedFunds")
        booking.add(account or undeposited, invoice["Deposit"])
    booking.close(account_of(company, "Accounts Receivable", invoice["CurrencyRef"]["value"]), customer_of(invoice))
    return booking.entry()


KIND = Kind(
    name="Invoice",
    sequence="transaction",
    required=("CustomerRef", "Line"),
    order=sales_form.ORDER,
    queryable=(*sales_form.QUERYABLE, "DueDate", "SalesTermRef", "ProjectRef"),
    kept=sales_form.KEPT,
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    post=post,
    void=void,
    counted=True,
    present=invoice_link.present,
    modifier_shown=True,
)
