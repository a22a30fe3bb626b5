"""What a poll hands on of each row: its id, a hash of all that it says, its place in the order. Pure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from connectors.contract import Change, CursorValue, Position
from errors.problem import Phrase, phrase

Row = Mapping[str, Any]


class UnfitRowError(ValueError):
    """A row without a usable key or place; `why` is for a person."""

    def __init__(self, why: Phrase) -> None:
        super().__init__(str(why))
        self.why = why


def keys_of(found: Sequence[Row], form: Literal["integer", "text"]) -> list[int | str]:
    """The keys of rows as the setting `key` promises them.

    Raises:
        UnfitRowError: one is something else, or stands twice.
    """
    keys = [_key(row["id"], form) for row in found]
    twice = [key for key, times in Counter(keys).items() if times > 1]
    if twice:
        raise UnfitRowError(phrase("the query yields {value} more than once (a join?)", value=repr(twice[0])))
    return keys


def _key(cell: Any, form: Literal["integer", "text"]) -> int | str:
    if isinstance(cell, UUID):
        cell = str(cell)
    if isinstance(cell, Decimal) and cell == cell.to_integral_value():
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | str):
        why = phrase("the column id holds {value}, which is no whole number and no text", value=repr(cell))
        raise UnfitRowError(why)
    if isinstance(cell, int) is not (form == "integer"):
        other = "integer" if form == "text" else "text"
        raise UnfitRowError(phrase('the column id holds {value}: set key = "{other}"', value=repr(cell), other=other))
    return cell


def bindable(local_id: str, form: Literal["integer", "text"]) -> int | str | None:
    """The key to ask the database for; None: no row can have this id."""
    if form == "text":
        return local_id
    try:
        number = int(local_id)
    except ValueError:
        return None
    return number if abs(number) < 2**63 else None


def changes(
    found: Sequence[Row], keys: Sequence[int | str], children: Mapping[str, Sequence[Row]], after: Position | None
) -> list[Change]:
    """One change a row. A row of a timed query without a time stays at the place before it."""
    answer: list[Change] = []
    position = after
    for row, key in zip(found, keys, strict=True):
        if position is None or "updated_at" not in row or row["updated_at"] is not None:
            position = Position(changed=_comparable(row.get("updated_at")), key=key)
        local_id = str(key)
        answer.append(Change(local_id=local_id, version=version(row, children.get(local_id, ())), position=position))
    return answer


def version(row: Row, children: Sequence[Row]) -> str:
    """A hash of the row and its children. The time of change itself counts only where it is missing."""
    said = {name: cell for name, cell in row.items() if name != "updated_at" or cell is None}
    whole = json.dumps([said, [dict(child) for child in children]], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode("ascii")).hexdigest()


def _comparable(cell: Any) -> CursorValue | None:
    """The time of change in a form that the cursor can keep; a float (Unix or Julian time in SQLite) exactly.

    Raises:
        UnfitRowError: a form that no database orders by time.
    """
    if isinstance(cell, float):
        return Decimal(repr(cell))
    if cell is None or (isinstance(cell, str | int | date | datetime | Decimal) and not isinstance(cell, bool)):
        return cell
    raise UnfitRowError(phrase("the column updated_at must hold a time, a number or a text"))
