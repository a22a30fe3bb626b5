"""The user's query, wrapped: keyset, ids and limits go around it, and every database pushes them down into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, TextClause, bindparam, text
from sqlalchemy.types import NullType

from connectors.contract import Position

CHUNK = 500  # ids in one statement; SQLite takes 32,766 values, PostgreSQL 65,535


def first(query: str) -> TextClause:
    """One row, to learn the columns."""
    return text(f"{_wrapped(query)} LIMIT 1")


def nothing(query: str) -> TextClause:
    """No row, only the columns."""
    return text(f"{_wrapped(query)} WHERE 1 = 0")


def behind(query: str, position: Position | None, *, timed: bool) -> Iterator[tuple[TextClause, dict[str, Any]]]:
    """The statements, with their values, that together yield the rows behind a position, in order; each takes :limit.

    Two plain comparisons instead of one of pairs: an index on (updated_at, id) serves both on every database, and
    rows that share the very instant of the position cost nothing.
    """
    if not timed:
        if position is None or position.changed is not None:  # the query had an updated_at when that was noted
            yield _ordered(query, "", "q.id"), {}
        else:
            yield _ordered(query, "WHERE q.id > :key", "q.id"), {"key": position.key}
    elif position is None or position.changed is None:
        yield _ordered(query, "WHERE q.updated_at IS NOT NULL", "q.updated_at, q.id"), {}
    else:
        here = {"changed": position.changed}
        yield _ordered(query, "WHERE q.updated_at = :changed AND q.id > :key", "q.id"), here | {"key": position.key}
        yield _ordered(query, "WHERE q.updated_at > :changed", "q.updated_at, q.id"), here


def timeless(query: str) -> TextClause:
    """The rows of a timed query that have no time; takes :limit."""
    return _ordered(query, "WHERE q.updated_at IS NULL", "q.id")


def chosen(query: str, column: str, order: str) -> TextClause:
    """The rows whose `column` is one of :ids."""
    return text(f"{_wrapped(query)} WHERE q.{column} IN :ids ORDER BY {order}")


def bound(values: Mapping[str, Any], statement: TextClause) -> TextClause:
    """The statement with values that go to the driver untouched: the database gives them its column's type."""
    return statement.bindparams(*(_bound(name, value) for name, value in values.items()))


def _bound(name: str, value: Any) -> BindParameter[Any]:
    return bindparam(name, value, type_=NullType(), expanding=isinstance(value, list))


def chunks(ids: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(ids), CHUNK):
        yield list(ids)[start : start + CHUNK]


def _ordered(query: str, where: str, order: str) -> TextClause:
    return text(f"{_wrapped(query)} {where} ORDER BY {order} LIMIT :limit")


def _wrapped(query: str) -> str:
    """The query as a table. Its colons are its own (casts, times), and a comment at its end must end there."""
    inner = query.strip().rstrip(";").replace(":", "\\:")
    return f"SELECT q.* FROM (\n{inner}\n) AS q"  # noqa: S608 - the administrator's own query
