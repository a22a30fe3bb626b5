"""The spans of days that reports speak of: date macros, and the periods that columns are cut into."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
TO_DATE = "-to-date"


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def title(self) -> str:
        """How a column of this span is headed: "Jan 2026" for a whole month, else its two days."""
        if self == month(self.first):
            return f"{MONTHS[self.first.month - 1][:3]} {self.first.year}"
        if self.first == self.last:
            return _day(self.first)
        return f"{_day(self.first)} - {_day(self.last)}"


def _day(day: date) -> str:
    return f"{MONTHS[day.month - 1][:3]} {day.day}, {day.year}"


def month(day: date) -> Span:
    return Span(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def week(day: date) -> Span:
    """Return the week from Sunday to Saturday."""
    first = day - timedelta(days=(day.weekday() + 1) % 7)
    return Span(first, first + timedelta(days=6))


def quarter(day: date, start: int = 1) -> Span:
    """Return the quarter of a year that begins with month `start`."""
    return _of_year(day, start, 3)


def year(day: date, start: int = 1) -> Span:
    return _of_year(day, start, 12)


def _of_year(day: date, start: int, length: int) -> Span:
    """Return the span of `length` months, counted from month `start`, that the day lies in."""
    passed = (day.month - start) % 12
    first = _months_on(day.replace(day=1), -(passed % length))
    return Span(first, _months_on(first, length) - timedelta(days=1))


def _months_on(first: date, months: int) -> date:
    total = first.year * 12 + first.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def macro(text: str, today: date, fiscal: int) -> Span | None:
    """Return the span a date macro names, in any case; None for a name that Intuit does not have.

    `fiscal` is the month in which the company's year begins.
    """
    name = " ".join(text.lower().replace("_", " ").split())
    until_today = name.endswith(TO_DATE)
    name = name.removesuffix(TO_DATE)
    if name in ("today", "yesterday"):
        day = today - timedelta(days=name == "yesterday")
        return Span(day, day)
    if name == "all":
        return Span(date(1900, 1, 1), date(9998, 12, 31))
    relation, _, unit = name.partition(" ")
    cut = _cutter(unit, fiscal)
    if cut is None or relation not in ("this", "last", "next"):
        return None
    span = cut(today)
    span = {"this": span, "last": cut(span.first - timedelta(days=1)), "next": cut(span.last + timedelta(days=1))}[
        relation
    ]
    if not until_today:
        return span
    return Span(span.first, min(span.last, span.first + (today - cut(today).first)))


def _cutter(unit: str, fiscal: int) -> Callable[[date], Span] | None:
    cutters: dict[str, Callable[[date], Span]] = {
        "week": week,
        "month": month,
        "quarter": quarter,
        "calendar quarter": quarter,
        "year": year,
        "calendar year": year,
        "fiscal quarter": lambda day: quarter(day, fiscal),
        "fiscal year": lambda day: year(day, fiscal),
    }
    return cutters.get(unit)


def cut(span: Span, by: str, fiscal: int) -> Iterator[Span]:
    """Cut a span into days, weeks, months, quarters or years; the first and last may be shorter."""
    unit = {"days": "", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}
    unit |= {"fiscalquarter": "fiscal quarter", "fiscalyear": "fiscal year"}
    cutter = _cutter(unit[by], fiscal) if unit[by] else lambda day: Span(day, day)
    assert cutter is not None
    first = span.first
    while first <= span.last:
        last = min(span.last, cutter(first).last)
        yield Span(first, last)
        first = last + timedelta(days=1)


PERIODS = frozenset({"days", "week", "month", "quarter", "year", "fiscalquarter", "fiscalyear"})
