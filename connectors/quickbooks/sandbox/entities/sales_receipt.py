"""SalesReceipt: a sale paid at once, into Undeposited Funds unless said otherwise (qbo-facts 2.3)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import currency, links, sales_form
from connectors.quickbooks.sandbox.rules.postings import Booking
from connectors.quickbooks.sandbox.rules.references import account, undeposited_funds
from connectors.quickbooks.sandbox.rules.sales_postings import book_lines, customer_of
from connectors.quickbooks.sandbox.rules.voiding import voided

RECEIVING = ("Bank", "Other Current Asset")


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    form = sales_form.complete_form(write, "SalesReceipt", draft, before)
    reference = form.get("DepositToAccountRef") or undeposited_funds(write.company)
    form["DepositToAccountRef"] = account(write.company, reference, RECEIVING, "DepositToAccountRef")
    form["Balance"] = 0
    currency.check_account(write.company, form, form["DepositToAccountRef"])
    currency.complete_home(write.company, form)
    links.keep(form, before)
    return form


def void(_write: Write, _draft: Json, before: Json | None) -> Json:
    assert before is not None
    return voided(before)


def post(company: Company, form: Json) -> Entry | None:
    booking = Booking(company, "SalesReceipt", form)
    book_lines(booking, company, form, sign=1)
    booking.close(form["DepositToAccountRef"]["value"], customer_of(form))
    return booking.entry()


KIND = Kind(
    name="SalesReceipt",
    sequence="transaction",
    required=("Line",),
    order=sales_form.ORDER,
    queryable=sales_form.QUERYABLE,
    kept=sales_form.KEPT,
    operations=TRANSACTION,
    complete=complete,
    post=post,
    void=void,
)
