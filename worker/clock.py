"""The one clock. Everything else takes `now` and `sleep` as arguments."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Now = Callable[[], datetime]
Sleep = Callable[[float], None]


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def sleep(seconds: float) -> None:
    time.sleep(seconds)


@dataclass(frozen=True)
class Clock:
    """The time as an argument: the real one by default, a hand-turned one in tests."""

    now: Now = now
    sleep: Sleep = sleep
