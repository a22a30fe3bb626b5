"""The one HTTP session: a time limit on every call, the throttle before it, a log line behind it, no secret in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import structlog

from connectors.throttle import Throttle

_log = structlog.get_logger("cuadre.http")

Now = Callable[[], datetime]
Mount = Callable[[requests.Session], None]  # attaches extra adapters: a sandbox in this process, a proxy

_SECRET_KEY = re.compile(r"token|secret|password|authorization|cookie|client_id|\bcode\b|\bkey\b", re.IGNORECASE)
_SECRET_TEXT = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=:-]+")
HIDDEN = "***"


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds. QBO gives up on a call after 120 s (qbo-facts section 1.7)."""

    connect: float = 10
    read: float = 60

    def __post_init__(self) -> None:
        if self.connect <= 0 or self.read <= 0:
            raise ValueError("timeouts must be positive: no call may wait for ever")


def redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: hides what stands under a secret's name, and `Bearer ...` inside any text."""
    for key, value in event.items():
        if _SECRET_KEY.search(key) and not isinstance(value, bool | int | float | datetime):
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = _SECRET_TEXT.sub(rf"\1 {HIDDEN}", value)
    return event


def trace_id(headers: Mapping[str, str]) -> str:
    """Intuit's id of a call, for their support: `intuit_tid` or `Intuit-Tid` (qbo-facts section 1.3)."""
    found = (value for name, value in headers.items() if name.lower().replace("-", "_") == "intuit_tid")
    return next(found, "")


def is_loopback(host: str) -> bool:
    """Whether plain http may be spoken with this host: it never leaves the machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def require_safe(url: str) -> None:
    """Refuse to send credentials in the clear.

    Raises:
        ValueError: the address is neither https nor http to this machine itself.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        return
    raise ValueError(f"{url} must begin with https:// (plain http is for a sandbox on this machine only)")


class Session(requests.Session):
    """A requests.Session that never waits for ever and tells of each call. Connections are reused.

    Raises (of every call):
        requests.RequestException: no answer; the line in the log names the class of the failure.
        ProblemError: Throttled, nothing was sent.
        Exception: what `before_call` raises, nothing was sent.
        ValueError: plain http to another machine.
    """

    company = ""
    throttle: Throttle | None = None
    before_call: Callable[[], None] | None = None  # the last word, behind all waiting: may it still leave?

    def __init__(
        self,
        *,
        now: Now,
        timeouts: Timeouts,
        company: str = "",
        throttle: Throttle | None = None,
        mount: Mount | None = None,
    ) -> None:
        requests.Session.__init__(self)  # not super(): intuit-oauth's AuthClient may follow, and it asks the network
        self._now = now
        self._timeouts = timeouts
        self.calls = 0
        self.company = company
        self.throttle = throttle
        if mount is not None:
            mount(self)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        address = url.decode() if isinstance(url, bytes) else url
        require_safe(address)
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = (self._timeouts.connect, self._timeouts.read)
        with self._admitted(address):
            return self._sent(method, url, address, *args, **kwargs)

    @contextmanager
    def _admitted(self, address: str) -> Iterator[None]:
        """While the call is under way; QuickBooks counts batches apart (qbo-facts section 6)."""
        if self.throttle is None:
            yield
            return
        batch = urlsplit(address).path.endswith("/batch")
        self.throttle.acquire(batch=batch)
        try:
            yield
        finally:
            self.throttle.done(batch=batch)

    def _sent(
        self, method: str | bytes, url: str | bytes, address: str, *args: Any, **kwargs: Any
    ) -> requests.Response:
        if self.before_call is not None:
            self.before_call()
        self.calls += 1
        facts = {"company": self.company, "method": str(method), **_facts(address, kwargs.get("params"))}
        began = self._now()
        try:
            response = super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            _log.warning("no answer", failure=type(error).__name__, seconds=self._since(began), **facts)
            raise
        tid = trace_id(response.headers)
        write = _log.info if response.status_code < 400 else _log.warning
        write("answer", status=response.status_code, seconds=self._since(began), intuit_tid=tid, **facts)
        return response

    def _since(self, began: datetime) -> float:
        return round((self._now() - began).total_seconds(), 3)


def _facts(url: str, params: Mapping[str, Any] | None) -> dict[str, str]:
    """Path, request id and operation; of the query string nothing else, it may hold what nobody should read."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | dict(params or {})
    named = {"request_id": query.get("requestid"), "operation": query.get("operation")}
    return {"path": parts.path, **{name: str(value) for name, value in named.items() if value}}
