"""Where a company's objects live: dictionaries with indices, and a change that is all or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Key = tuple[str, str]
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
)


@dataclass(frozen=True)
class Row:
    """One stored object; `data` is never changed in place, `changed` counts the company's changes."""

    kind: str
    id: str
    data: Json
    changed: int


@dataclass(frozen=True)
class Tombstone:
    """What remains of a deleted transaction, for change data capture; `time` as in MetaData."""

    kind: str
    id: str
    time: str


class Store:
    """Keeps rows by kind and Id, oldest change first; finds the INDEXED fields; undoes a change that fails."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Row]] = defaultdict(dict)
        self._index: dict[tuple[str, str, str], dict[str, None]] = {}
        self._deleted: list[Tombstone] = []
        self._changed = 0
        self._undo: list[tuple[Key, Row | None]] | None = None

    def get(self, kind: str, id_: str) -> Row | None:
        return self._rows[kind].get(id_)

    def rows(self, kind: str) -> Iterable[Row]:
        return self._rows[kind].values()

    def count(self, kind: str) -> int:
        return len(self._rows[kind])

    def kinds(self) -> list[str]:
        return [kind for kind, rows in self._rows.items() if rows]

    def tombstones(self) -> list[Tombstone]:
        return list(self._deleted)

    def find(self, kind: str, field: str, text: str) -> list[Row]:
        """Return the rows whose indexed field equals the text without regard to case, oldest first."""
        ids = self._index.get((kind, field, text.casefold()), {})
        return [self._rows[kind][id_] for id_ in ids]

    def put(self, kind: str, data: Json) -> Row:
        self._changed += 1
        row = Row(kind, data["Id"], data, self._changed)
        self._replace((kind, row.id), row, remember=True)
        return row

    def remove(self, kind: str, id_: str, time: str) -> None:
        self._replace((kind, id_), None, remember=True)
        self._deleted.append(Tombstone(kind, id_, time))

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

    def _replace(self, key: Key, row: Row | None, *, remember: bool) -> None:
        kind, id_ = key
        old = self._rows[kind].get(id_)
        if remember and self._undo is not None:
            self._undo.append((key, old))
        if old is not None:
            self._unindex(old)
            del self._rows[kind][id_]
        if row is not None:
            self._rows[kind][id_] = row
            for entry in _entries(row):
                self._index.setdefault(entry, {})[id_] = None

    def _unindex(self, row: Row) -> None:
        for entry in _entries(row):
            self._index[entry].pop(row.id)
            if not self._index[entry]:
                del self._index[entry]


def _entries(row: Row) -> Iterator[tuple[str, str, str]]:
    for field in INDEXED:
        value = row.data.get(field)
        if value is not None:
            text = value.get("value", "") if isinstance(value, dict) else value
            yield row.kind, field, str(text).casefold()
