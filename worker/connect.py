"""The end of a consent on this machine: the browser comes back to us, and the QuickBooks company must be free."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from sqlalchemy import Engine, select

from connectors.quickbooks.connecting import Callback, answers, failed, read_callback, refusal
from connectors.tokens import CONNECTED, tokens
from errors.kinds import ConnectedElsewhere
from errors.language import _, current, sentence
from errors.problem import Fact, Problem, ProblemError, phrase

LOOPBACK = "127.0.0.1"


class _Handler(BaseHTTPRequestHandler):
    """Answers the browser once it comes back; anything else that knocks is told so and changes nothing."""

    timeout = 10  # a browser opens connections ahead of need, and some say nothing
    server: _Server

    def do_GET(self) -> None:
        server = self.server
        if urlsplit(self.path).path != server.path:
            self._page(404, _("There is nothing here.", server.language))
            return
        callback = read_callback(self.path)
        if problem := refusal(server.company, callback, server.state):
            self._page(400, sentence(problem, server.language))
        else:
            yes = _("QuickBooks said yes. You can close this page and go back to the terminal.", server.language)
            self._page(200, yes)
        if answers(callback, server.state):
            server.answers.put(callback)

    def _page(self, status: int, text: str) -> None:
        body = f"<!doctype html><meta charset=utf-8><title>Cuadre</title><p>{escape(text)}</p>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        """Nothing: the path holds the code."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, company: str, redirect_uri: str, state: str) -> None:
        address = urlsplit(redirect_uri)
        self.company, self.path, self.state = company, address.path or "/", state
        self.language = current()  # a thread of its own does not know the reader's
        self.answers: SimpleQueue[Callback] = SimpleQueue()
        super().__init__((LOOPBACK, address.port or 80), _Handler)


class Waiting:
    """Waits for one answer."""

    def __init__(self, server: _Server) -> None:
        self._company, self._answers = server.company, server.answers

    def wait(self, seconds: float) -> Callback:
        """The answer, good or bad: `connecting.finish` judges it.

        Raises:
            ProblemError: ConsentFailed, when none came in time.
        """
        try:
            return self._answers.get(timeout=seconds)
        except Empty:
            detail = phrase("no answer came from the browser in time; try again, or use --paste")
            raise ProblemError(failed(self._company, detail)) from None


@contextmanager
def listening(company: str, redirect_uri: str, state: str) -> Iterator[Waiting]:
    """Listen on the port of `redirect_uri`, on this machine alone, while the block lasts.

    Raises:
        OSError: the port is taken.
    """
    with _Server(company, redirect_uri, state) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Waiting(server)
        finally:
            server.shutdown()
            thread.join()


def require_free(engine: Engine, company: str, realm_id: str) -> None:
    """Two companies here must not write into one in QuickBooks.

    Raises:
        ProblemError: ConnectedElsewhere.
    """
    query = select(tokens.c.company).where(
        tokens.c.realm_id == realm_id, tokens.c.status == CONNECTED, tokens.c.company != company
    )
    with engine.connect() as connection:
        other = connection.execute(query).scalars().first()
    if other is not None:
        facts: dict[str, Fact] = {"realm": realm_id, "other": other}
        raise ProblemError(Problem(kind=ConnectedElsewhere, subject=f"company {company}", facts=facts))
