"""How long to wait before something is tried again: longer each time, and nobody in the same second as all the others.

The jitter is drawn from the name of what waits, not from chance: whoever asks gets the same answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

LONGEST_OUTAGE_PAUSE = timedelta(minutes=15)
FIRST_RETRY = timedelta(minutes=1)  # a slow answer may still be on its way; QBO itself gives up after 120 s
LONGEST_RETRY = timedelta(hours=6)


def fraction(*name: object) -> float:
    """At least 0 and less than 1, spread evenly over names, always the same for the same name."""
    return int.from_bytes(sha256(repr(name).encode()).digest()[:6]) / 2**48


def probe_at(company: str, began: datetime, last: datetime) -> datetime:
    """When a target that did not answer from `began` to `last` is asked again: as long again, at most 15 minutes.

    So the first failure alone costs nothing, and each further one doubles the pause, less up to a quarter.
    """
    pause = min(last - began, LONGEST_OUTAGE_PAUSE)
    return last + pause * (1 - fraction(company, last.isoformat()) / 4)


def retry_at(who: str, attempts: int, now: datetime) -> datetime:
    """1, 2, 4 ... minutes, at most six hours, and up to half as much again. Who must go together has one name."""
    delay: timedelta = min(FIRST_RETRY * 2 ** min(attempts, 16), LONGEST_RETRY)
    return now + delay * (1 + fraction(who, attempts) / 2)
