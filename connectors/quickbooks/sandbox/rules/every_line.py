"""The faults of form of all lines are told together: one Error for each wrong line (recorded: 2020 and 6070)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire.faults import Fault, Refusal

OF_FORM = frozenset({"2020", "6070"})


def completed(complete: Callable[[Json], Json], lines: Iterable[Json]) -> list[Json]:
    """Return the lines completed one by one.

    Raises:
        Refusal: the faults of form of all lines, else the first other refusal.
    """
    done: list[Json] = []
    found: list[Fault] = []
    others: list[Refusal] = []
    for line in lines:
        try:
            done.append(complete(line))
        except Refusal as refusal:
            of_form = all(fault.code in OF_FORM for fault in refusal.faults)
            found += refusal.faults if of_form else ()
            others += () if of_form else (refusal,)
    if found:
        raise Refusal(*found)
    if others:
        raise others[0]
    return done
