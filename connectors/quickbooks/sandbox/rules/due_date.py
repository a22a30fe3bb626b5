"""When a document is due: by its term; an invoice without one after 30 days (recorded: 2020-09-29 to 2020-10-29)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from connectors.quickbooks.sandbox.books.store import Json

DEFAULT_DAYS = 30


def due_date(dated: str, term: Json | None, *, unset: int = DEFAULT_DAYS) -> str:
    """Return the due date of a document dated `dated`; a DATE_DRIVEN term falls on a day of a month.

    `unset` is the number of days without a term.
    """
    start = date.fromisoformat(dated)
    if term is None:
        return (start + timedelta(days=unset)).isoformat()
    if "DayOfMonthDue" not in term:
        return (start + timedelta(days=int(term.get("DueDays", 0)))).isoformat()
    due = _on_day(start.year, start.month, int(term["DayOfMonthDue"]))
    if (due - start).days < int(term.get("DueNextMonthDays", 0)) or due < start:
        due = _on_day(start.year + start.month // 12, start.month % 12 + 1, int(term["DayOfMonthDue"]))
    return due.isoformat()


def _on_day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
