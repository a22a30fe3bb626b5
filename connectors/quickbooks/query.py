"""The query language: pure builders of statements (qbo-facts section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

PAGE = 1000  # MAXRESULTS above it is not defined
CHUNK = 100  # values of one IN list
BACKSLASH = "\\"


@dataclass(frozen=True)
class Question:
    """All rows of an entity that meet every condition."""

    entity: str
    conditions: tuple[str, ...] = ()


def quote(value: str) -> str:
    r"""A value as the parser takes it, in single quotes: ' becomes \'.

    Raises:
        ValueError: a backslash. Nobody documents how it is escaped, and a wrong guess breaks the whole statement.
    """
    if BACKSLASH in value:
        raise ValueError("a value with a backslash is asked for by `like`")
    escaped = value.replace("'", "\\'")
    return f"'{escaped}'"


def equals(field: str, value: str) -> str:
    """Rows whose field is the value; with a backslash in it, perhaps some more, which the caller filters."""
    return like(field, value) if BACKSLASH in value else f"{field} = {quote(value)}"


def like(field: str, value: str) -> str:
    """Rows whose field is the value, and perhaps more: % stands for each backslash."""
    return f"{field} LIKE {quote(value.replace(BACKSLASH, '%'))}"


def any_of(field: str, values: Iterable[str]) -> list[str]:
    """Conditions, one for each statement to ask, that together find all rows with one of the values, perhaps more."""
    wanted = list(dict.fromkeys(values))
    plain = [value for value in wanted if BACKSLASH not in value]
    lists = [plain[start : start + CHUNK] for start in range(0, len(plain), CHUNK)]
    return [is_in(field, values) for values in lists] + [like(field, value) for value in wanted if BACKSLASH in value]


def is_in(field: str, values: Iterable[str]) -> str:
    return f"{field} IN ({', '.join(quote(value) for value in values)})"


def after(field: str, moment: datetime) -> str:
    return f"{field} >= {quote(moment.isoformat(timespec='seconds'))}"


def begins_with(field: str, prefix: str) -> str:
    """LIKE knows the wildcard % only, and no way to escape it: the caller filters what comes too much.

    The pattern ends before the first %, _ or backslash of the prefix, so that it never misses a row.
    """
    literal = re.split(r"[%_\\]", prefix)[0]
    return f"{field} LIKE {quote(literal + '%')}" if literal else ""


def contains(field: str, text: str) -> str:
    """As `begins_with`, anywhere in the field: the longest part of the text that has no wildcard stands for all."""
    literal = max(re.split(r"[%_\\]", text), key=len)
    return f"{field} LIKE {quote('%' + literal + '%')}" if literal else ""


ANY_STATE = "Active IN (true, false)"  # without it, list objects made inactive stay out


def count(entity: str, condition: str = "") -> str:
    """The statement that answers totalCount."""
    where = f" WHERE {condition}" if condition else ""
    return f"SELECT COUNT(*) FROM {entity}{where}"  # noqa: S608 - not SQL


def select(
    entity: str, *conditions: str, order_by: str = "", start: int | None = None, limit: int | None = None
) -> str:
    """One statement; empty conditions are left out."""
    where = " AND ".join(condition for condition in conditions if condition)
    parts = [
        f"SELECT * FROM {entity}",  # noqa: S608 - not SQL; values come through `quote`
        f"WHERE {where}" if where else "",
        f"ORDERBY {order_by}" if order_by else "",
        f"STARTPOSITION {start}" if start is not None else "",
        f"MAXRESULTS {limit}" if limit is not None else "",
    ]
    return " ".join(part for part in parts if part)
