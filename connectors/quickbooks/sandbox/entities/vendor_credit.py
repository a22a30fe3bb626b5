"""VendorCredit: what a vendor gives back; a bill payment applies it to bills (qbo-facts 2.5)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import currency, paying, purchase_form
from connectors.quickbooks.sandbox.rules.postings import Booking
from connectors.quickbooks.sandbox.rules.purchase_postings import book_lines, vendor_of
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LINKED = "This vendor credit has been applied to a bill. Unlink it first."


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a vendor credit.

    Raises:
        Refusal: 6000 when less would remain than bill payments have applied, or for another vendor; 2500, 6430.
    """
    form = purchase_form.complete_form(write, draft, before)
    for line in form["Line"]:
        line["LinkedTxn"] = []
    form.pop("LinkedTxn", None)  # an applied credit shows no link, as recorded of credit memos
    form["Balance"] = form["TotalAmt"] - paying.applied(before)
    currency.complete_home(write.company, form)
    moved = before is not None and before["VendorRef"]["value"] != form["VendorRef"]["value"]
    if form["Balance"] < 0 or (moved and paying.applied(before)):
        raise Refusal(faults.business(LINKED))
    return form


def settle(_write: Write, before: Json | None, after: Json | None) -> None:
    if after is None and paying.applied(before):
        raise Refusal(faults.business(LINKED))


def post(company: Company, credit: Json) -> Entry | None:
    """Book the expenses back against A/P, in the vendor's name."""
    booking = Booking(company, "VendorCredit", credit)
    book_lines(booking, company, credit, sign=-1)
    booking.close(credit["APAccountRef"]["value"], vendor_of(credit))
    return booking.entry()


KIND = Kind(
    name="VendorCredit",
    sequence="transaction",
    required=("VendorRef", "Line"),
    order=("VendorAddr", "Balance", *purchase_form.BODY),
    queryable=(*purchase_form.QUERYABLE, "Balance"),
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    post=post,
)
