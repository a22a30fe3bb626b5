"""What a payment can be applied to: charges (invoices, A/R debits) and credits (credit memos, A/R credits)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules import links
from connectors.quickbooks.sandbox.rules.amounts import ZERO
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

Key = tuple[str, str]  # TxnType and TxnId of a payment's link
Links = dict[Key, Decimal]
# TxnType without case; an Expense is a Purchase with a line on A/R. Check and CreditCardCredit links are made by
# Intuit's own pages only (qbo-facts 2.5).
TYPES = {"invoice": "Invoice", "creditmemo": "CreditMemo", "journalentry": "JournalEntry", "expense": "Expense"}
ENTITIES = {"Expense": "Purchase"}
# Where a document itself says what is open; of the others the ledger and the payments tell.
FIELDS = {"Invoice": ("Balance",), "CreditMemo": ("RemainingCredit", "Balance")}


class Other(Refusal):
    """620: the document is another customer's."""


@dataclass(frozen=True)
class OpenItem:
    """A document to be paid (`sign` 1) or a credit to be used (-1); `open` leaves out the payment in hand."""

    key: Key
    sign: int
    open: Decimal
    number: str


def open_item(company: Company, link: Json, customer: str, earlier: Mapping[Key, Decimal]) -> OpenItem:
    """Return what a link names.

    Raises:
        Refusal: 610 when it is not there, 620 when a payment cannot be linked to it.
    """
    id_ = str(link.get("TxnId"))
    shown = TYPES.get(str(link.get("TxnType")).casefold())
    if shown is None:
        raise Refusal(faults.cannot_link(f"{link.get('TxnType')} {id_}"))
    key = (shown, id_)
    kind, data = stored(company, key)
    if data is None:
        raise Refusal(faults.not_found())
    direction = sign(company, key, customer)
    if not direction or (kind in FIELDS and not related(company, customer, data["CustomerRef"]["value"])):
        raise Other(faults.cannot_link(f"{shown} {id_} belongs to another customer"))
    if kind in FIELDS:
        still = Decimal(data[FIELDS[kind][0]]) + earlier.get(key, ZERO)
    else:
        applied = applied_to(company, key, data) - earlier.get(key, ZERO)
        still = abs(_owed(company, key, customer)) - applied
    return OpenItem(key, direction, still, str(data.get("DocNumber", "")))


def links_of(payment: Json | None) -> Links:
    """Return what a payment applies to each (TxnType, TxnId)."""
    found: Links = {}
    for line in (payment or {}).get("Line", []):
        for link in line.get("LinkedTxn", []):
            key = (str(link.get("TxnType")), str(link.get("TxnId")))
            found[key] = found.get(key, ZERO) + Decimal(line["Amount"])
    return found


def applied_to(company: Company, key: Key, data: Json) -> Decimal:
    """Return what the payments that a document shows have applied to it."""
    payments = (company.get("Payment", id_) for id_ in links.linked(data, "Payment"))
    return sum((links_of(payment).get(key, ZERO) for payment in payments), ZERO)


def stored(company: Company, key: Key) -> tuple[str, Json | None]:
    """Return the entity behind a link and its object."""
    kind = ENTITIES.get(key[0], key[0])
    return kind, company.get(kind, key[1])


def sign(company: Company, key: Key, customer: str) -> int:
    """Return 1 for what the customer owes, -1 for a credit, 0 for what does not concern the customer."""
    if key[0] in FIELDS:
        return 1 if key[0] == "Invoice" else -1
    owed = _owed(company, key, customer)
    return (owed > 0) - (owed < 0)


def related(company: Company, customer: str, other: str) -> bool:
    """Whether one of two customers is the other, or they have a parent in common: a parent may pay for its jobs."""
    return not set(_upwards(company, customer)).isdisjoint(_upwards(company, other))


def _owed(company: Company, key: Key, customer: str) -> Decimal:
    """Return what a booked journal or expense adds to the customer's balance."""
    entry = company.ledger.entries.get((ENTITIES.get(key[0], key[0]), key[1]))
    name = ("Customer", customer)
    return sum((one.own for one in entry.postings if one.name == name), ZERO) if entry else ZERO


def _upwards(company: Company, customer: str) -> Iterator[str]:
    data = company.get("Customer", customer)
    while data is not None:
        yield data["Id"]
        data = company.get("Customer", data.get("ParentRef", {}).get("value"))
