"""Around every call: the reader's language, bodies of a bounded size, and no answer kept by others."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from errors import language
from errors.language import LANGUAGES, _
from worker.api import problems

LARGEST = 262_144  # bytes of a body
LONGEST_HEADER = 200  # characters of Accept-Language that are read
_RANGE = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,20})?\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*")


def chosen(accepted: str, otherwise: str) -> str:
    """The language that a reader wants most of those there are."""
    best, weight = otherwise, 0.0
    for part in accepted[:LONGEST_HEADER].split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            continue
        name = otherwise if match[1] == "*" else match[1].lower()
        wanted = float(match[2] or 1)
        if name in LANGUAGES and wanted > weight:
            best, weight = name, wanted
    return best


class Wrapping:
    """ASGI middleware around the API. `otherwise`: the language of who names none that there is."""

    def __init__(self, app: ASGIApp, otherwise: Callable[[], str]) -> None:
        self._app, self._otherwise = app, otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        before = language.current()
        language.use(chosen(_header(scope, b"accept-language"), self._otherwise()))
        try:
            await self._bounded(scope, receive, send)
        finally:
            language.use(before)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        announced = _header(scope, b"content-length")
        body = None
        if not announced.isdigit() or int(announced[:20]) <= LARGEST:
            body = await _read(receive)
        if body is None:
            refused = problems.answer(413, detail=_("At most 256 KiB."))
            await refused(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None: it is too large, or nobody is there any more."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """What was read, as if it came now."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")
