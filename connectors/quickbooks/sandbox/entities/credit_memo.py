"""CreditMemo: a sales form that lowers what a customer owes; a payment applies it (qbo-facts 2.3, 2.5)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities import payment
from connectors.quickbooks.sandbox.entities.kind import TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import currency, sales_form
from connectors.quickbooks.sandbox.rules.amounts import ZERO
from connectors.quickbooks.sandbox.rules.postings import Booking, account_of
from connectors.quickbooks.sandbox.rules.sales_postings import book_lines, customer_of
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LINKED = "This credit has been applied to an invoice. Unlink it first."


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Complete the form; raises `Refusal` 6000 when payments have applied more, or it is handed on."""
    form = sales_form.complete_form(write, "CreditMemo", draft, before)
    remaining = form["TotalAmt"] - _applied(before)
    handed_on = bool(before and before["CustomerRef"]["value"] != form["CustomerRef"]["value"])
    if remaining < 0 or (handed_on and _applied(before)):
        raise Refusal(faults.business(LINKED))
    form["RemainingCredit"] = form["Balance"] = remaining
    currency.complete_home(write.company, form)
    return form


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    """Apply a new memo at once where the company wants it; raises `Refusal` 6000 for deleting an applied one."""
    if after is None and _applied(before):
        raise Refusal(faults.business(LINKED))
    if before is None and after is not None:
        payment.link_credits(write, "CreditMemo", after)


def _applied(memo: Json | None) -> Decimal:
    return Decimal(memo["TotalAmt"]) - Decimal(memo["RemainingCredit"]) if memo else ZERO


def post(company: Company, memo: Json) -> Entry | None:
    booking = Booking(company, "CreditMemo", memo)
    book_lines(booking, company, memo, sign=-1)
    booking.close(account_of(company, "Accounts Receivable", memo["CurrencyRef"]["value"]), customer_of(memo))
    return booking.entry()


KIND = Kind(
    name="CreditMemo",
    sequence="transaction",
    required=("CustomerRef", "Line"),
    order=sales_form.ORDER,
    queryable=sales_form.QUERYABLE,
    kept=sales_form.KEPT,
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    post=post,
)
