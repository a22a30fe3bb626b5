"""Invoice: a sales form on credit, due later, paid by payments (qbo-facts 2.3)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import applying, invoice_link, sales_form
from connectors.quickbooks.sandbox.rules.amounts import ZERO, money
from connectors.quickbooks.sandbox.rules.due_date import due_date
from connectors.quickbooks.sandbox.rules.postings import Booking, account_of, account_of_subtype
from connectors.quickbooks.sandbox.rules.sales_postings import book_lines, customer_of
from connectors.quickbooks.sandbox.rules.voiding import voided
from connectors.quickbooks.sandbox.schema import reading
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LINKED = "You can't delete this transaction because other transactions are linked to it. Unlink them first."


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    form = sales_form.complete_form(write, "Invoice", draft, before)
    form["AllowIPNPayment"] = False
    for name in ("AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"):
        form.setdefault(name, False)
    term = write.company.get("Term", form.get("SalesTermRef", {}).get("value"))
    form["DueDate"] = reading.day(form.get("DueDate") or due_date(form["TxnDate"], term), "DueDate")
    # LinkedTxn of payments is QBO's own; what the client sends cannot change it.
    form["LinkedTxn"] = before["LinkedTxn"] if before else []
    deposit = money(form.get("Deposit", 0), "Deposit")
    if deposit:
        form["Deposit"] = deposit
    else:
        form.pop("Deposit", None)
    form["Balance"] = form["TotalAmt"] - deposit - (applying.applied_to(before) if before else ZERO)
    return form


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    """Return what a smaller, voided or deleted invoice no longer needs to its payments.

    Raises:
        Refusal: 6000 when an invoice with payments is deleted (the exact body is not recorded, qbo-facts 11.6).
    """
    if after is None and before and before["LinkedTxn"]:
        raise Refusal(faults.business(LINKED))
    if before and after:
        _release(write, before, after)


def _release(write: Write, before: Json, after: Json) -> None:
    most = Decimal(after["TotalAmt"]) - Decimal(after.get("Deposit", 0))
    if applying.applied_to(before) <= most and after["LinkedTxn"] == before["LinkedTxn"]:
        return
    left = applying.release(write, before, most)
    paying = [link for link in before["LinkedTxn"] if _still_pays(write, link, before["Id"])]
    write.company.put("Invoice", {**after, "Balance": most - left, "LinkedTxn": paying})


def _still_pays(write: Write, link: Json, invoice: str) -> bool:
    payment = write.company.get("Payment", link["TxnId"])
    return ("Invoice", invoice) in applying.links_of(payment)


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
