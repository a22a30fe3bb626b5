"""How much a client may ask: sliding windows per company, calls in flight, monthly reads (qbo-facts section 6).

Only admitted calls count. Batches and reports have windows of their own; `all_per_minute` holds over everything.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.wire import dialect, faults, jsontext

SHAPES = ("asked", "json", "xml")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Limits:
    """The limits of one app; None switches a limit off, 120 batches per minute is Intuit's newer figure.

    `core_plus_per_month` counts the metered reads of all companies; what is over it is refused, writes are not.
    `shape` is the form of the 429: what the client asked for, or always "json" or "xml" (both are recorded).
    `retry_after` puts that many seconds into a Retry-After header, which Intuit does not document.
    """

    per_second: int | None = 10
    per_minute: int | None = 500
    all_per_minute: int | None = 800
    batches_per_minute: int | None = 40
    reports_per_minute: int | None = 200
    emails_per_day: int | None = 40
    in_flight: int | None = 10
    core_plus_per_month: int | None = 500_000
    shape: str = "asked"
    retry_after: int | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for a limit that is no whole number above 0, or for an unknown shape."""
        for name in (one.name for one in fields(self) if one.name != "shape"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
                raise ValueError(f"{name} is a whole number above 0, or null for none, not {value!r}")
        if self.shape not in SHAPES:
            raise ValueError(f"shape is one of {', '.join(SHAPES)}, not {self.shape}")

    def refusal(self, request: Request, now: datetime) -> Response:
        """Return the 429."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        xml = dialect.wants_xml(request) if self.shape == "asked" else self.shape == "xml"
        return throttled(now, xml=xml, headers=headers)


def throttled(now: datetime, *, xml: bool, headers: Mapping[str, str]) -> Response:
    """Return a 429 in one of its two recorded shapes."""
    text = faults.throttled_xml(clock.envelope_time(now)) if xml else jsontext.dumps(faults.throttled(now))
    return Response(429, {"Content-Type": dialect.XML_TYPE if xml else dialect.JSON_TYPE, **headers}, text.encode())


@dataclass(frozen=True)
class Window:
    """A length of time in which only so many calls of a sort are admitted; `limit` is a field of `Limits`."""

    limit: str
    length: timedelta
    counts: Callable[[Call], bool]


WINDOWS = (
    Window("per_second", timedelta(seconds=1), lambda _: True),
    Window("per_minute", MINUTE, lambda call: call.resource not in ("batch", "reports")),
    Window("all_per_minute", MINUTE, lambda _: True),
    Window("batches_per_minute", MINUTE, lambda call: call.resource == "batch"),
    Window("reports_per_minute", MINUTE, lambda call: call.resource == "reports"),
    Window("emails_per_day", timedelta(days=1), lambda call: call.rest.endswith("/send")),
)


class Limiter:
    """Says which calls are admitted; with `limits` None all are."""

    def __init__(self, limits: Limits | None) -> None:
        self.limits = limits
        self._admitted: dict[tuple[str, str], deque[datetime]] = defaultdict(deque)
        self._in_flight: Counter[str] = Counter()
        self._guard = Lock()

    @contextmanager
    def flight(self, realm: str) -> Iterator[bool]:
        """Count a call as under way while the block runs; gives whether there is room for it."""
        most = self.limits.in_flight if self.limits and realm else None
        with self._guard:
            room = most is None or self._in_flight[realm] < most
            self._in_flight[realm] += room
        try:
            yield room
        finally:
            with self._guard:
                self._in_flight[realm] -= room

    def admit(self, call: Call, now: datetime) -> bool:
        """Admit a call, and count it in every window it falls into, or in none."""
        if self.limits is None or not call.realm:
            return True
        counted: list[deque[datetime]] = []
        for window in WINDOWS:
            most: Any = getattr(self.limits, window.limit)
            if most is None or not window.counts(call):
                continue
            times = self._admitted[window.limit, call.realm]
            while times and times[0] <= now - window.length:
                times.popleft()
            if len(times) >= most:
                return False
            counted.append(times)
        for times in counted:
            times.append(now)
        return True

    def clear(self) -> None:
        """Forget what was admitted; calls under way stay counted."""
        self._admitted.clear()
