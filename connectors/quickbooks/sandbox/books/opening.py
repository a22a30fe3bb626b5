"""The opening entry: what a seeded company's recorded balances hold beyond the transactions that came with it.

Recordings show balances and most of the transactions behind them, never all; without this entry the ledger and the
shown balances would disagree from the start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.quickbooks.sandbox.books.booking import OPEN_TYPES, SHOWN, Post, open_balance, rebook
from connectors.quickbooks.sandbox.books.ledger import ZERO, Entry, Posting
from connectors.quickbooks.sandbox.books.store import Json

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.books.company import Company

KIND = "OpeningBalance"
DAY = "2000-01-01"  # before everything else, so that no report of a seeded year shows it as its own


def open_books(company: Company, posts: Mapping[str, Post]) -> None:
    """Book every stored transaction, and the difference to the balances that the stored lists show."""
    rebook(company, posts)
    opening = {"Id": "1", "TxnDate": DAY, "Line": list(_lines(company)), "Stock": list(_stock(company))}
    if opening["Line"] or opening["Stock"]:
        company.put(KIND, opening)
        company.ledger.book((KIND, "1"), post_opening(company, opening))


def post_opening(_company: Company, opening: Json) -> Entry:
    """Return the entry of stored opening lines."""
    postings = tuple(
        Posting(line["account"], line["amount"], tuple(line["name"]) if line["name"] else None, "Opening balance")
        for line in opening["Line"]
    )
    return Entry(KIND, opening["Id"], opening["TxnDate"], postings, tuple(map(tuple, opening["Stock"])))


def _lines(company: Company) -> Iterator[Json]:
    """Give the missing part of each balance; an income account takes the other side, since it shows none."""
    total = ZERO
    for line in [*_names(company), *_accounts(company)]:
        total += line["amount"]
        yield line
    if total:
        yield {"account": _other_side(company), "amount": -total, "name": None}


def _names(company: Company) -> Iterator[Json]:
    for kind, account_type in OPEN_TYPES.items():
        account = min((row.id for row in company.store.find("Account", "AccountType", account_type)), default="")
        sign = 1 if kind == "Customer" else -1
        for row in company.store.rows(kind):
            missing = Decimal(row.data.get("Balance", 0)) - open_balance(company, (kind, row.id))
            if missing and account:
                yield {"account": account, "amount": sign * missing, "name": [kind, row.id]}


def _accounts(company: Company) -> Iterator[Json]:
    named: dict[str, Decimal] = {}
    for line in _names(company):
        named[line["account"]] = named.get(line["account"], ZERO) + line["amount"]
    for row in company.store.rows("Account"):
        booked = company.ledger.accounts.get(row.id, ZERO) + named.get(row.id, ZERO)
        missing = Decimal(row.data["CurrentBalance"]) - booked
        if missing and row.data["Classification"] in SHOWN:
            yield {"account": row.id, "amount": missing, "name": None}


def _stock(company: Company) -> Iterator[list[object]]:
    for row in company.store.rows("Item"):
        missing = Decimal(row.data.get("QtyOnHand", 0)) - company.ledger.stock.get(row.id, ZERO)
        if row.data.get("Type") == "Inventory" and missing:
            yield [row.id, missing]


def _other_side(company: Company) -> str:
    return min((row.id for row in company.store.find("Account", "AccountType", "Income")), key=int)
