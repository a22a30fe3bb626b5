"""What holds for every answer of the site, whoever makes it: hosts, sizes, headers, and no trace of a failure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import structlog

from worker.site.desk import Desk

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STATIC = "/static/"

_log = structlog.get_logger("cuadre.site")


class TooLargeError(Exception):
    """The body is larger than site.largest_body."""


class Shield:
    """ASGI middleware around everything."""

    def __init__(self, app: App, desk: Desk) -> None:
        self._app, self._desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send, self._headers(scope))
        if not self._host_is_ours(scope):
            await answer.plain(400, "This host is not served here.")
        elif _announced(scope) > self._desk.config.site.largest_body:
            await answer.plain(413, "The request is too large.")
        else:
            await self._guarded(self._inside(scope), self._measured(receive), answer)

    async def _guarded(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        try:
            await self._app(scope, receive, answer)
        except TooLargeError:
            await answer.plain(413, "The request is too large.")
        except Exception as error:  # noqa: BLE001 - a reader sees that it failed, the log says how
            _log.error("request failed", path=scope["path"], exc_info=error)
            await answer.plain(500, "Something went wrong here. The log of the service says what.")

    def _host_is_ours(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"host"]
        if len(given) != 1:
            return False
        try:
            return urlsplit(f"//{given[0].decode('ascii')}").hostname in self._desk.hosts
        except ValueError:
            return False

    def _inside(self, scope: Scope) -> Scope:
        """The path without the part that belongs to the proxy, whether it was taken off on the way or not."""
        base, path = self._desk.base, scope["path"]
        if base and (path == base or path.startswith(base + "/")):
            bare = {name: value for name, value in scope.items() if name != "raw_path"}
            return {**bare, "path": path[len(base) :] or "/"}
        return scope

    def _measured(self, receive: Receive) -> Receive:
        """A body of unknown length is counted while it comes."""
        left = self._desk.config.site.largest_body

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise TooLargeError
            return message

        return counted

    def _headers(self, scope: Scope) -> dict[str, str]:
        headers = dict(HEADERS)
        static = self._inside(scope)["path"].startswith(STATIC)
        headers["Cache-Control"] = "no-cache" if static else "no-store"
        if self._desk.secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return headers


class _Answer:
    """Sends an answer with our headers on it."""

    def __init__(self, send: Send, headers: dict[str, str]) -> None:
        self._send = send
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = True
            ours = {name for name, _ in self._headers}
            kept = [(name, value) for name, value in message["headers"] if name.lower() not in ours]
            message = {**message, "headers": [*kept, *self._headers]}
        await self._send(message)

    async def plain(self, status: int, text: str) -> None:
        if self._begun:
            return
        body = text.encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": body})


def _announced(scope: Scope) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0
