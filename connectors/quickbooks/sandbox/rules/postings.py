"""How a document becomes an entry of the ledger: a small builder, and the accounts that QuickBooks chooses itself."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import ZERO, Entry, Name, Posting
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules.amounts import cents


class Booking:
    """Collects the postings of one document, whose amounts are in the document's currency; debits are positive."""

    def __init__(self, company: Company, kind: str, data: Json) -> None:
        self._company = company
        self._kind = kind
        self._data = data
        self._rate = Decimal(data.get("ExchangeRate", 1))
        currency = data.get("CurrencyRef", {}).get("value", company.home_currency)
        self._foreign = currency != company.home_currency
        self._postings: list[Posting] = []
        self._stock: list[tuple[str, Decimal]] = []
        self._open = ZERO  # what is still to be balanced, in the document's currency

    def add(
        self,
        account: str,
        amount: Decimal | int,
        name: Name | None = None,
        text: str = "",
        *,
        rate: Decimal | None = None,
    ) -> None:
        """Debit an account (a negative amount credits it), at the document's rate or another."""
        if amount:
            self._open -= amount
            home = cents(Decimal(amount) * (self._rate if rate is None else rate))
            self._append(account, Decimal(amount), home, name, text)

    def rest(self, account: str, name: Name | None = None) -> None:
        """Post what is left in the document's currency at its rate; home currency may then still differ."""
        self.add(account, self._open, name)

    def home(self, account: str, amount: Decimal) -> None:
        """Debit an amount that is home currency whatever the document's is (cost of goods)."""
        if amount:
            self._postings.append(Posting(account, amount))

    def close(self, account: str, name: Name | None = None, text: str = "") -> None:
        """Post what is left to this account, so that the entry balances to the cent in home currency."""
        home = -sum((one.amount for one in self._postings), ZERO)
        if home or self._open:
            self._append(account, self._open, home, name, text)
            self._open = ZERO

    def move(self, item: str, quantity: Decimal) -> None:
        """Put into or take out of stock."""
        if quantity:
            self._stock.append((item, quantity))

    def entry(self) -> Entry | None:
        """Return the entry; None when nothing is booked."""
        if not self._postings and not self._stock:
            return None
        return Entry(
            self._kind, self._data["Id"], self._data.get("TxnDate", ""), tuple(self._postings), tuple(self._stock)
        )

    def _append(self, account: str, amount: Decimal, home: Decimal, name: Name | None, text: str) -> None:
        foreign = amount if self._foreign and self._currency(account) != self._company.home_currency else None
        self._postings.append(Posting(account, home, name, text, foreign))

    def _currency(self, account: str) -> str:
        found = self._company.get("Account", account) or {}
        return str(found.get("CurrencyRef", {}).get("value", self._company.home_currency))


def account_of(company: Company, account_type: str, currency: str = "") -> str:
    """Return the Id of the first active account of a type, in this currency when there is one ("" when none)."""
    rows = [row.data for row in company.store.find("Account", "AccountType", account_type)]
    fitting = [row for row in rows if row.get("CurrencyRef", {}).get("value", currency) == currency] or rows
    return str(min(fitting, key=lambda row: int(row["Id"]))["Id"]) if fitting else ""


def account_of_subtype(company: Company, account_type: str, subtype: str) -> str:
    """Return the Id of the first account of a sub-type, else of its type."""
    rows = (row.data for row in company.store.find("Account", "AccountType", account_type))
    found = next((row["Id"] for row in rows if row["AccountSubType"] == subtype), "")
    return str(found) or account_of(company, account_type)
