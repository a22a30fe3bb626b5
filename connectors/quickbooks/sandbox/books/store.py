"""Where a company's objects live: dictionaries with indices, and a change that is all or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sortedcontainers import SortedList

Json = dict[str, Any]
Key = tuple[str, str]
Place = tuple[Any, ...]
# Found without looking at every row; a reference is found by its value.
INDEXED = (
    "DocNumber",
    "DisplayName",
    "Name",
    "AccountType",
    "ParentRef",
    "CustomerRef",
    "VendorRef",
    "PaymentRefNum",
    "Code",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One stored object; `data` is never changed in place, `changed` counts the company's changes."""

    kind: str
    id: str
    data: Json
    changed: int

    @property
    def number(self) -> int:
        """The Id as a number, 0 for the few that are words ("NON")."""
        return int(self.id) if self.id.isdecimal() else 0


Places = Callable[[Row], Iterable[Place]]


@dataclass(frozen=True)
class Tombstone:
    """What remains of a deleted transaction, for change data capture; `time` as in MetaData."""

    kind: str
    id: str
    time: str


class Store:
    """Keeps rows by kind and Id, oldest change first; finds the INDEXED fields; undoes a change that fails.

    `examined` counts the rows that queries have looked at; the benchmarks read it. `unsaved` is None while nobody keeps
    the store elsewhere, else the keys of the rows put or removed since.
    """

    def __init__(self) -> None:
        self.examined = 0
        self.unsaved: set[Key] | None = None
        self._rows: dict[str, dict[str, Row]] = defaultdict(dict)
        self._index: dict[tuple[str, str, str], dict[str, None]] = {}
        self._sorted: dict[str, dict[Any, tuple[Places, SortedList]]] = defaultdict(dict)
        self._deleted: list[Tombstone] = []
        self._changed = 0
        self._undo: list[tuple[Key, Row | None]] | None = None

    def get(self, kind: str, id_: str) -> Row | None:
        return self._rows[kind].get(id_)

    def rows(self, kind: str) -> Iterable[Row]:
        return self._rows[kind].values()

    def look(self, kind: str, ids: Iterable[str]) -> Iterator[Row]:
        """Give the rows of these Ids, as far as they are there, and count them as examined."""
        rows = self._rows[kind]
        for id_ in ids:
            row = rows.get(id_)
            if row is not None:
                self.examined += 1
                yield row

    def count(self, kind: str) -> int:
        return len(self._rows[kind])

    def kinds(self) -> list[str]:
        return [kind for kind, rows in self._rows.items() if rows]

    def tombstones(self) -> list[Tombstone]:
        return list(self._deleted)

    @property
    def buried(self) -> int:
        """How many objects have been deleted."""
        return len(self._deleted)

    def was_deleted(self, kind: str, id_: str) -> bool:
        return any(one.kind == kind and one.id == id_ for one in self._deleted)

    def buried_since(self, kind: str, time: Callable[[str], bool]) -> list[Tombstone]:
        """Return a kind's deletions whose time passes the test, oldest first; deletions come in order of time."""
        found = []
        for one in reversed(self._deleted):
            if not time(one.time):
                break
            if one.kind == kind:
                found.append(one)
        return found[::-1]

    def find(self, kind: str, field: str, text: str) -> list[Row]:
        """Return the rows whose indexed field equals the text without regard to case."""
        ids = self._index.get((kind, field, text.casefold()), {})
        return [self._rows[kind][id_] for id_ in ids]

    def sorted(self, kind: str, name: Any, places: Places) -> SortedList:
        """Return a kind's rows as sorted places; a place is a tuple that ends in the row's Id.

        The list is made when it is first asked for and kept up to date from then on.
        """
        made = self._sorted[kind].get(name)
        if made is None:
            listed = SortedList(place for row in self.rows(kind) for place in places(row))
            made = self._sorted[kind][name] = (places, listed)
        return made[1]

    def put(self, kind: str, data: Json) -> Row:
        self._changed += 1
        row = Row(kind, data["Id"], data, self._changed)
        self._replace((kind, row.id), row, remember=True)
        return row

    def remove(self, kind: str, id_: str, time: str) -> None:
        self._replace((kind, id_), None, remember=True)
        self._deleted.append(Tombstone(kind, id_, time))

    def restore(self, kind: str, data: Json, changed: int) -> None:
        """Put an object back as it was stored, with its place in the order of changes."""
        self._changed = max(self._changed, changed)
        self._replace((kind, data["Id"]), Row(kind, data["Id"], data, changed), remember=False)

    def restore_deleted(self, deleted: Iterable[Tombstone]) -> None:
        self._deleted = list(deleted)

    def forget(self, kind: str, id_: str) -> None:
        """Take an object away as if it had never been there."""
        self._replace((kind, id_), None, remember=True)

    @contextmanager
    def change(self) -> Iterator[None]:
        """All or nothing: whatever was put or removed inside is taken back when the block raises."""
        deleted = len(self._deleted)
        self._undo = []
        try:
            yield
        except BaseException:
            for key, old in reversed(self._undo):
                self._replace(key, old, remember=False)
            del self._deleted[deleted:]
            raise
        finally:
            self._undo = None

    def touched(self) -> list[Key]:
        """Return what the running change has put or removed so far, each once."""
        return list(dict.fromkeys(key for key, _ in self._undo or ()))

    def stored(self) -> list[tuple[Key, Row | None, Row | None]]:
        """Return what the running change has put or removed so far, each once, as (key, before, now)."""
        before: dict[Key, Row | None] = {}
        for key, old in self._undo or ():
            before.setdefault(key, old)
        return [(key, old, self.get(*key)) for key, old in before.items()]

    def _replace(self, key: Key, row: Row | None, *, remember: bool) -> None:
        kind, id_ = key
        old = self._rows[kind].pop(id_, None)
        if remember and self._undo is not None:
            self._undo.append((key, old))
        if row is not None:
            self._rows[kind][id_] = row
        if self.unsaved is not None:
            self.unsaved.add(key)
        for field in INDEXED:
            before, after = old and old.data.get(field), row and row.data.get(field)
            if before != after:
                self._index_text(id_, _entry(kind, field, before), _entry(kind, field, after))
        for places, listed in self._sorted[kind].values():
            _move(listed, set(places(old)) if old else set(), set(places(row)) if row else set())

    def _index_text(self, id_: str, before: tuple[str, str, str] | None, after: tuple[str, str, str] | None) -> None:
        if before is not None:
            del self._index[before][id_]
            if not self._index[before]:
                del self._index[before]
        if after is not None:
            self._index.setdefault(after, {})[id_] = None


def _entry(kind: str, field: str, value: Any) -> tuple[str, str, str] | None:
    if value is None:
        return None
    text = value.get("value", "") if isinstance(value, dict) else value
    return kind, field, str(text).casefold()


def _move(listed: SortedList, before: set[Place], after: set[Place]) -> None:
    for place in before - after:
        listed.remove(place)
    listed.update(after - before)
