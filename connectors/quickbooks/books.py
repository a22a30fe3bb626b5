"""What a company's QuickBooks is like: its accounts, payment methods and preferences, as pure lookups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from connectors.quickbooks.settings import CompanySettings
from errors.kinds import AccountMissing, AccountTypeWrong, JobNumbersRefused, SubscriptionEnded
from errors.problem import Phrase, Problem, phrase

# Which account types may stand where; others answer 6430 (qbo-facts 2.2, 2.3).
INCOME = ("Income", "Other Income")
MONEY = ("Bank", "Other Current Asset")
SPENDING = ("Bank", "Credit Card")
EXPENSE = ("Expense", "Other Expense", "Cost of Goods Sold")

EXPECTED: Mapping[str, tuple[str, ...]] = {
    "income": INCOME,
    "deposit": MONEY,
    "refunds_from": MONEY,
    "fees_from": (*SPENDING, "Other Current Asset"),  # a processor's clearing account may be either
    "fees_expense": EXPENSE,
}
_ENDED = {"EXPIRED", "RESTRICTED", "SUSPENDED", "CANCELLED"}


@dataclass(frozen=True, kw_only=True)
class Account:
    target_id: str
    name: str
    full_name: str
    number: str
    type: str


@dataclass(frozen=True, kw_only=True)
class PaymentMethod:
    target_id: str
    name: str
    is_credit_card: bool


@dataclass(frozen=True, kw_only=True)
class Books:
    """One reading of a company's set-up; only active accounts and methods. `custom_numbers`: SalesFormsPrefs of B4."""

    company_name: str
    country: str
    subscription: str
    home_currency: str
    multicurrency: bool
    custom_numbers: bool
    progress_invoicing: bool
    closing_date: date | None
    accounts: tuple[Account, ...]
    payment_methods: tuple[PaymentMethod, ...]

    def account(self, wanted: str) -> Account | None:
        """By full name or number, then by the bare name of a sub-account if only one has it. Case does not matter."""
        found = self._exact.get(wanted.casefold()) or self._named.get(wanted.casefold(), ())
        return found[0] if len(found) == 1 else None

    @cached_property
    def _exact(self) -> Mapping[str, Sequence[Account]]:
        """Asked for each document: a chart of accounts may be long."""
        return _under(self.accounts, lambda account: (account.full_name, account.number))

    @cached_property
    def _named(self) -> Mapping[str, Sequence[Account]]:
        return _under(self.accounts, lambda account: (account.name,))

    def payment_method(self, wanted: str) -> PaymentMethod | None:
        return next((one for one in self.payment_methods if one.name.casefold() == wanted.casefold()), None)


def _under(accounts: Iterable[Account], names: Callable[[Account], Iterable[str]]) -> Mapping[str, Sequence[Account]]:
    """The accounts that have each of these names, without case."""
    found: dict[str, list[Account]] = {}
    for account in accounts:
        for name in {name.casefold() for name in names(account)} - {""}:
            found.setdefault(name, []).append(account)
    return found


def read_books(
    company: Mapping[str, Any],
    preferences: Mapping[str, Any],
    accounts: Iterable[Mapping[str, Any]],
    methods: Iterable[Mapping[str, Any]],
) -> Books:
    """From QBO's CompanyInfo, Preferences, Account and PaymentMethod objects (qbo-facts 2.3, 2.6)."""
    named = {pair.get("Name"): str(pair.get("Value", "")) for pair in company.get("NameValue", [])}
    currency = preferences.get("CurrencyPrefs", {})
    closing = preferences.get("AccountingInfoPrefs", {}).get("BookCloseDate")
    return Books(
        company_name=str(company.get("CompanyName", "")),
        country=str(company.get("Country", "")),
        subscription=named.get("SubscriptionStatus", ""),
        home_currency=str(currency.get("HomeCurrency", {}).get("value", "")),
        multicurrency=_true(currency.get("MultiCurrencyEnabled")),
        progress_invoicing=_true(preferences.get("SalesFormsPrefs", {}).get("UsingProgressInvoicing")),
        custom_numbers=custom_numbers(preferences),
        closing_date=date.fromisoformat(str(closing)[:10]) if closing else None,
        accounts=tuple(_account(row) for row in accounts),
        payment_methods=tuple(_method(row) for row in methods),
    )


def setting_problems(books: Books, settings: CompanySettings) -> tuple[Problem, ...]:
    """What in the configuration does not fit the company, all of it; and a subscription that ended."""
    company = settings.name
    accounts = (account_problem(books, name, getattr(settings.accounts, name), company) for name in EXPECTED)
    found = [problem for problem in accounts if problem is not None]
    if settings.job_numbers and books.progress_invoicing:
        found.append(Problem(kind=JobNumbersRefused, subject=f"company {company}"))
    ended = books.subscription.upper() in _ENDED
    return (*([Problem(kind=SubscriptionEnded, subject=f"company {company}")] if ended else []), *found)


def custom_numbers(preferences: Mapping[str, Any]) -> bool:
    return _true(preferences.get("SalesFormsPrefs", {}).get("CustomTxnNumbers"))


def advice(books: Books) -> tuple[Phrase, ...]:
    """With the setting off QuickBooks numbers what has no number, and takes a number twice (qbo-facts section 3)."""
    if books.custom_numbers:
        return ()
    return (
        phrase(
            "custom transaction numbers are off in QuickBooks: it takes a number twice, and only Cuadre's own look "
            "guards against that (switch them on: Account and settings, Sales)"
        ),
    )


def method_names(books: Books) -> tuple[str, ...]:
    return tuple(sorted((one.name for one in books.payment_methods), key=str.casefold))


def income_accounts(books: Books) -> tuple[str, ...]:
    """Full names of those under which a service may be sold; none that another account's number hides."""
    names = (each.full_name for each in books.accounts if each.type in INCOME and books.account(each.full_name) == each)
    return tuple(sorted(names, key=str.casefold))


def account_problem(books: Books, setting: str, wanted: str, company: str) -> Problem | None:
    """Whether the account of a setting exists and is of a type that may stand there."""
    account = books.account(wanted)
    subject = f"accounts.{setting} of {company}"
    named = {"account": wanted, "setting": f"accounts.{setting}"}
    if account is None:
        return Problem(kind=AccountMissing, subject=subject, facts=named)
    if account.type not in EXPECTED[setting]:
        facts = {**named, "actual": account.type, "expected": " / ".join(EXPECTED[setting])}
        return Problem(kind=AccountTypeWrong, subject=subject, facts=facts)
    return None


def _account(row: Mapping[str, Any]) -> Account:
    name = str(row.get("Name", ""))
    return Account(
        target_id=str(row["Id"]),
        name=name,
        full_name=str(row.get("FullyQualifiedName") or name),
        number=str(row.get("AcctNum") or ""),
        type=str(row.get("AccountType", "")),
    )


def _method(row: Mapping[str, Any]) -> PaymentMethod:
    credit_card = row.get("Type") == "CREDIT_CARD"
    return PaymentMethod(target_id=str(row["Id"]), name=str(row.get("Name", "")), is_credit_card=credit_card)


def _true(value: Any) -> bool:
    """Preferences say true or "true"."""
    return value is True or str(value).lower() == "true"
