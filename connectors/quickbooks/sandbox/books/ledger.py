"""Double entry: every transaction is booked here, and every balance that the sandbox shows is a sum of bookings.

Recorded accounts show debits positive: A/R 4681.52, A/P -2202.67, Mastercard -157.72.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

Name = tuple[str, str]  # ("Customer", its Id)
Key = tuple[str, str]  # ("Invoice", its Id)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Posting:
    """One side of a booking. `amount` is home currency, debits positive; `foreign` the account's currency, if another.

    `name` is whom it concerns; only on A/R and A/P does it make a customer's or vendor's balance.
    """

    account: str
    amount: Decimal
    name: Name | None = None
    text: str = ""
    foreign: Decimal | None = None

    @property
    def own(self) -> Decimal:
        """The amount in the account's own currency."""
        return self.amount if self.foreign is None else self.foreign


@dataclass(frozen=True)
class Entry:
    """The bookings of one transaction; they sum to zero. `stock` holds what inventory items gain or lose."""

    kind: str
    id: str
    date: str
    postings: tuple[Posting, ...]
    stock: tuple[tuple[str, Decimal], ...] = ()

    def __post_init__(self) -> None:
        difference = sum((posting.amount for posting in self.postings), ZERO)
        if difference:
            raise ValueError(f"{self.kind} {self.id} does not balance: debits exceed credits by {difference}")


@dataclass
class Ledger:
    """All entries, and their sums by account, by account and name, and by inventory item."""

    entries: dict[Key, Entry] = field(default_factory=dict)
    accounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    names: dict[tuple[str, Name], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    stock: dict[str, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def book(self, key: Key, entry: Entry | None) -> Entry | None:
        """Put an entry in the place of the one a transaction had (None: nothing any more); return the old one."""
        old = self.entries.pop(key, None)
        if old is not None:
            self._add(old, -1)
        if entry is not None:
            self.entries[key] = entry
            self._add(entry, 1)
        return old

    def _add(self, entry: Entry, sign: int) -> None:
        for posting in entry.postings:
            self.accounts[posting.account] += sign * posting.own
            if posting.name is not None:
                self.names[posting.account, posting.name] += sign * posting.own
        for item, quantity in entry.stock:
            self.stock[item] += sign * quantity

    def balance_of(self, name: Name, accounts: Iterable[str]) -> Decimal:
        """Return what a name owes or is owed on these accounts."""
        return sum((self.names[account, name] for account in accounts if (account, name) in self.names), ZERO)

    def dated(self, first: str = "", last: str = "9999-12-31") -> Iterator[Entry]:
        """Give the entries of a span of days, both included."""
        return (entry for entry in self.entries.values() if first <= entry.date <= last)


def touched_accounts(*entries: Entry | None) -> set[str]:
    return {posting.account for entry in entries if entry for posting in entry.postings}


def touched_names(*entries: Entry | None) -> set[Name]:
    return {posting.name for entry in entries if entry for posting in entry.postings if posting.name}


def touched_stock(*entries: Entry | None) -> set[str]:
    return {item for entry in entries if entry for item, _ in entry.stock}
