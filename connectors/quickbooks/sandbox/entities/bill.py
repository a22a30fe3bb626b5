"""Bill: what a vendor asks to be paid, on credit; bill payments pay it (qbo-facts 2.4, recorded: bills_2026)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import currency, links, orders, paying, purchase_form
from connectors.quickbooks.sandbox.rules.amounts import ZERO
from connectors.quickbooks.sandbox.rules.due_date import due_date
from connectors.quickbooks.sandbox.rules.numbers import number_bill
from connectors.quickbooks.sandbox.rules.postings import Booking
from connectors.quickbooks.sandbox.rules.purchase_postings import book_lines, vendor_of
from connectors.quickbooks.sandbox.schema import reading
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LINKED = "You can't delete this bill because payments are linked to it. Unlink them first."


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a bill: what vendor, lines and terms make of it; raises `Refusal` 2500, 6430, 6070, 6140, 610 or 620."""
    form = purchase_form.complete_form(write, draft, before)
    purchase_form.copy_address(write, form, before)
    term = write.company.get("Term", form.get("SalesTermRef", {}).get("value"))
    # Recorded: without terms a bill is due on its day (create_bill, May 2026), an invoice in 30 days.
    form["DueDate"] = reading.day(form.get("DueDate") or due_date(form["TxnDate"], term, unset=0), "DueDate")
    orders.complete_links(write, form, before, form["VendorRef"]["value"])
    for line in form["Line"]:
        line["LinkedTxn"] = [*line["LinkedTxn"], *_charges(before, line["Id"])]
    form["Balance"] = form["TotalAmt"] - paying.applied(before)
    currency.complete_home(write.company, form)
    number_bill(write, form, before)
    return form


def _charges(before: Json | None, line: str) -> list[Json]:
    """Return the charges that QBO made of a billable line (recorded: bill 25)."""
    known: Json = next((one for one in (before or {}).get("Line", []) if one["Id"] == line), {})
    return [link for link in known.get("LinkedTxn", []) if link["TxnType"] != orders.ORDER]


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    """Close or reopen orders, and give payments back what a smaller bill does not need any more.

    Raises:
        Refusal: 6000 when a bill with payments is deleted (unlink them first, says Intuit's reference).
    """
    if after is None and before and paying.payments_of(before):
        if write.company.switches.delete_paid_invoice == "refuse":
            raise Refusal(faults.business(LINKED))
        paying.release(write, before, ZERO)
    if before and after:
        _release(write, before, after)
    orders.settle(write, "Bill", before, after)


def _release(write: Write, before: Json, after: Json) -> None:
    same_vendor = before["VendorRef"]["value"] == after["VendorRef"]["value"]
    most = Decimal(after["TotalAmt"]) if same_vendor else ZERO
    if paying.applied(before) <= most:
        return
    left, paid = paying.release(write, before, most)
    stored = currency.followed({**after, "Balance": after["TotalAmt"] - left})
    links.put(write.company, "Bill", stored, [*paid, *paying.others_of(after)])


def post(company: Company, bill: Json) -> Entry | None:
    """Book the expenses against A/P, in the vendor's name."""
    booking = Booking(company, "Bill", bill)
    book_lines(booking, company, bill, sign=1)
    booking.close(bill["APAccountRef"]["value"], vendor_of(bill))
    return booking.entry()


KIND = Kind(
    name="Bill",
    sequence="transaction",
    required=("VendorRef", "Line"),
    repeated=("VendorRef",),
    order=("SalesTermRef", "DueDate", "VendorAddr", "Balance", *purchase_form.BODY),
    queryable=(*purchase_form.QUERYABLE, "DueDate", "Balance", "SalesTermRef"),
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    post=post,
    counted=True,
    modifier_shown=True,
)
