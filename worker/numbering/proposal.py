"""A range as somebody wants it: what it would make, what keeps it from being saved, what to think of. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from errors.problem import Phrase, phrase
from worker.numbering.pattern import Mistake
from worker.numbering.ranges import BEHIND_INVOICE, HIGHEST, Range, RangeKind, inherited, mistakes, preview, warnings


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """`before`: the range that it would change. With a mistake, `preview` is empty and nothing may be saved."""

    before: Range | None
    wanted: Range
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[Phrase, ...] = ()
    preview: tuple[str, ...] = ()


def propose(
    known: Sequence[Range],
    kind: RangeKind,
    year: int,
    today: date,
    *,
    format_: str | None = None,
    next_: int | None = None,
) -> Proposal:
    """What the range would be. `known`: all of the company's. None leaves a part as it is, or as it is inherited."""
    before = next((one for one in known if (one.kind, one.year) == (kind, year)), None)
    base = before or inherited(kind, year, _latest(known, kind, year))
    wanted = replace(
        base, format=base.format if format_ is None else format_, last=base.last if next_ is None else next_ - 1
    )
    others = [one for one in known if one != before]
    found = (*_counter(before, wanted), *mistakes(wanted, others))
    if found:
        return Proposal(before=before, wanted=wanted, mistakes=found)
    invoice = invoice_of(wanted, others)
    return Proposal(
        before=before,
        wanted=wanted,
        warnings=warnings(wanted, invoice),
        preview=tuple(preview(wanted, day_in(year, today), invoice)),
    )


def invoice_of(range_: Range, known: Sequence[Range]) -> Range | None:
    """The range whose format stands before a cancellation's or credit's."""
    same = (one for one in known if (one.kind, one.year) == (RangeKind.INVOICE, range_.year))
    return next(same, None) if range_.kind in BEHIND_INVOICE else None


def shown(range_: Range, known: Sequence[Range], today: date) -> list[str]:
    """The next numbers of a range that is saved."""
    return preview(range_, day_in(range_.year, today), invoice_of(range_, known))


def day_in(year: int, today: date) -> date:
    """A day of that year like today."""
    return today.replace(year=year, day=min(today.day, 28))


def _latest(known: Sequence[Range], kind: RangeKind, year: int) -> Range | None:
    earlier = [one for one in known if one.kind is kind and one.year < year]
    return max(earlier, key=lambda one: one.year, default=None)


def _counter(before: Range | None, wanted: Range) -> tuple[Mistake, ...]:
    last = before.last if before is not None else 0
    if wanted.last < last:
        says = phrase("the next counter must be higher than {last}, the last one", last=last)
    elif wanted.last < 0 or wanted.last >= HIGHEST:
        says = phrase("the next counter is a whole number from 1 to {most}", most=HIGHEST)
    else:
        return ()
    return (Mistake(column=0, says=says),)
