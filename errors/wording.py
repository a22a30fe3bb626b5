"""Words for the parts of an error, in the reader's language: for the command line, mails and pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from babel.dates import format_datetime

from errors.kinds import Category
from errors.language import _, current, say
from errors.listing import ErrorRow
from errors.problem import Fault
from errors.tables import State


def category_word(category: Category, language: str | None = None) -> str:
    """The name of the tab."""
    return {
        Category.ACCOUNTS: _("Accounts", language),
        Category.INVOICES: _("Invoices", language),
        Category.PAYMENTS: _("Payments", language),
        Category.REFUNDS: _("Refunds", language),
        Category.EXPENSES: _("Expenses", language),
        Category.SERVICES: _("Services", language),
        Category.COMPANY: _("Whole company", language),
    }[category]


def state_word(state: State, language: str | None = None) -> str:
    return {
        State.OPEN: _("open", language),
        State.SKIPPED: _("skipped", language),
        State.SETTLED: _("settled", language),
        State.DELETED: _("deleted", language),
    }[state]


def blocks(row: ErrorRow, language: str | None = None) -> str:
    """How much waits for it ("41 documents, 12,310.55 USD"); empty when nothing does."""
    return ", ".join((waiting_documents(row, language), *waiting_amounts(row, language)))


def waiting_documents(row: ErrorRow, language: str | None = None) -> str:
    """How many documents wait for it; empty when none does."""
    if row.blocks == 1:
        return _("1 document", language)
    return say("{count} documents", language, count=row.blocks) if row.blocks else ""


def waiting_amounts(row: ErrorRow, language: str | None = None) -> list[str]:
    """What these documents come to, for each currency."""
    return [money(total, currency, language) for currency, total in row.sums.items()]


def worth(documents: int, sums: Mapping[str, Decimal]) -> str:
    """So many documents and what they come to ("41 documents, 12,310.55 USD")."""
    number = _("1 document") if documents == 1 else say("{count} documents", count=documents)
    return ", ".join((number, *(money(total, currency) for currency, total in sums.items())))


def money(amount: Decimal, currency: str, language: str | None = None) -> str:
    return say("{amount} {currency}", language, amount=amount, currency=currency).strip()


def moment(at: datetime, language: str | None = None) -> str:
    """Date and time in UTC, said so: the reader of a mail may sit anywhere."""
    written = format_datetime(at.astimezone(UTC), "medium", locale=language or current())
    return f"{plain(written)} UTC"


def support(fault: Fault, language: str | None = None) -> str:
    """What Intuit's support asks for; empty when QuickBooks did not answer."""
    parts = []
    if fault.code:
        parts.append(say("fault code {code}", language, code=fault.code))
    if fault.status is not None:
        parts.append(say("HTTP status {status}", language, status=fault.status))
    if fault.trace_id:
        parts.append(say("intuit_tid {trace_id}", language, trace_id=fault.trace_id))
    return ", ".join(parts)


def plain(text: str) -> str:
    """One line without control characters: a name from a database must not steer a terminal or a mail's header."""
    return "".join(character if character.isprintable() else " " for character in text)
