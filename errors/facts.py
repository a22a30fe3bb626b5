"""A problem's facts as JSON and back: an amount stays a Decimal, a date a date, a name a Name, a phrase a Phrase."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from errors.kinds import KINDS, WrittenByAnotherVersion
from errors.problem import Fact, Fault, Name, Phrase, Problem


def dump(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """JSON values; what JSON has no type for stands in an object with one key that names the type.

    Raises:
        TypeError: a value is no Fact (a float, for example).
    """
    return {name: _dumped(name, fact) for name, fact in facts.items()}


def load(stored: Mapping[str, Any]) -> dict[str, Fact]:
    """The facts as they were given to `dump`."""
    return {name: _loaded(value) for name, value in stored.items()}


def rebuild(code: str, subject: str, facts: Mapping[str, Fact], fault: Fault) -> Problem:
    """The problem of a stored row, also when another version of Cuadre wrote it: no row can break the table."""
    kind = KINDS.get(code, WrittenByAnotherVersion)
    known: dict[str, Fact] = dict(facts) if code in KINDS else {"code": code} | dict(facts)
    missing = kind.placeholders() - known.keys()
    return Problem(kind=kind, subject=subject, facts=known | dict.fromkeys(missing, "?"), fault=fault)


def _dumped(name: str, fact: Fact) -> Any:
    if isinstance(fact, Decimal):
        return {"decimal": str(fact)}
    if isinstance(fact, datetime):  # before date: every datetime is a date
        return {"datetime": fact.isoformat()}
    if isinstance(fact, date):
        return {"date": fact.isoformat()}
    if isinstance(fact, Name):
        return {"name": [fact.word, fact.label]}
    if isinstance(fact, Phrase):
        return {"phrase": [fact.message, dump(fact.facts)]}
    if isinstance(fact, str | int):
        return fact
    raise TypeError(f"The fact {name!r} is a {type(fact).__name__}; facts are str, int, Decimal, date, Name or Phrase")


def _loaded(value: Any) -> Fact:  # noqa: PLR0911 - one for each type of fact
    match value:
        case {"decimal": str(text)}:
            return Decimal(text)
        case {"datetime": str(text)}:
            return datetime.fromisoformat(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case {"name": [str(word), str(label)]}:
            return Name(word, label)
        case {"phrase": [str(message), dict(facts)]}:
            return Phrase(message, load(facts))
        case str() | int():
            return value
    return str(value)
