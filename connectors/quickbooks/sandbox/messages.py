"""What crosses the sandbox's edge: one request in, one response out, both plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from connectors.quickbooks.sandbox.wire import bodies


@dataclass(frozen=True)
class Request:
    """An HTTP request with its path decoded and its query string parsed (the last of equal names wins)."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Request:
        """Build a request from a URL, absolute or beginning with its path."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return cls(method.upper(), unquote(parts.path) or "/", query, headers, body)

    def header(self, name: str) -> str:
        """Return a header's text, "" when it is not there; names compare without case."""
        wanted = name.lower()
        return next((text for key, text in self.headers.items() if key.lower() == wanted), "")

    @cached_property
    def json(self) -> Any:
        """The body as JSON with `Decimal` numbers, also when it is XML; raises `ValueError` when it is neither."""
        return bodies.read(self.header("Content-Type"), self.body)

    @cached_property
    def form(self) -> dict[str, str]:
        """The body as an HTML form."""
        return dict(parse_qsl(self.body.decode("utf-8", errors="replace"), keep_blank_values=True))


@dataclass(frozen=True)
class Response:
    """An HTTP response that may come late (after `delay`), be cut in the middle of its body, or be lost altogether.

    When `lost` is true nobody may see it: the connection breaks instead.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    lost: bool = False
    cut: bool = False
    delay: timedelta = timedelta()
