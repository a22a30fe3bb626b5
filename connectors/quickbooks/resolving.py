"""What a document needs of the company's books: accounts, payment method, currency, an open period. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from connectors.contract import Remote
from connectors.documents import Document, Fee, Invoice, Money, Payment, Refund, Service, name_of
from connectors.quickbooks.books import EXPECTED, INCOME, Account, Books, account_problem
from connectors.quickbooks.faults import closed_subject
from connectors.quickbooks.mapping.header import Resolved
from connectors.quickbooks.settings import CompanySettings
from errors.kinds import (
    AccountRefused,
    CurrencyRefused,
    MissingExchangeRate,
    PaymentMethodUnknown,
    PeriodClosed,
    ServiceAccountWrong,
    ServiceMissingOnLine,
)
from errors.problem import Fact, Problem, phrase

Vendors = Callable[[str], str]  # a processor's name -> the vendor's id


def resolve(
    document: Document,
    books: Books,
    settings: CompanySettings,
    current: Remote | None,
    vendors: Vendors,
    methods: Mapping[str, str],
) -> Resolved | tuple[Problem, ...]:
    """All ids, or everything that stands in the way. `vendors` is asked last, when nothing does. `methods`: as the
    contract's References says.

    Raises:
        ProblemError: from `vendors`.
    """
    found = _Finder(document, books, settings, methods)
    fields = found.fields()
    problems = [*found.problems, *_period(document, books, settings, current), *_currency(document, books)]
    if problems:
        return tuple(problems)
    if isinstance(document, Fee):
        fields["vendor"] = vendors(document.processor or settings.default_processor)
    return Resolved(**fields, default_service=settings.default_service)


def lines_without_service(document: Document, default_service: str) -> tuple[Problem, ...]:
    """Lines for which neither the row nor the configuration names a service."""
    if default_service or not isinstance(document, Invoice | Refund):
        return ()
    services = [line.service_id for line in document.lines] if isinstance(document, Invoice) else [document.service_id]
    return tuple(
        Problem(
            kind=ServiceMissingOnLine,
            subject=_subject(document),
            facts={"line": place, "document": name_of(document)},
        )
        for place, service in enumerate(services, start=1)
        if service is None
    )


def period_problem(document: Document, closing: date, moment: date, company: str) -> Problem:
    facts: dict[str, Fact] = {"closing_date": closing, "document": name_of(document), "date": moment}
    return Problem(kind=PeriodClosed, subject=closed_subject(company, closing), facts=facts)


class _Finder:
    """Collects ids and problems for one document."""

    def __init__(self, document: Document, books: Books, settings: CompanySettings, methods: Mapping[str, str]) -> None:
        self.document = document
        self.books = books
        self.settings = settings
        self.methods = methods
        self.problems: list[Problem] = list(lines_without_service(document, settings.default_service))

    def fields(self) -> dict[str, Any]:
        document = self.document
        match document:
            case Service():
                return {"income_account": self._income(document)}
            case Payment():
                account = self._account("deposit", document.deposit_account)
                return {"account": _id(account), "payment_method": self._method(document), **self._foreign(document)}
            case Refund():
                account = self._account("refunds_from", document.from_account)
                return {"account": _id(account), "payment_method": self._method(document), **self._foreign(document)}
            case Fee():
                account = self._account("fees_from", document.from_account)
                return {
                    "account": _id(account),
                    "payment_type": "CreditCard" if account is not None and account.type == "Credit Card" else "Cash",
                    "expense_account": _id(self._account("fees_expense", document.expense_account)),
                    **self._foreign(document),
                }
            case Invoice():
                return self._foreign(document)
        return {}

    def _foreign(self, document: Money) -> dict[str, Any]:
        return {"foreign": _is_foreign(document, self.books)}

    def _account(self, setting: str, own: str) -> Account | None:
        """The account of the row if it names one (its mistake stops the row), else that of the setting (stops all)."""
        if not own:
            wanted = getattr(self.settings.accounts, setting)
            problem = account_problem(self.books, setting, wanted, self.settings.name)
            if problem is not None:
                self.problems.append(problem)
            return self.books.account(wanted)
        account = self.books.account(own)
        if account is None or account.type not in EXPECTED[setting]:
            expected = " / ".join(EXPECTED[setting])
            detail = phrase("{account} is not an account of type {expected}", account=own, expected=expected)
            facts: dict[str, Fact] = {"document": name_of(self.document), "detail": detail}
            subject = f"account {self.settings.name} {own} as {setting}"
            self.problems.append(Problem(kind=AccountRefused, subject=subject, facts=facts))
        return account

    def _income(self, service: Service) -> str:
        if not service.income_account:
            return _id(self._account("income", ""))
        account = self.books.account(service.income_account)
        if account is None or account.type not in INCOME:
            facts: dict[str, Fact] = {"account": service.income_account, "name": service.name}
            self.problems.append(Problem(kind=ServiceAccountWrong, subject=_subject(service), facts=facts))
        return _id(account)

    def _method(self, document: Payment | Refund) -> str:
        if not document.method:
            return ""
        mapped = {word.casefold(): name for word, name in self.settings.payment_methods.items()}
        wanted = mapped.get(document.method.casefold(), document.method)
        method = self.books.payment_method(self.methods.get(wanted.casefold(), wanted))
        if method is None:
            facts: dict[str, Fact] = {"document": name_of(document), "method": wanted}
            subject = f"payment method {self.settings.name} {wanted}"
            self.problems.append(Problem(kind=PaymentMethodUnknown, subject=subject, facts=facts))
            return ""
        return method.target_id


def _period(document: Document, books: Books, settings: CompanySettings, current: Remote | None) -> Iterator[Problem]:
    """The new date, and that of the document as QBO holds it, must lie behind the closing date."""
    if books.closing_date is None or not isinstance(document, Invoice | Payment | Refund | Fee):
        return
    dates = [document.date]
    if current is not None and current.body.get("TxnDate"):
        dates.append(date.fromisoformat(str(current.body["TxnDate"])[:10]))
    if min(dates) <= books.closing_date:
        yield period_problem(document, books.closing_date, min(dates), settings.name)


def _currency(document: Document, books: Books) -> Iterator[Problem]:
    if not isinstance(document, Invoice | Payment | Refund | Fee) or not _is_foreign(document, books):
        return
    if not books.multicurrency:
        detail = phrase(
            "{currency} is not the home currency {home}, and multicurrency is off",
            currency=document.currency,
            home=books.home_currency,
        )
        facts: dict[str, Fact] = {"document": name_of(document), "detail": detail}
        yield Problem(kind=CurrencyRefused, subject=_subject(document), facts=facts)
    elif document.exchange_rate is None or document.exchange_rate <= 0:
        named: dict[str, Fact] = {
            "document": name_of(document),
            "currency": document.currency,
            "home": books.home_currency,
        }
        yield Problem(kind=MissingExchangeRate, subject=_subject(document), facts=named)


def _is_foreign(document: Money, books: Books) -> bool:
    return bool(document.currency) and document.currency.upper() != books.home_currency.upper()


def _id(account: Account | None) -> str:
    return account.target_id if account is not None else ""


def _subject(document: Document) -> str:
    return f"{document.kind.value} {document.local_id}"
