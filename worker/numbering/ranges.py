"""Ranges of numbers of one's own, for each year and kind (promise B5): what may be saved, and what comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import islice

from errors.problem import Phrase, phrase
from worker.numbering.overlap import common_number
from worker.numbering.pattern import Mistake, Pattern, read
from worker.rules.duplicates import NUMBER_LENGTH

DEFAULT = "{yyyy}-{i;4}"
HIGHEST = 10**15 - 1
PREVIEWED = 3


class RangeKind(StrEnum):
    INVOICE = "invoice"
    CANCELLATION = "cancellation"
    CREDIT = "credit"
    ESTIMATE = "estimate"


# Whose formats go on behind the invoice's own: that part is edited with the invoice.
BEHIND_INVOICE = {RangeKind.CANCELLATION: "c", RangeKind.CREDIT: "ci"}
DEFAULTS = {
    RangeKind.INVOICE: DEFAULT,
    RangeKind.CANCELLATION: "-S{c;0}",
    RangeKind.CREDIT: "-{ci;0}",
    RangeKind.ESTIMATE: "E-{yyyy}-{i;4}",
}


@dataclass(frozen=True, kw_only=True)
class Range:
    """The numbers of one kind in one year. `format` of a cancellation or credit: what stands behind the invoice's."""

    kind: RangeKind
    year: int
    format: str
    last: int = 0

    @property
    def next(self) -> int:
        return self.last + 1


def pattern(range_: Range, invoice: Range | None = None) -> Pattern:
    """The whole format of a range that was saved.

    Raises:
        ValueError: a format that `mistakes` would refuse.
    """
    found = read(whole(range_, invoice))
    if not isinstance(found, Pattern):
        raise ValueError(f"{range_.format}: {found[0].says}")  # noqa: TRY004 - a wrong value
    return found


def whole(range_: Range, invoice: Range | None) -> str:
    return f"{invoice.format}{range_.format}" if range_.kind in BEHIND_INVOICE and invoice else range_.format


def inherited(kind: RangeKind, year: int, before: Range | None) -> Range:
    """A new year takes over the format of the last one and counts from 1 again; without one, the default."""
    if before is None:
        return Range(kind=kind, year=year, format=DEFAULTS[kind])
    return replace(before, year=year, last=0)


def number(range_: Range, day: date, counter: int, invoice: Range | None = None) -> str:
    """The number of the `counter`-th document; for a cancellation or credit, the first one of that invoice."""
    counters = {"i": counter, "c": 1, "ci": 1}
    return pattern(range_, invoice).number(day, counters)


def preview(range_: Range, day: date, invoice: Range | None = None) -> list[str]:
    """The next three numbers, as they would be on that day."""
    return list(islice((number(range_, day, counter, invoice) for counter in _from(range_.next)), PREVIEWED))


def _from(counter: int) -> Iterator[int]:
    while True:
        yield counter
        counter += 1


def mistakes(range_: Range, others: Iterable[Range]) -> tuple[Mistake, ...]:
    """All that keeps a range from being saved; `others`: those of the same company."""
    invoice = next((one for one in others if (one.kind, one.year) == (RangeKind.INVOICE, range_.year)), None)
    if range_.kind in BEHIND_INVOICE and invoice is None:
        return (
            Mistake(column=1, says=phrase("there is no range for the invoices of {year} yet", year=str(range_.year))),
        )
    found = read(whole(range_, invoice))
    if not isinstance(found, Pattern):
        return found
    return (*_counters(range_, found), *_length(range_, found), *_collisions(range_, found, others))


def _counters(range_: Range, found: Pattern) -> Iterator[Mistake]:
    expected = {"i", BEHIND_INVOICE[range_.kind]} if range_.kind in BEHIND_INVOICE else {"i"}
    for name in sorted(expected - found.counters):
        yield Mistake(
            column=1, says=phrase("a format of kind {kind} needs {{{name}}}", kind=_word(range_.kind), name=name)
        )
    for name in sorted(found.counters - expected):
        yield Mistake(
            column=1,
            says=phrase("{{{name}}} cannot stand in a format of kind {kind}", kind=_word(range_.kind), name=name),
        )


def _length(range_: Range, found: Pattern) -> Iterator[Mistake]:
    if found.counters >= {"i"}:
        first = found.number(date(range_.year, 12, 31), {"i": range_.next, "c": 1, "ci": 1})
        if len(first) > NUMBER_LENGTH:
            says = phrase("{number} has more than {most} characters", number=first, most=NUMBER_LENGTH)
            yield Mistake(column=1, says=says)


def _collisions(range_: Range, found: Pattern, others: Iterable[Range]) -> Iterator[Mistake]:
    """Two kinds must never make the same number. Estimates count for themselves (qbo-facts section 3)."""
    others = tuple(others)
    for other in others:
        alone = RangeKind.ESTIMATE in {other.kind, range_.kind}
        if other.kind is range_.kind or alone:
            continue
        invoice = next((one for one in others if (one.kind, one.year) == (RangeKind.INVOICE, other.year)), None)
        invoice = range_ if range_.kind is RangeKind.INVOICE and other.year == range_.year else invoice
        theirs = read(whole(other, invoice))
        same = common_number(found, range_.year, theirs, other.year) if isinstance(theirs, Pattern) else None
        if same is not None:
            says = phrase(
                "{number} could be of kind {kind} in {year}, too",
                number=same,
                kind=_word(other.kind),
                year=str(other.year),
            )
            yield Mistake(column=1, says=says)


def warnings(range_: Range, invoice: Range | None = None) -> tuple[Phrase, ...]:
    """What may be saved and will trouble somebody later."""
    if pattern(range_, invoice).has_year:
        return ()
    return (phrase("without {{yyyy}} or {{yy}} the numbers repeat after the turn of the year"),)


def _word(kind: RangeKind) -> Phrase:
    return Phrase(kind.value)
