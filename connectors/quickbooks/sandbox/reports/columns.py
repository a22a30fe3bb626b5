"""Columns of a statement: one for each period, customer or class, and their total."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from connectors.quickbooks.sandbox.reports import periods
from connectors.quickbooks.sandbox.reports.layout import TOTAL, Column
from connectors.quickbooks.sandbox.reports.movements import Movement
from connectors.quickbooks.sandbox.reports.question import Question
from connectors.quickbooks.sandbox.rules.amounts import ZERO

NAMED = {"customers": "customer", "vendors": "vendor", "employees": "employee", "classes": "class"}
NAMED |= {"departments": "department"}
UNNAMED = "Not Specified"


@dataclass(frozen=True)
class Cut:
    """One column and the movements that belong in it."""

    column: Column
    holds: Callable[[Movement], bool]


def flows(question: Question, movements: Sequence[Movement]) -> list[Cut]:
    """Return the columns of what happened in a span: by period, by name, or only the total."""
    cuts: list[Cut] = []
    total = TOTAL
    if question.by in periods.PERIODS:
        cuts = [_between(span) for span in periods.cut(question.span, question.by, question.fiscal)]
    elif question.by in NAMED:
        cuts = _by_name(NAMED[question.by], movements)
        total = replace(TOTAL, title="TOTAL")  # recorded for customers
    return [*cuts, Cut(total, lambda _movement: True)]


def stands(question: Question) -> list[Cut]:
    """Return the columns of what there is at the end of each period, without a total."""
    if question.by not in periods.PERIODS:
        return [Cut(TOTAL, lambda _movement: True)]
    spans = periods.cut(question.span, question.by, question.fiscal)
    return [Cut(_titled(span), _until(span.last)) for span in spans]


def sums(cuts: Sequence[Cut], movements: Sequence[Movement], sign: int) -> list[Decimal]:
    """Return a row: what the movements sum to in each column; `sign` -1 shows credits as positive."""
    return [sign * sum((one.amount for one in movements if cut.holds(one)), ZERO) for cut in cuts]


def _titled(span: periods.Span) -> Column:
    return Column(span.title, "Money", f"{span.first.isoformat()}_{span.last.isoformat()}")


def _between(span: periods.Span) -> Cut:
    return Cut(_titled(span), lambda movement: span.first <= movement.day <= span.last)


def _until(last: date) -> Callable[[Movement], bool]:
    return lambda movement: movement.day <= last


def _by_name(name: str, movements: Sequence[Movement]) -> list[Cut]:
    found = {str(one.reference(name).get("value", "")): one.reference(name).get("name", "") for one in movements}
    ordered = sorted(found.items(), key=lambda pair: (not pair[0], pair[1]))
    return [Cut(Column(title or UNNAMED, "Money", id_ or "-1"), _of(name, id_)) for id_, title in ordered]


def _of(name: str, id_: str) -> Callable[[Movement], bool]:
    return lambda movement: movement.reference(name).get("value", "") == id_
