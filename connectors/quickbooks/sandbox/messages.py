"""What crosses the sandbox's edge: one request in, one response out, both plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from connectors.quickbooks.sandbox.wire import bodies, compression

SLASHES = re.compile("/{2,}")


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
        """Build a request from a URL, absolute or beginning with its path; a packed body is unpacked.

        Raises:
            ValueError: the URL is none.
        """
        target = url if url.startswith("/") else _without_host(url)
        path, _, asked = target.partition("#")[0].partition("?")
        query = dict(parse_qsl(asked, keep_blank_values=True))
        asked_as = "GET" if method.upper() == "HEAD" else method.upper()  # the edge leaves the body out
        request = cls(asked_as, SLASHES.sub("/", unquote(path)) or "/", query, headers, body)
        return replace(request, body=request.unpacked) if request.header("Content-Encoding") else request

    def header(self, name: str) -> str:
        """Return a header's text, "" when it is not there; names compare without case."""
        wanted = name.lower()
        return next((text for key, text in self.headers.items() if key.lower() == wanted), "")

    @property
    def unpacked(self) -> bytes:
        """The body without its Content-Encoding; one that is broken stays as it came, and nobody will understand it."""
        try:
            return compression.unpacked(self.header("Content-Encoding"), self.body)
        except ValueError:
            return self.body

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


def _without_host(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))
