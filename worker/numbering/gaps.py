"""Which numbers of a range are missing, and why (promise B7). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from errors.problem import Fact, Phrase, phrase
from worker.numbering.ranges import Range, number
from worker.state.machine import State

REASONS: Mapping[str, Phrase] = {
    "set": phrase("left out: the next number was set higher"),
    "taken": phrase("somebody else has it in QuickBooks"),
    "expired": phrase("reserved, and not used in time"),
    "year": phrase("its document moved to another year"),
}


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What is known of one counter, or of a stretch that was left out."""

    counter: int
    up_to: int
    number: str
    state: str
    owner: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Counters without a document in QuickBooks, first to last, with the reason."""

    first: int
    last: int
    number: str
    reason: Phrase


def gaps(range_: Range, counted: Sequence[Counted], documents: Mapping[str, State], day: date) -> list[Gap]:
    """Every missing counter up to the last one. `documents`: the states of ours by number."""
    found: list[Gap] = []
    place = 1
    for one in sorted(counted, key=lambda each: each.counter):
        found += _unknown(range_, place, one.counter - 1, day)
        reason = _reason(one, documents)
        if reason is not None:
            found.append(Gap(first=one.counter, last=one.up_to, number=one.number, reason=reason))
        place = max(place, one.up_to + 1)
    return [*found, *_unknown(range_, place, range_.last, day)]


def _unknown(range_: Range, first: int, last: int, day: date) -> Iterator[Gap]:
    if first <= last:
        shown = number(range_, day, first)
        yield Gap(first=first, last=last, number=shown, reason=phrase("not recorded"))


def _reason(one: Counted, documents: Mapping[str, State]) -> Phrase | None:
    """None: a document has the number."""
    state = documents.get(one.number)
    if state is State.LINKED:
        return None
    if state is not None and one.state != "released":
        return _of_document(state)
    if one.state == "reserved":
        return phrase("reserved for {owner}", owner=one.owner)
    return REASONS.get(one.reason) or phrase("given up: {reason}", reason=_said(one.reason))


def _of_document(state: State) -> Phrase:
    if state is State.SKIPPED:
        return phrase("its document was cancelled or skipped before it was posted")
    if state is State.HELD:
        return phrase("its document waits behind an error")
    return phrase("its document is on its way")


def _said(reason: str) -> Fact:
    return reason or phrase("unknown")
