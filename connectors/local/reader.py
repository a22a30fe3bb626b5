"""The user's queries run against the user's database: raw rows in, raw rows out, every trouble a ProblemError."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, TextClause, text

from connectors.contract import Position
from connectors.documents import DocumentKind
from connectors.local import queries, values
from connectors.local.changes import UnfitRowError, keys_of
from connectors.local.columns import CHILDREN, ROWS, Columns
from connectors.local.engine import connect
from connectors.local.faults import broken, reported
from connectors.local.settings import LocalSettings
from errors.problem import Fact, Problem, ProblemError, joined, phrase

TIMELESS = 20  # rows without a time of change that one poll looks at

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Found:
    """Rows with their keys, one for one, and their children by the row's key as text."""

    rows: Sequence[Row]
    keys: Sequence[int | str]
    children: Mapping[str, Sequence[Row]]


class Reader:
    """One company's database. Each call is one transaction, and sees one snapshot."""

    def __init__(self, settings: LocalSettings) -> None:
        self.settings = settings
        self._engine = connect(settings.url, settings.setting)
        self._fitting: dict[DocumentKind, frozenset[str]] = {}

    def close(self) -> None:
        self._engine.dispose()

    def behind(self, kind: DocumentKind, after: Position | None, limit: int) -> Found:
        """At most `limit` rows behind a position, then a few of those that have no time of change."""
        query = self.settings.kinds[kind].query
        with self._transaction(kind, "query") as connection:
            timed = "updated_at" in self._columns(connection, kind)
            found: list[Row] = []
            for statement, place in queries.behind(query, after, timed=timed):
                if len(found) < limit:
                    found += _rows(connection, statement, {**place, "limit": limit - len(found)})
            if timed and len(found) < limit - 1:  # a page that is not full ends the poll
                fewest = min(TIMELESS, limit - 1 - len(found))
                found += _rows(connection, queries.timeless(query), {"limit": fewest})
            return self._complete(connection, kind, found)

    def chosen(self, kind: DocumentKind, keys: Sequence[int | str]) -> Found:
        """The rows with these keys."""
        statement = queries.chosen(self.settings.kinds[kind].query, "id", "q.id")
        with self._transaction(kind, "query") as connection:
            self._columns(connection, kind)
            found = [row for ids in queries.chunks(keys) for row in _rows(connection, statement, {"ids": ids})]
            return self._complete(connection, kind, found)

    def write(self, kind: DocumentKind, setting: str, place: Mapping[str, Any]) -> int:
        """Run a statement of the settings; how many rows it changed. More than one: nothing is changed."""
        statement = text(getattr(self.settings.kinds[kind], setting))
        with self._transaction(kind, setting) as connection:
            changed: int = connection.execute(queries.bound(place, statement)).rowcount
            if changed > 1:
                detail = phrase("the statement would change {count} rows instead of one", count=changed)
                raise self._broken(kind, setting, detail)
        return changed

    def rename(self, kind: DocumentKind, setting: str, place: Mapping[str, Any]) -> int:
        """Run a statement that may change many rows, all of them or none; how many it changed."""
        statement = text(getattr(self.settings.kinds[kind], setting))
        with self._transaction(kind, setting) as connection:
            changed: int = connection.execute(queries.bound(place, statement)).rowcount
        return changed

    def examine(self, kind: DocumentKind) -> Iterator[Problem]:
        """Every query of the kind run for one row, and its columns compared with what is known; all mistakes."""
        for setting, query, columns in self._queries(kind):
            try:
                with self._transaction(kind, setting) as connection:
                    names = frozenset(connection.execute(queries.first(query)).keys())
                mistakes = _mistakes(columns, frozenset(name.lower() for name in names), strict=True)
                if mistakes:
                    yield broken(self.settings.path(kind, setting), mistakes)
            except ProblemError as error:
                yield error.problem

    def _queries(self, kind: DocumentKind) -> Iterator[tuple[str, str, Columns]]:
        """The kind's queries, with the key of their setting and the columns they should have."""
        settings = self.settings.kinds[kind]
        yield "query", settings.query, ROWS[kind]
        if kind in CHILDREN and (query := getattr(settings, CHILDREN[kind].setting)):
            yield CHILDREN[kind].setting, query, CHILDREN[kind].columns

    def _columns(self, connection: Connection, kind: DocumentKind) -> frozenset[str]:
        """The columns of the kind's query, looked at once; a missing one would be a riddle later."""
        if kind not in self._fitting:
            found = {}
            for setting, query, columns in self._queries(kind):
                with reported(self._engine, self.settings.path(kind, setting)):
                    found[setting] = _names(connection, query)
                if mistakes := _mistakes(columns, found[setting], strict=False):
                    raise self._broken(kind, setting, mistakes)
            self._fitting[kind] = found["query"]
        return self._fitting[kind]

    def _complete(self, connection: Connection, kind: DocumentKind, rows: Sequence[Row]) -> Found:
        """The rows with what belongs to them; the keys are examined first, all else hangs on them."""
        settings = self.settings.kinds[kind]
        try:
            keys = keys_of(rows, settings.key)
        except UnfitRowError as error:
            raise self._broken(kind, "query", error.why) from error
        children: dict[str, list[Row]] = {str(key): [] for key in keys}
        shape = CHILDREN.get(kind)
        if shape and (query := getattr(settings, shape.setting)):
            statement = queries.chosen(query, shape.parent, f"q.{shape.parent}, q.{shape.order}")
            with reported(self._engine, self.settings.path(kind, shape.setting)):
                for ids in queries.chunks([row["id"] for row in rows if _askable(row["id"])]):
                    for row in _rows(connection, statement, {"ids": ids}):
                        children.setdefault(str(values.key(row[shape.parent])), []).append(row)
        return Found(rows=rows, keys=keys, children=children)

    @contextmanager
    def _transaction(self, kind: DocumentKind, setting: str) -> Iterator[Connection]:
        with reported(self._engine, self.settings.path(kind, setting)), self._engine.begin() as connection:
            yield connection

    def _broken(self, kind: DocumentKind, setting: str, detail: Fact) -> ProblemError:
        return ProblemError(broken(self.settings.path(kind, setting), detail))


def _rows(connection: Connection, statement: TextClause, place: Mapping[str, Any]) -> list[Row]:
    if connection.dialect.name == "sqlite":  # its driver knows no Decimal: a time of change kept as one was a float
        place = {name: float(value) if isinstance(value, Decimal) else value for name, value in place.items()}
    result = connection.execute(queries.bound(place, statement))
    names = [name.lower() for name in result.keys()]  # noqa: SIM118 - a result is no mapping
    return [dict(zip(names, row, strict=True)) for row in result]


def _names(connection: Connection, query: str) -> frozenset[str]:
    return frozenset(name.lower() for name in connection.execute(queries.nothing(query)).keys())  # noqa: SIM118 - same


def _mistakes(columns: Columns, found: Collection[str], *, strict: bool) -> Fact | None:
    """What is wrong with the columns of a query, in one sentence; strict: unknown ones are mistakes too."""
    mistakes: list[Fact] = []
    if missing := columns.missing(found):
        mistakes.append(phrase("missing columns: {names}", names=", ".join(missing)))
    if strict and (unknown := columns.unknown(found)):
        mistakes.append(phrase("unknown columns: {names}", names=", ".join(sorted(unknown))))
    if mistakes:
        mistakes.append(phrase("known columns: {names}", names=", ".join((*columns.needed, *columns.optional))))
    return joined(mistakes, "; ") if mistakes else None


def _askable(key: Any) -> bool:
    """Bytes that were no text (SQLite keeps anything) cannot be asked for again."""
    try:
        str(key).encode()
    except UnicodeEncodeError:
        return False
    return True
