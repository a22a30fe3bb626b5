"""JournalEntry: debits and credits written by hand; they are equal (qbo-facts 2.3)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import applying, frame, links
from connectors.quickbooks.sandbox.rules.journal_lines import DETAIL, complete_lines
from connectors.quickbooks.sandbox.rules.numbers import number_journal
from connectors.quickbooks.sandbox.rules.open_accounts import open_name
from connectors.quickbooks.sandbox.rules.postings import Booking

IGNORED = ("HomeTotalAmt", "RecurDataRef", "TxnTaxDetail", "GlobalTaxCalculation", "ExchangeRate")
ORDER = (
    "Adjustment",
    "TotalAmt",
    *frame.FRAME,
    "DocNumber",
    "TxnDate",
    "CurrencyRef",
    "ExchangeRate",
    "PrivateNote",
    "LinkedTxn",
    "Line",
    "TxnTaxDetail",
)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a journal entry; its TotalAmt is always 0 (recorded)."""
    journal = {name: value for name, value in draft.items() if name not in IGNORED}
    journal.setdefault("TxnDate", clock.today(write.now))
    journal["Adjustment"] = journal.get("Adjustment", False)
    journal["TotalAmt"] = 0
    journal["CurrencyRef"] = frame.currency(write.company)
    journal["Line"] = complete_lines(write, journal, before)
    journal["TxnTaxDetail"] = {}
    links.keep(journal, before)
    number_journal(write, journal, before)
    return journal


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    """Take back the payments that were applied to lines which are no longer the same."""
    if before and (after is None or after["Line"] != before["Line"]):
        applying.release_all(write, ("JournalEntry", before["Id"]), before)


def post(company: Company, journal: Json) -> Entry | None:
    booking = Booking(company, "JournalEntry", journal)
    for line in journal["Line"]:
        detail = line.get(DETAIL)
        if detail is None:
            continue
        person = detail.get("Entity", {})
        account = detail["AccountRef"]["value"]
        id_ = str(person.get("EntityRef", {}).get("value"))
        sign = 1 if detail["PostingType"] == "Debit" else -1
        name = open_name(company, account, str(person.get("Type")), id_)
        booking.add(account, sign * Decimal(line["Amount"]), name, line.get("Description", ""))
    return booking.entry()


KIND = Kind(
    name="JournalEntry",
    sequence="transaction",
    required=("Line",),
    order=ORDER,
    queryable=("Id", "DocNumber", "TxnDate", "TotalAmt", *METADATA),
    kept=("DocNumber",),
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    post=post,
    counted=True,
)
