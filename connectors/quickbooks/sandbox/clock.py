"""The sandbox's time: the caller's clock, plus what the control API has advanced it by."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LOST_PLUS = re.compile(r" (\d\d:?\d\d)\Z")  # a `+` that nobody encoded arrives as a blank
PACIFIC = ZoneInfo("America/Los_Angeles")  # QBO writes Pacific time, qbo-facts 1.5


class Clock:
    """Reads time from `now` (timezone-aware) and can be pushed forward, never back."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.advanced = timedelta()

    def now(self) -> datetime:
        return self._now() + self.advanced

    def advance(self, seconds: int) -> None:
        """Push the clock forward; raises `ValueError` for a negative number of seconds."""
        if seconds < 0:
            raise ValueError("the sandbox's clock only goes forward")
        self.advanced += timedelta(seconds=seconds)


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
