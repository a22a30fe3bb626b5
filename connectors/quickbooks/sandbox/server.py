"""The sandbox on a socket: HTTP/1.1 with keep-alive, one write for each response, a closed socket for a lost one."""

from __future__ import annotations

import re
import socket
import sys
from datetime import timedelta
from email.message import Message
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self

from connectors.quickbooks.sandbox.core import Sandbox
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.webhooks.courier import Courier
from connectors.quickbooks.sandbox.wire import compression, httpbody

BREAKS = re.compile(r"[\r\n]+")


class SandboxServer(ThreadingHTTPServer):
    """A running sandbox server; `url` is where it listens, `stop()` ends it and every open connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, sandbox: Sandbox, host: str, port: int, latency: timedelta) -> None:
        super().__init__((host, port), _Handler)
        self.sandbox = sandbox
        self._latency = latency
        self._connections: set[socket.socket] = set()
        self._guard = Lock()
        self._stopping = Event()
        self._courier = Courier(sandbox.webhooks)
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> Self:
        self._thread.start()
        self._courier.start()
        return self

    def stop(self) -> None:
        """Stop listening, cut open connections, wait for the thread."""
        self._stopping.set()
        self.shutdown()
        self.server_close()
        with self._guard:
            open_now = list(self._connections)
        for connection in open_now:
            _cut(connection)
        self._thread.join()
        self._courier.stop()

    def pause(self, delay: timedelta) -> None:
        """Wait, the server's own latency included, but not longer than the server runs."""
        if delay or self._latency:
            self._stopping.wait((delay + self._latency).total_seconds())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is printed by the base class."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the core, writes the answer at once."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300  # seconds in which a connection may be silent
    server: SandboxServer

    def _serve(self) -> None:
        try:
            body = httpbody.read(self.headers, self.rfile)
            target = self.path if self.path.isascii() else self.path.encode("latin-1").decode("utf-8", "replace")
            request = Request.of(self.command, target, dict(self.headers.items()), body)
        except httpbody.BadBody as bad:
            self.send_error(bad.status)
            return
        except ValueError:
            self.send_error(400)
            return
        answer = self.server.sandbox.handle(request, self.server.pause)
        if not answer.lost:
            self._send(answer)
        if answer.lost or answer.cut:
            self.close_connection = True
            _cut(self.connection)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve  # noqa: N815 - http.server's names

    def _send(self, answer: Response) -> None:
        body, more = answer.body, {"Connection": "close" if self.close_connection else "keep-alive"}
        accepted = self.headers.get("Accept-Encoding", "") if self.headers else ""
        if accepted and compression.packs(accepted, answer.headers.get("Content-Type", ""), body):
            body = compression.packed(body)
            more |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        head = [f"HTTP/1.1 {answer.status} {responses.get(answer.status, 'Unknown')}"]
        head += [f"{name}: {BREAKS.sub(' ', text)}" for name, text in {**answer.headers, **more}.items()]
        head += [f"Content-Length: {len(body)}", "", ""]
        sent = b"" if self.command == "HEAD" else body[: len(body) // 2] if answer.cut else body
        self.wfile.write("\r\n".join(head).encode("latin-1", errors="replace") + sent)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer what is no HTTP, or too much of it, as the front servers do: a page, and the connection ends."""
        self.close_connection = True
        title = f"{code:d} {responses.get(code, 'Error')}"
        page = f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body></html>"
        self.command = getattr(self, "command", None) or "GET"
        self.headers = getattr(self, "headers", None) or Message()
        self._send(Response(code, {"Content-Type": "text/html", "Server": "nginx"}, page.encode()))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of http.server
        """Stay quiet: the journal knows."""


def serve(
    sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0, *, latency: timedelta = timedelta()
) -> SandboxServer:
    """Listen (port 0 takes a free one) and answer in a thread, each answer after `latency`; the caller stops it."""
    return SandboxServer(sandbox, host, port, latency).start()


def _cut(connection: socket.socket) -> None:
    """End a connection at once; one that has ended already is fine."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
