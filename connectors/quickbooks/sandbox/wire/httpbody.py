"""The body of an HTTP/1.1 request, whichever way its length is told."""

from __future__ import annotations

import re
from email.message import Message
from io import BufferedIOBase

from connectors.quickbooks.sandbox.wire.compression import LARGEST

LONGEST_LINE = 4096
SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
LENGTH = re.compile(r"\d{1,12}")


class BadBody(Exception):  # noqa: N818 - answered, never shown as an error of ours
    """The body cannot be read; `status` is what is answered, after which the connection ends."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def read(headers: Message, stream: BufferedIOBase) -> bytes:
    """Read a body to its end.

    Raises:
        BadBody: 400 for lengths that make no sense, 413 for too much, 501 for an unknown transfer coding.
        ConnectionError: the client has gone before the end.
    """
    coding = headers.get("Transfer-Encoding", "").strip().lower()
    if coding == "chunked":
        return _chunks(stream)
    if coding not in ("", "identity"):
        raise BadBody(501)
    told = (headers.get("Content-Length") or "0").strip()
    if not LENGTH.fullmatch(told):
        raise BadBody(400)
    if int(told) > LARGEST:
        raise BadBody(413)
    return _exactly(stream, int(told))


def _chunks(stream: BufferedIOBase) -> bytes:
    parts: list[bytes] = []
    total = 0
    while size := _size(stream):
        total += size
        if total > LARGEST:
            raise BadBody(413)
        parts.append(_exactly(stream, size))
        if stream.readline(LONGEST_LINE).strip():
            raise BadBody(400)
    while stream.readline(LONGEST_LINE).strip():  # trailers
        continue
    return b"".join(parts)


def _size(stream: BufferedIOBase) -> int:
    line = stream.readline(LONGEST_LINE)
    if not line:
        raise ConnectionError("the client left in the middle of a body")
    found = SIZE.fullmatch(line)
    if found is None:
        raise BadBody(400)
    return int(found[1], 16)


def _exactly(stream: BufferedIOBase, size: int) -> bytes:
    body = stream.read(size) if size else b""
    if len(body) < size:
        raise ConnectionError("the client left in the middle of a body")
    return body
