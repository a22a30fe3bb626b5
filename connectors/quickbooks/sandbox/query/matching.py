"""A WHERE clause made ready for one entity: which rows it holds for, and where an index would find them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.store import Place, Row
from connectors.quickbooks.sandbox.entities.kind import Kind
from connectors.quickbooks.sandbox.query import fields
from connectors.quickbooks.sandbox.query.fields import ABSENT, Field, Key
from connectors.quickbooks.sandbox.query.language import All, AnyOf, Comparison, Condition, Not
from connectors.quickbooks.sandbox.schema import shapes
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

Span = tuple[Place, Place]  # from the first place, included, to the second, excluded
AFTER = 10**30  # after the number of every Id
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:\Z|[T ZzZ+-].*)", re.DOTALL)


@dataclass(frozen=True)
class Test:
    """One condition: `holds` for a row; `spans` are where its rows stand among the field's places, if they do."""

    __test__ = False  # no test of pytest's

    holds: Callable[[Row], bool]
    field: Field | None = None
    spans: tuple[Span, ...] | None = None
    ids: tuple[str, ...] | None = None


def places(field: Field, row: Row) -> list[Place]:
    """Return where a row stands among the rows of its kind, sorted by what the field compares as."""
    return [(*key, row.number, row.id) for key in field.keys(row.data)]


def tests(kind: Kind, condition: All, now: datetime) -> list[Test]:
    """Make the parts of a WHERE clause ready; raises `Refusal` 4001 or 2030 for what may not be asked."""
    found = [test(kind, part, now) for part in condition.parts]
    if kind.name_field and not any(_names_active(part) for part in condition.parts):
        found.append(test(kind, Comparison("Active", "=", ("true",)), now))
    return found


def test(kind: Kind, condition: Condition, now: datetime) -> Test:
    if isinstance(condition, Comparison):
        return _comparison(kind, condition, now)
    if isinstance(condition, Not):
        inner = test(kind, condition.part, now)
        return Test(lambda row: not inner.holds(row))
    parts = [test(kind, part, now) for part in condition.parts]
    if isinstance(condition, AnyOf):
        return Test(lambda row: any(part.holds(row) for part in parts))
    return Test(lambda row: all(part.holds(row) for part in parts))


def _names_active(condition: Condition) -> bool:
    if isinstance(condition, Comparison):
        return condition.field.casefold() == "active"
    if isinstance(condition, Not):
        return _names_active(condition.part)
    return any(_names_active(part) for part in condition.parts)


def _comparison(kind: Kind, asked: Comparison, now: datetime) -> Test:
    field = fields.queryable(kind, asked.field)
    if field.name == "Id":
        return _by_id(asked)
    if asked.operator in ("LIKE", "CONTAINS"):
        return _like(field, asked.values[0] if asked.operator == "LIKE" else f"%{asked.values[0]}%")
    values = [_read(field, value, now) for value in asked.values]
    if asked.operator == "!=":
        equal = _between(field, _spans("=", values))
        return Test(lambda row: not equal.holds(row))
    return _between(field, _spans(asked.operator, values))


def _by_id(asked: Comparison) -> Test:
    """Ids are asked for by = and IN only (qbo-facts section 4)."""
    if asked.operator not in ("=", "IN"):
        raise Refusal(faults.invalid_query(f"operator {asked.operator} is not supported for property 'Id'"))
    for value in asked.values:
        if not value.isdecimal():
            raise Refusal(faults.invalid_id(value), timed=False)
    ids = tuple(dict.fromkeys(asked.values))
    return Test(lambda row: row.id in ids, ids=ids)


def _spans(operator: str, values: list[Key]) -> tuple[Span, ...]:
    """Return the places of an operator; what is absent is neither less nor more than anything."""
    if operator in ("=", "IN"):
        return tuple((value, (*value, AFTER)) for value in dict.fromkeys(values))
    first = values[0]
    if ABSENT in values:
        return ()
    if operator == "BETWEEN":
        return ((first, (*values[1], AFTER)),)
    rank = first[0]
    return {
        "<": (((rank,), first),),
        "<=": (((rank,), (*first, AFTER)),),
        ">": (((*first, AFTER), (rank + 1,)),),
        ">=": ((first, (rank + 1,)),),
    }[operator]


def _between(field: Field, spans: tuple[Span, ...]) -> Test:
    def holds(row: Row) -> bool:
        return any(low <= place < high for place in places(field, row) for low, high in spans)

    return Test(holds, field, spans)


def _like(field: Field, pattern: str) -> Test:
    """Compare with a pattern in which only % is special; its fixed beginning finds text in an index."""
    parts = pattern.casefold().split("%")

    def holds(row: Row) -> bool:
        return any(key != ABSENT and _fits(parts, _text(key)) for key in field.keys(row.data))

    if len(parts) == 2 and parts[0] and not parts[1] and field.rank == 3 and parts[0][-1] < "\U0010ffff":
        after = parts[0][:-1] + chr(ord(parts[0][-1]) + 1)
        return Test(holds, field, (((3, parts[0]), (3, after)),))
    return Test(holds)


def _fits(parts: list[str], text: str) -> bool:
    """Say whether a text begins with the first part, ends with the last, and holds the others between, in order."""
    if len(parts) == 1:
        return text == parts[0]
    first, *between, last = parts
    position = len(first)
    for part in between:
        position = text.find(part, position)
        if position < 0:
            return False
        position += len(part)
    return text.startswith(first) and text.endswith(last) and len(text) - len(last) >= position


def _text(key: Key) -> str:
    value = key[1]
    return value.isoformat().casefold() if isinstance(value, datetime) else str(value).casefold()


def _read(field: Field, text: str, now: datetime) -> Key:
    """Return a statement's value as the field compares; a blank one stands for the absent (qbo-facts section 4).

    Raises:
        Refusal: 4001 for a text that is no number, no date or no time.
    """
    if not text.strip():
        return ABSENT
    if text.upper() == "CURRENT_DATE":
        text = clock.today(now)
    return field.rank, _value(field, text)


def _value(field: Field, text: str) -> Any:
    if field.sort == shapes.NUMBER:
        return _decimal(text)
    if field.sort == shapes.MOMENT:
        return _moment(text)
    if field.sort == shapes.BOOLEAN:
        return text.strip().lower() == "true"
    return _day(text) if field.sort == shapes.DATE else text.casefold()


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Refusal(faults.invalid_query(f"value {text} is not a valid number"))
    return number


def _moment(text: str) -> datetime:
    try:
        return clock.moment(text)
    except ValueError:
        raise Refusal(faults.invalid_query(f"value {text} is not a valid date")) from None


def _day(text: str) -> str:
    """Return the day of a date or time; a zone after it is legal and changes nothing (qbo-facts 1.5)."""
    found = DAY.match(text.strip())
    if found is None:
        raise Refusal(faults.invalid_query(f"value {text} is not a valid date"))
    year, month, day = found.groups()
    return f"{year}-{int(month):02d}-{int(day):02d}"
