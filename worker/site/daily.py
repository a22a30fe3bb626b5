"""What was posted and what failed on each of the last days, and where its bars stand in a plot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, func, select

from errors.tables import errors
from worker.state.tables import runs

DAYS = 30
LEFT, PLACE, RIGHT = 52, 24, 28  # of the plot, in its own units: room for the scale, for a day, for the last date
HEIGHT = 120  # of the highest bar
BAR, GAP = 9, 1
NAMED = 5  # every so many days one is named


@dataclass(frozen=True, kw_only=True)
class Day:
    """In UTC. `posted`: documents by kind. `failed`: errors that were new on that day."""

    day: date
    posted: Mapping[str, int]
    failed: int

    @property
    def all_posted(self) -> int:
        return sum(self.posted.values())


@dataclass(frozen=True, kw_only=True)
class Bar:
    x: int
    y: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """One day in the plot. `named`: its date is written under it."""

    day: Day
    posted: Bar
    failed: Bar
    middle: int
    named: bool


@dataclass(frozen=True, kw_only=True)
class Plot:
    """`scale`: a count, and the height at which its line is drawn."""

    places: tuple[Place, ...]
    scale: tuple[tuple[int, int], ...]
    width: int
    height: int = HEIGHT
    left: int = LEFT
    bar: int = BAR


def days(connection: Connection, now: datetime) -> list[Day]:
    """The last days, today at the end: two statements."""
    first = now.date() - timedelta(days=DAYS - 1)
    since = datetime.combine(first, time(), now.tzinfo)
    posted: dict[date, Counter[str]] = {}
    query = select(runs.c.finished_at, runs.c.posted)
    for finished, kinds in connection.execute(
        query.where(runs.c.finished_at >= since, cast(runs.c.posted, String) != "{}")
    ):
        posted.setdefault(finished.date(), Counter()).update(kinds)
    failed = _failed(connection, since)
    wanted = (first + timedelta(days=place) for place in range(DAYS))
    return [Day(day=day, posted=posted.get(day, {}), failed=failed.get(day, 0)) for day in wanted]


def plot(shown: Sequence[Day]) -> Plot:
    """Bars of at least one unit for what is not nothing, on a scale of round numbers."""
    most = max(1, *(max(day.all_posted, day.failed) for day in shown))
    step = _step(most)
    top = -(-most // step) * step
    return Plot(
        places=tuple(_place(number, day, top, len(shown)) for number, day in enumerate(shown)),
        scale=tuple((count, HEIGHT - round(HEIGHT * count / top)) for count in range(0, top + 1, step)),
        width=LEFT + PLACE * len(shown) + RIGHT,
    )


# --- how -------------------------------------------------------------------------------------------------------------


def _place(number: int, day: Day, top: int, count: int) -> Place:
    x = LEFT + PLACE * number + (PLACE - 2 * BAR - GAP) // 2
    return Place(
        day=day,
        posted=_bar(x, day.all_posted, top),
        failed=_bar(x + BAR + GAP, day.failed, top),
        middle=LEFT + PLACE * number + PLACE // 2,
        named=(count - 1 - number) % NAMED == 0,
    )


def _bar(x: int, count: int, top: int) -> Bar:
    height = max(1, round(HEIGHT * count / top)) if count else 0
    return Bar(x=x, y=HEIGHT - height, height=height)


def _step(most: int) -> int:
    """1, 2 or 5 times a power of ten, so that there are at most five lines."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if most <= 5 * digit * power:
                return digit * power
        power *= 10


def _failed(connection: Connection, since: datetime) -> dict[date, int]:
    day = _day(connection, errors.c.first_at)
    query = select(day, func.count()).where(errors.c.first_at >= since).group_by(day)
    return {date.fromisoformat(text): count for text, count in connection.execute(query)}


def _day(connection: Connection, column: ColumnElement[datetime]) -> ColumnElement[Any]:
    """The day of a moment in UTC, as text."""
    if connection.dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD")
    return func.date(column)
