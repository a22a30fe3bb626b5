"""One catalogue for everything a person reads: English is the message id, other languages live in errors/locales/."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from errors.problem import Fact, Name, Phrase, Problem

LANGUAGES = ("en", "es")
LOCALES = Path(__file__).parent / "locales"

_current: ContextVar[str] = ContextVar("language", default="en")


def use(language: str) -> None:
    """Set the language of this process's reader (the CLI does; mails and pages name their reader's instead)."""
    _current.set(language if language in LANGUAGES else "en")


def current() -> str:
    return _current.get()


def base(locale: str) -> str:
    """The language of a locale: "es" for "es_MX", whose numbers and dates differ, but not its words."""
    return locale.partition("_")[0]


@cache
def _catalogue(language: str) -> NullTranslations:
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as text:
        write_mo(compiled, read_po(text, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _(message: str, language: str | None = None) -> str:
    """The message in the reader's language; the English text itself when a translation is missing."""
    return _catalogue(base(language or current())).gettext(message) if message else ""


def say(message: str, language: str | None = None, /, **facts: Fact) -> str:
    """Translate a message with {names} in it, and fill in the facts by the reader's customs."""
    return _(message, language).format_map(localised(facts, language))


def localised(facts: Mapping[str, Fact], language: str | None = None) -> dict[str, str]:
    """Amounts and dates as this language writes them: 1,234.50 or 1.234,50."""
    return {name: told(fact, language) for name, fact in facts.items()}


def told(fact: Fact, language: str | None = None) -> str:
    """One fact in the reader's language and by the reader's customs."""
    language = language or current()
    if isinstance(fact, Decimal):
        return format_decimal(fact, "#,##0.00##########", locale=language)
    if isinstance(fact, date):
        return format_date(fact, "medium", locale=language)
    if isinstance(fact, Name):
        return f"{_(fact.word, language)} {fact.label}".rstrip()
    if isinstance(fact, Phrase):
        return say(fact.message, language, **fact.facts)
    return str(fact)


def sentence(problem: Problem, language: str | None = None) -> str:
    """What went wrong, for the reader."""
    return _capital(say(problem.kind.sentence(), language, **problem.facts))


def fix(problem: Problem, language: str | None = None) -> str:
    """What the reader can do about it."""
    return _capital(say(problem.kind.fix, language, **problem.facts))


def steps(problem: Problem, language: str | None = None) -> list[str]:
    """The way to it through QuickBooks, one sentence for each step; empty where there is nothing to do there."""
    return [_capital(say(step, language, **problem.facts)) for step in problem.kind.steps]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
