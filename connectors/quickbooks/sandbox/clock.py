"""The sandbox's time: the caller's clock, plus what the control API has moved it by; it never goes back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LOST_PLUS = re.compile(r" (\d\d:?\d\d)\Z")  # a `+` that nobody encoded arrives as a blank
PACIFIC = ZoneInfo("America/Los_Angeles")  # QBO writes Pacific time, qbo-facts 1.5


class Clock:
    """Reads time from `now` (timezone-aware); can be pushed forward, set to a later moment, and frozen.

    `moved` is how far it has been pushed by order, whatever time passed by itself.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ahead = timedelta()
        self._frozen: datetime | None = None
        self.moved = timedelta()

    def now(self) -> datetime:
        return self._frozen if self._frozen is not None else self._now() + self._ahead

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def advance(self, seconds: int) -> None:
        """Push the clock forward; raises `ValueError` for a negative number of seconds, or one beyond the calendar."""
        if seconds < 0:
            raise ValueError("the sandbox's clock only goes forward")
        self._push(timedelta(seconds=seconds))

    def set(self, later: datetime) -> None:
        """Go to a later moment; raises `ValueError` for one in the past."""
        distance = later - self.now()
        if distance < timedelta():
            raise ValueError("the sandbox's clock only goes forward")
        self._push(distance)

    def freeze(self, *, frozen: bool) -> None:
        """Stop the clock, or let it run on from where it stands."""
        if frozen and self._frozen is None:
            self._frozen = self.now()
        elif not frozen and self._frozen is not None:
            self._ahead = self._frozen - self._now()
            self._frozen = None

    def state(self) -> dict[str, Any]:
        """Return the clock as JSON values, for a file."""
        frozen = self._frozen.isoformat() if self._frozen else None
        return {"ahead": _micros(self._ahead), "moved": _micros(self.moved), "frozen": frozen}

    def restore(self, state: dict[str, Any]) -> None:
        self._ahead = timedelta(microseconds=state["ahead"])
        self.moved = timedelta(microseconds=state["moved"])
        self._frozen = datetime.fromisoformat(state["frozen"]) if state["frozen"] else None

    def _push(self, distance: timedelta) -> None:
        try:
            _later = self.now() + distance + timedelta(days=3660)  # tokens and terms look years ahead
        except OverflowError:
            raise ValueError("that is beyond the calendar") from None
        self.moved += distance
        if self._frozen is not None:
            self._frozen += distance
        else:
            self._ahead += distance


def stamp(now: datetime) -> str:
    """Write a time as in `MetaData`: seconds and offset, `2020-09-29T05:58:07-07:00`."""
    return now.astimezone(PACIFIC).isoformat(timespec="seconds")


def envelope_time(now: datetime) -> str:
    """Write a time as in an answer's `time`: milliseconds and offset."""
    return now.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def today(now: datetime) -> str:
    """Return the company's current date, QBO's default for TxnDate."""
    return now.astimezone(PACIFIC).date().isoformat()


def moment(text: str) -> datetime:
    """Read a date or time, without a zone as Pacific; raises `ValueError` for anything else."""
    read = datetime.fromisoformat(LOST_PLUS.sub(r"+\1", text.strip()))
    return read if read.tzinfo else read.replace(tzinfo=PACIFIC)


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
