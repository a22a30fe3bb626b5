"""Ranges and what was drawn of them. A draw holds the range's row until its transaction ends: nobody draws the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from worker.numbering.ranges import Range, RangeKind, inherited, number as made
from worker.state.deeds import Deed, record
from worker.state.tables import drawn_numbers as drawn, items, number_ranges

PASSED = 10_000  # taken numbers in a row, before something must be wrong with the range


class DrawnState(StrEnum):
    RESERVED = "reserved"
    RELEASED = "released"
    PASSED = "passed"  # left out: it was taken already, or a person set the counter higher


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One drawn number, or a stretch of counters that was left out."""

    kind: RangeKind
    year: int
    counter: int
    up_to: int
    number: str
    state: DrawnState
    owner: str
    reason: str
    drawn_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Repeats:
    """The range of a new year would begin with a number that is there already: its format lacks the year."""

    number: str
    year: int


def ranges(connection: Connection, company: str) -> list[Range]:
    """All ranges of a company, by kind and year."""
    query = select(number_ranges).where(number_ranges.c.company == company)
    rows = connection.execute(query.order_by(number_ranges.c.kind, number_ranges.c.year)).mappings()
    return [_range(row) for row in rows]


def save(connection: Connection, company: str, range_: Range, *, by: str, now: datetime) -> None:
    """Create or change a range; counters that are left out by a higher `last` are kept as passed.

    What was drawn since somebody looked stays drawn: `last` never goes back.
    """
    key = {"company": company, "kind": range_.kind, "year": range_.year}
    before = _locked(connection, company, range_.kind, range_.year)
    if before is not None and before.last > range_.last:
        range_ = replace(range_, last=before.last)
    values = {"format": range_.format, "last": range_.last, "changed_at": now, "changed_by": by}
    upsert = _insert(connection, number_ranges).values(**key, **values)
    connection.execute(upsert.on_conflict_do_update(index_elements=list(key), set_=values))
    told = {"subject": f"{range_.kind} {range_.year}", "value": f"{range_.format}, {range_.next}"}
    record(connection, Deed.RANGE_CHANGED, by=by, now=now, company=company, **told)
    first = (before.last if before else 0) + 1
    if first <= range_.last:
        _keep(
            connection,
            company,
            range_,
            counters=(first, range_.last),
            number="",
            owner=by,
            now=now,
            state=DrawnState.PASSED,
            reason="set",
        )


def draw(
    connection: Connection,
    company: str,
    kind: RangeKind,
    day: date,
    *,
    owner: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> Drawn | Repeats:
    """The next free number of the day's year for this owner; the same one again while it is reserved for them."""
    held = reserved(connection, company, kind, owner)
    if held is not None and held.year == day.year:
        return held
    if held is not None:
        release(connection, company, kind, held.number, reason="year")
    new, range_ = _range_of(connection, company, kind, day.year, now)
    for counter in range(range_.next, range_.next + PASSED):
        text = made(range_, day, counter)
        taken = _taken(connection, company, kind, text)
        if taken and new and counter == 1:
            return Repeats(number=text, year=day.year)
        _keep(
            connection,
            company,
            range_,
            counters=(counter, counter),
            number=text,
            owner="" if taken else owner,
            now=now,
            state=DrawnState.PASSED if taken else DrawnState.RESERVED,
            reason="taken" if taken else "",
            expires_at=None if taken else expires_at,
        )
        if not taken:
            _count(connection, company, range_, counter)
            found = reserved(connection, company, kind, owner)
            assert found is not None
            return found
    _count(connection, company, range_, range_.last + PASSED)
    return draw(connection, company, kind, day, owner=owner, now=now, expires_at=expires_at)


def reserved(connection: Connection, company: str, kind: RangeKind, owner: str) -> Drawn | None:
    """What is reserved for an owner."""
    query = select(drawn).where(
        drawn.c.company == company,
        drawn.c.kind == kind,
        drawn.c.owner == owner,
        drawn.c.state == DrawnState.RESERVED,
    )
    row = connection.execute(query.order_by(drawn.c.id.desc()).limit(1)).mappings().first()
    return _drawn(row) if row is not None else None


def release(connection: Connection, company: str, kind: RangeKind, number: str, *, reason: str) -> bool:
    """Give a reserved number up; it is not drawn again, and the gap keeps its reason. False: it is not reserved."""
    held = update(drawn).where(
        drawn.c.company == company,
        drawn.c.kind == kind,
        drawn.c.number == number,
        drawn.c.state == DrawnState.RESERVED,
    )
    return connection.execute(held.values(state=DrawnState.RELEASED, reason=reason)).rowcount > 0


def expire(connection: Connection, company: str, now: datetime) -> list[Drawn]:
    """Reservations that nobody used in time are released; returns them."""
    late = (
        drawn.c.company == company,
        drawn.c.state == DrawnState.RESERVED,
        drawn.c.expires_at <= now,
        ~exists().where(items.c.company == company, items.c.kind == drawn.c.kind, items.c.number == drawn.c.number),
    )
    gone = update(drawn).where(*late).values(state=DrawnState.RELEASED, reason="expired").returning(*drawn.c)
    return [_drawn(row) for row in connection.execute(gone).mappings()]


def of_range(connection: Connection, company: str, kind: RangeKind, year: int) -> Sequence[Drawn]:
    """Everything that was drawn or passed of a range, by counter."""
    query = select(drawn).where(drawn.c.company == company, drawn.c.kind == kind, drawn.c.year == year)
    return [_drawn(row) for row in connection.execute(query.order_by(drawn.c.counter, drawn.c.id)).mappings()]


# --- how --------------------------------------------------------------------------------------------------------------


def _locked(connection: Connection, company: str, kind: RangeKind, year: int) -> Range | None:
    query = select(number_ranges).where(
        number_ranges.c.company == company, number_ranges.c.kind == kind, number_ranges.c.year == year
    )
    row = connection.execute(query.with_for_update()).mappings().first()
    return _range(row) if row is not None else None


def _range_of(connection: Connection, company: str, kind: RangeKind, year: int, now: datetime) -> tuple[bool, Range]:
    """The range of a year, locked; a year without one takes over the format of the latest before it."""
    known = _locked(connection, company, kind, year)
    if known is not None:
        return False, known
    earlier = [one for one in ranges(connection, company) if one.kind is kind and one.year < year]
    first = inherited(kind, year, earlier[-1] if earlier else None)
    values = {"format": first.format, "last": 0, "changed_at": now, "changed_by": ""}
    opened = _insert(connection, number_ranges).values(company=company, kind=kind, year=year, **values)
    connection.execute(opened.on_conflict_do_nothing(index_elements=["company", "kind", "year"]))
    again = _locked(connection, company, kind, year)
    assert again is not None
    return again.last == 0, again


def _taken(connection: Connection, company: str, kind: RangeKind, number: str) -> bool:
    """By a document of ours, or drawn before under another counter or year."""
    ours = exists().where(items.c.company == company, items.c.kind == kind.value, items.c.number == number)
    before = exists().where(drawn.c.company == company, drawn.c.kind == kind, drawn.c.number == number)
    return bool(connection.execute(select(ours | before)).scalar_one())


def _count(connection: Connection, company: str, range_: Range, last: int) -> None:
    chosen = update(number_ranges).where(
        number_ranges.c.company == company, number_ranges.c.kind == range_.kind, number_ranges.c.year == range_.year
    )
    connection.execute(chosen.values(last=last))


def _keep(
    connection: Connection,
    company: str,
    range_: Range,
    *,
    counters: tuple[int, int],
    number: str,
    owner: str,
    now: datetime,
    state: DrawnState,
    reason: str = "",
    expires_at: datetime | None = None,
) -> None:
    connection.execute(
        insert(drawn).values(
            company=company,
            kind=range_.kind,
            year=range_.year,
            counter=counters[0],
            up_to=counters[1],
            number=number,
            state=state,
            owner=owner,
            reason=reason,
            drawn_at=now,
            expires_at=expires_at,
        )
    )


def _range(row: Any) -> Range:
    return Range(kind=RangeKind(row["kind"]), year=row["year"], format=row["format"], last=row["last"])


def _drawn(row: Any) -> Drawn:
    named = {name: row[name] for name in Drawn.__dataclass_fields__}
    return Drawn(**{**named, "kind": RangeKind(row["kind"]), "state": DrawnState(row["state"])})


def _insert(connection: Connection, table: Any) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
