"""After each change: what was changed is booked anew, and the balances that moved are shown where they are read.

The one place that writes CurrentBalance, Balance and QtyOnHand. A moved balance moves LastUpdatedTime of a customer, a
vendor or an account, never its SyncToken (recorded: accounts_2026, qbo-facts 2.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from connectors.quickbooks.sandbox.books.ledger import (
    ZERO,
    Entry,
    Key,
    Name,
    touched_accounts,
    touched_names,
    touched_stock,
)
from connectors.quickbooks.sandbox.books.store import Json

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.books.company import Company

Post = Callable[["Company", Json], Entry | None]
OPEN_TYPES = {"Customer": "Accounts Receivable", "Vendor": "Accounts Payable"}
SHOWN = frozenset({"Asset", "Liability", "Equity"})  # income and expense accounts show 0 (recorded)


def book(company: Company, posts: Mapping[str, Post], keys: Iterable[Key], time: str) -> list[tuple[Key, Entry | None]]:
    """Book the changed transactions and spread the balances; return what the ledger held before, for taking back.

    Raises:
        ValueError: a rule made an entry that does not balance; that is our mistake and must not be stored.
    """
    booked = [(key, _entry(company, posts[key[0]], key)) for key in dict.fromkeys(keys) if key[0] in posts]
    olds = [(key, company.ledger.book(key, entry)) for key, entry in booked]
    entries = [entry for _, entry in (*booked, *olds) if entry is not None]
    _spread(company, entries, time)
    return olds


def rebook(company: Company, posts: Mapping[str, Post]) -> None:
    """Book every stored transaction; the balances are shown already."""
    for kind, post in posts.items():
        for row in company.store.rows(kind):
            company.ledger.book((kind, row.id), post(company, row.data))


def take_back(company: Company, olds: Iterable[tuple[Key, Entry | None]]) -> None:
    for key, entry in olds:
        company.ledger.book(key, entry)


def _entry(company: Company, post: Post, key: Key) -> Entry | None:
    data = company.get(*key)
    return None if data is None else post(company, data)


def _spread(company: Company, entries: list[Entry], time: str) -> None:
    for account in touched_accounts(*entries):
        _show_account(company, account, time)
    for name in touched_names(*entries):
        _show_name(company, name, time)
    for item in touched_stock(*entries):
        _show(company, "Item", item, {"QtyOnHand": company.ledger.stock[item]}, time)


def _show_account(company: Company, id_: str, time: str) -> None:
    account = company.get("Account", id_)
    if account is None or account["Classification"] not in SHOWN:
        return
    _show(company, "Account", id_, {"CurrentBalance": company.ledger.accounts[id_]}, time)
    for above in _upwards(company, "Account", id_):
        total = sum((company.ledger.accounts[one] for one in _below(company, "Account", above)), ZERO)
        _show(company, "Account", above, {"CurrentBalanceWithSubAccounts": total}, time)


def _show_name(company: Company, name: Name, time: str) -> None:
    kind, id_ = name
    if kind not in OPEN_TYPES or company.get(kind, id_) is None:
        return
    _show(company, kind, id_, {"Balance": open_balance(company, name)}, time)
    if kind == "Customer":
        for above in _upwards(company, kind, id_):
            family = ((kind, one) for one in _below(company, kind, above))
            total = sum((open_balance(company, one) for one in family), ZERO)
            _show(company, kind, above, {"BalanceWithJobs": total}, time)


def open_balance(company: Company, name: Name) -> Decimal:
    """Return what a customer owes, or what a vendor is owed, in its own currency."""
    kind, _ = name
    accounts = (row.id for row in company.store.find("Account", "AccountType", OPEN_TYPES[kind]))
    sign = 1 if kind == "Customer" else -1
    return sign * company.ledger.balance_of(name, accounts)


def _show(company: Company, kind: str, id_: str, values: dict[str, Any], time: str) -> None:
    data = company.get(kind, id_)
    if data is None or all(data.get(name) == value for name, value in values.items()):
        return
    company.put(kind, {**data, **values, "MetaData": {**data["MetaData"], "LastUpdatedTime": time}})


def _upwards(company: Company, kind: str, id_: str) -> Iterator[str]:
    """Give an object and all above it."""
    data = company.get(kind, id_)
    while data is not None:
        yield data["Id"]
        data = company.get(kind, data.get("ParentRef", {}).get("value"))


def _below(company: Company, kind: str, id_: str) -> Iterator[str]:
    """Give an object and all below it."""
    yield id_
    for row in company.store.find(kind, "ParentRef", id_):
        yield from _below(company, kind, row.id)
