"""Settling a foreign document at another rate than its own: the difference is a realised gain or loss."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Name
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import own_accounts
from connectors.quickbooks.sandbox.rules.open_items import links_of, stored
from connectors.quickbooks.sandbox.rules.postings import Booking
from connectors.quickbooks.sandbox.rules.sales_postings import customer_of

# What settling a document does to its A/R or A/P account: a credit is negative.
SIDES = {"Invoice": -1, "CreditMemo": 1, "Bill": 1, "VendorCredit": -1}


def prepare(write: Write, payment: Json) -> None:
    """Make the account for gains when a payment settles a document at another rate."""
    if _differs(write.company, payment):
        own_accounts.gain_account(write)


def close(booking: Booking, company: Company, payment: Json, account: str, name: Name | None) -> None:
    """Book what a payment settles, each document at its own rate and in its own customer's name (a job's).

    The rest goes to the payer's name at the payment's rate, the difference in home currency to the account for gains.
    """
    for kind, amount, document in _settled(company, payment):
        whom = customer_of(document) if "CustomerRef" in document else name
        rate = _rate(document)
        if whom != name or rate != _rate(payment):
            booking.add(account, SIDES[kind] * amount, whom, rate=rate)
    if _differs(company, payment):
        booking.rest(account, name)
        booking.close(own_accounts.named_account(company, own_accounts.GAIN[0]))
    else:
        booking.close(account, name)


def _differs(company: Company, payment: Json) -> bool:
    return any(_rate(document) != _rate(payment) for _, _, document in _settled(company, payment))


def _settled(company: Company, payment: Json) -> Iterator[tuple[str, Decimal, Json]]:
    for key, amount in links_of(payment).items():
        kind, document = stored(company, key)
        if kind in SIDES and document is not None:
            yield kind, amount, document


def _rate(document: Json) -> Decimal:
    return Decimal(document.get("ExchangeRate", 1))
