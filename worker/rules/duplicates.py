"""Duplicate numbers: who holds one, and which to use instead: last + 1 (promises B1 and B4)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

NUMBER_LENGTH = 21  # QBO: DocNumber at most 21 characters, qbo-facts section 3

_LAST_DIGITS = re.compile(r"^(?P<prefix>.*?)(?P<digits>[0-9]+)(?P<suffix>[^0-9]*)$", re.DOTALL)


@dataclass(frozen=True)
class Sequence:
    """Numbers that differ only in their last run of digits: INV-0099 and INV-0100, 2026/0009 and 2026/0010."""

    prefix: str
    suffix: str
    width: int

    def number(self, value: int) -> str:
        return f"{self.prefix}{value:0{self.width}d}{self.suffix}"

    def value(self, number: str) -> int | None:
        """The counter of a number of this sequence; None for a number of another one."""
        match = _LAST_DIGITS.match(number)
        if match is None or (match["prefix"], match["suffix"]) != (self.prefix, self.suffix):
            return None
        return int(match["digits"])


def sequence_of(number: str) -> tuple[Sequence, int] | None:
    """The sequence and the counter of a number; None when it has no digits."""
    match = _LAST_DIGITS.match(number)
    if match is None:
        return None
    return Sequence(match["prefix"], match["suffix"], len(match["digits"])), int(match["digits"])


def suggestion(number: str, recent: Iterable[str], taken: Container[str]) -> str:
    """The next free number of this number's sequence; "" when no number of its shape fits QuickBooks.

    `recent` are numbers in use, the most recently entered first: the last of the sequence is the most recent one,
    not the greatest, as QuickBooks counts. A number without digits gets -1, then -2.
    """
    found = sequence_of(number)
    if found is None:
        found = Sequence(f"{number}-", "", 1), 0
    sequence, own = found
    last = next((value for other in recent if (value := sequence.value(other)) is not None), own)
    candidate = last + 1
    while (text := sequence.number(candidate)) in taken:
        candidate += 1
    return text if len(text) <= NUMBER_LENGTH else ""
