"""What a write has changed, as QuickBooks tells other apps: which object, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.quickbooks.sandbox.books.store import Key, Row

HAPPENED = {"create": "Create", "update": "Update", "delete": "Delete", "void": "Void"}


@dataclass(frozen=True)
class Change:
    """One object's change; `operation` is Create, Update, Delete, Void, Emailed or Merge.

    `deleted_id` is the object that a merge has swallowed.
    """

    kind: str
    id: str
    operation: str
    time: datetime
    deleted_id: str = ""


def seen(
    stored: Iterable[tuple[Key, Row | None, Row | None]], asked: Key, operation: str, now: datetime
) -> Iterator[Change]:
    """Read what a write has stored (key, before, after); `asked` is the object the client spoke of, told first.

    An object on which only a balance or a name that it shows has moved keeps its SyncToken, and is no news.
    """
    for key, before, after in sorted(stored, key=lambda one: one[0] != asked):
        if _moved(before, after):
            beside = "Create" if before is None else "Delete" if after is None else "Update"
            yield Change(*key, HAPPENED[operation] if key == asked else beside, now)


def _moved(before: Row | None, after: Row | None) -> bool:
    if before is None or after is None:
        return before is not after
    return bool(before.data.get("SyncToken") != after.data.get("SyncToken"))
