"""Both sides of a document, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from connectors.sheets import FIELDS, Fields, Named, Sheet, Value


@dataclass(frozen=True, kw_only=True)
class Row:
    """One field. `line`: which of the document's lines it belongs to, from 1; 0: the document as a whole."""

    field: str
    line: int
    ours: Value
    theirs: Value
    differs: bool


def compare(ours: Sheet | None, theirs: Sheet | None) -> tuple[Row, ...]:
    """Every field that one of them has. What the local books leave open differs from nothing, and nothing differs from
    a side that is not there.
    """
    both = ours is not None and theirs is not None
    ours, theirs = ours or Sheet(fields={}), theirs or Sheet(fields={})
    rows = list(_fields(0, ours.fields, theirs.fields, both=both))
    for line, (mine, other) in enumerate(zip_longest(ours.lines, theirs.lines), start=1):
        rows += _fields(line, mine, other, both=both)
    return tuple(rows)


def _fields(line: int, ours: Fields | None, theirs: Fields | None, *, both: bool) -> Iterator[Row]:
    """A line that one side lacks differs as a whole."""
    one_sided = ours is None or theirs is None
    ours, theirs = ours or {}, theirs or {}
    for name in FIELDS:
        if name in ours or name in theirs:
            mine, other = ours.get(name), theirs.get(name)
            differs = both and (one_sided or (name in ours and not _same(mine, other)))
            yield Row(field=name, line=line, ours=mine, theirs=_called(name, mine, other), differs=differs)


def _same(ours: Value, theirs: Value) -> bool:
    if isinstance(ours, Named) and isinstance(theirs, Named):
        if ours.target_id and theirs.target_id:
            return ours.target_id == theirs.target_id
        return ours.name.casefold() == theirs.name.casefold()
    if isinstance(ours, str) or isinstance(theirs, str):
        return _text(ours) == _text(theirs)
    return ours == theirs


def _text(value: Value) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _called(name: str, ours: Value, theirs: Value) -> Value:
    """An invoice that a payment settles has only its id there; where it is ours, its number says more."""
    same = name == "invoice" and isinstance(ours, Named) and isinstance(theirs, Named) and _same(ours, theirs)
    return ours if same else theirs


def same_money(ours: Sheet, theirs: Sheet) -> bool:
    """Equal totals, to the cent, in the same currency. A kind without totals has nothing to differ in."""
    totals = (ours.total, theirs.total)
    if totals == (None, None):
        return True
    mine, other = (str(side.fields.get("currency") or "").upper() for side in (ours, theirs))
    return all(isinstance(total, Decimal) for total in totals) and totals[0] == totals[1] and mine == other
