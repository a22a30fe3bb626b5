"""A door between a real daemon and a real QuickBooks: counts requests, and strikes at a chosen one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Self

PATIENCE = 60  # seconds for an answer
OF_THE_HOP = {"connection", "transfer-encoding", "keep-alive"}


class Phase(StrEnum):
    """Where on its way a request is when the blow falls."""

    BEFORE = "before it reaches QuickBooks"
    UNANSWERED = "before its answer is seen"
    ANSWERED = "after its answer"


@dataclass
class Blow:
    """What happens at the `after`-th request from now, or at the `after`-th write."""

    after: int
    phase: Phase
    writes_only: bool
    strike: Callable[[], object]
    fallen: Event = field(default_factory=Event)

    def fall(self) -> None:
        self.strike()
        self.fallen.set()


class Gate(ThreadingHTTPServer):
    """Hands every request on to a server of this machine, and its answer back."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = port
        self.seen = 0
        self._lock = Lock()
        self._blow: Blow | None = None
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def plan(self, blow: Blow) -> None:
        with self._lock:
            self._blow = blow

    def arrived(self, path: str) -> Blow | None:
        """Counts a request; the blow, when it is meant for this one."""
        with self._lock:
            self.seen += 1
            blow = self._blow
            if blow is None or (blow.writes_only and "requestid=" not in path):
                return None
            blow.after -= 1
            if blow.after > 0:
                return None
            self._blow = None
            return blow

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asked is dead: that is what we are here for."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gate

    def do_GET(self) -> None:
        self._hand_on()

    def do_POST(self) -> None:
        self._hand_on()

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        blow = self.server.arrived(self.path)
        if blow is not None and blow.phase is Phase.BEFORE:
            blow.fall()
            return
        connection = HTTPConnection("127.0.0.1", self.server.behind, timeout=PATIENCE)
        try:
            connection.request(self.command, self.path, body, dict(self.headers.items()))
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            self.close_connection = True
            return
        finally:
            connection.close()
        if blow is not None and blow.phase is Phase.UNANSWERED:
            blow.fall()
            return
        with suppress(OSError):
            self._answer(answer, content)
        if blow is not None:
            blow.fall()

    def _answer(self, answer: HTTPResponse, content: bytes) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in OF_THE_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Silence."""
