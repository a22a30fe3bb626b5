"""How far a kind has been read. Pure; no clock of the database or of its application is ever compared with ours.

A row may be committed late: it becomes visible up to `overlap` after its time of change was written. So what a poll
reached is only a checkpoint. It has settled when a later poll, begun at least `overlap` after the checkpoint was
reached, has read past it: by then everything at or before it was visible, and has been read. The next poll begins
there. When the books rest for `overlap`, polls find nothing to look at, however many rows share the last minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from connectors.contract import CursorValue, Position

SPACING = 10  # at most this many checkpoints are waiting in one overlap


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A poll had read everything visible up to `position` at `reached_at` (our clock)."""

    position: Position
    reached_at: datetime


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """`settled`: nothing at or before it can still appear. `waiting`: checkpoints behind it, oldest first."""

    settled: Position | None = None
    waiting: tuple[Checkpoint, ...] = ()


def floor(cursor: Cursor) -> Position | None:
    """Where the next poll begins; None: at the first row."""
    return cursor.settled


def advance(
    cursor: Cursor, reached: Position | None, *, began: datetime, ended: datetime, overlap: timedelta
) -> Cursor:
    """The cursor after a poll that read from `floor(cursor)` to the end, not before: a poll broken off moves nothing.

    Args:
        cursor: that the poll began with.
        reached: the position of its last row; None when it found no row.
        began: when the poll began, by our clock, before its first query.
        ended: when it ended, by the same clock, after its last query.
        overlap: how long a row's commit may come after its time of change.
    """
    waiting = _added(cursor.waiting, reached, ended, overlap)
    settled = [checkpoint for checkpoint in waiting if checkpoint.reached_at + overlap <= began]
    return Cursor(
        settled=settled[-1].position if settled else cursor.settled,
        waiting=waiting[len(settled) :],
    )


def _added(
    waiting: tuple[Checkpoint, ...], reached: Position | None, ended: datetime, overlap: timedelta
) -> tuple[Checkpoint, ...]:
    """One more checkpoint, unless the books rest or the last one is too fresh: the next poll reaches it again."""
    if reached is None:
        return waiting
    if waiting and (waiting[-1].position == reached or ended - waiting[-1].reached_at < overlap / SPACING):
        return waiting
    return (*waiting, Checkpoint(position=reached, reached_at=ended))


def to_json(cursor: Cursor) -> dict[str, Any]:
    """The cursor in JSON's own types."""
    return {
        "settled": _position_to_json(cursor.settled),
        "waiting": [
            {"position": _position_to_json(checkpoint.position), "reached_at": checkpoint.reached_at.isoformat()}
            for checkpoint in cursor.waiting
        ],
    }


def from_json(stored: Mapping[str, Any] | None) -> Cursor:
    """What `to_json` gave; None: a kind that was never read."""
    if stored is None:
        return Cursor()
    waiting = [
        Checkpoint(position=position, reached_at=datetime.fromisoformat(each["reached_at"]))
        for each in stored["waiting"]
        if (position := _position_from_json(each["position"])) is not None
    ]
    return Cursor(settled=_position_from_json(stored["settled"]), waiting=tuple(waiting))


def _position_to_json(position: Position | None) -> dict[str, Any] | None:
    if position is None:
        return None
    return {"changed": _value_to_json(position.changed), "key": _value_to_json(position.key)}


def _position_from_json(stored: Mapping[str, Any] | None) -> Position | None:
    if stored is None:
        return None
    key = _value_from_json(stored["key"])
    assert key is not None, "a position has a key"
    return Position(changed=_value_from_json(stored["changed"]), key=key)


def _value_to_json(value: CursorValue | None) -> list[str | int] | None:
    match value:
        case None:
            return None
        case datetime():  # before date: every datetime is a date
            return ["datetime", value.isoformat()]
        case date():
            return ["date", value.isoformat()]
        case Decimal():
            return ["decimal", str(value)]
        case int():
            return ["integer", value]
        case _:
            return ["text", value]


def _value_from_json(stored: list[Any] | None) -> CursorValue | None:
    match stored:
        case None:
            return None
        case ["datetime", str(text)]:
            return datetime.fromisoformat(text)
        case ["date", str(text)]:
            return date.fromisoformat(text)
        case ["decimal", str(text)]:
            return Decimal(text)
        case ["integer", int(number)]:
            return number
        case ["text", str(text)]:
            return text
    raise ValueError(f"not a value of a cursor: {stored!r}")
