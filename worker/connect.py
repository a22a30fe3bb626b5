"""The consent of a company's admin: the address to open, the answer that comes back, the tokens it is good for."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Engine, select

from connectors.quickbooks.oauth import OAuth
from connectors.tokens import CONNECTED, DISCONNECTED, LOST, TokenStore, tokens
from errors.language import _, say

LOOPBACK = "127.0.0.1"


class ConnectError(Exception):
    """The connection was not made; the message is a sentence for the person who tried."""


@dataclass(frozen=True, kw_only=True)
class Consent:
    """What comes back in the redirected address."""

    code: str = field(repr=False)
    realm_id: str


def consent(address: str, state: str) -> Consent:
    """Read the redirected address (qbo-facts 8.1: ?code=...&state=...&realmId=..., or ?error=access_denied&state=...).

    Raises:
        ConnectError: it is not the answer to our question, or the answer is no.
    """
    query = {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
    if not hmac.compare_digest(query.get("state", "").encode(), state.encode()):
        raise ConnectError(_("The address does not belong to this attempt; use the newest link, once."))
    if query.get("error") == "access_denied":
        raise ConnectError(_("QuickBooks was not connected: the consent was declined."))
    if "error" in query:
        raise ConnectError(say("Intuit answered: {error}", error=query["error"]))
    if not query.get("code") or not query.get("realmId"):
        raise ConnectError(_("The address has no code or no realmId; copy all of it from the browser's address bar."))
    return Consent(code=query["code"], realm_id=query["realmId"])


class _Handler(BaseHTTPRequestHandler):
    """Answers the browser once it comes back; anything else that knocks is told so and changes nothing."""

    timeout = 10  # a browser opens connections ahead of need, and some say nothing
    server: _Callback

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path != self.server.path:
            self._page(404, _("There is nothing here."))
            return
        try:
            answer: Consent | ConnectError = consent(self.path, self.server.state)
        except ConnectError as error:
            answer = error
        ours = hmac.compare_digest(parse_qs(parts.query).get("state", [""])[0].encode(), self.server.state.encode())
        if isinstance(answer, ConnectError):
            self._page(400, str(answer))
        else:
            self._page(200, _("QuickBooks said yes. You can close this page and go back to the terminal."))
        if ours:
            self.server.answers.put(answer)

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


class _Callback(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, redirect_uri: str, state: str) -> None:
        address = urlsplit(redirect_uri)
        self.path, self.state = address.path or "/", state
        self.answers: SimpleQueue[Consent | ConnectError] = SimpleQueue()
        super().__init__((LOOPBACK, address.port or 80), _Handler)


class Callback:
    """Waits for one answer."""

    def __init__(self, server: _Callback) -> None:
        self._answers = server.answers

    def wait(self, seconds: float) -> Consent:
        """The answer.

        Raises:
            ConnectError: it is no, or none came in time.
        """
        try:
            answer = self._answers.get(timeout=seconds)
        except Empty:
            text = _("No answer came from the browser in time; try again, or use --paste.")
            raise ConnectError(text) from None
        if isinstance(answer, ConnectError):
            raise answer
        return answer


@contextmanager
def callback(redirect_uri: str, state: str) -> Iterator[Callback]:
    """Listen on the port of `redirect_uri`, on this machine alone, while the block lasts.

    Raises:
        OSError: the port is taken.
    """
    with _Callback(redirect_uri, state) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield Callback(server)
        finally:
            server.shutdown()
            thread.join()


def finish(
    name: str, answer: Consent, *, environment: str, store: TokenStore, engine: Engine, oauth: OAuth, replace: bool
) -> None:
    """Turn the consent into tokens, and keep them.

    Raises:
        ConnectError: it is another QuickBooks company than before, or one that another company here already uses.
        ProblemError: Intuit did not take the code, or did not answer.
    """
    known = realms(engine)
    before, status = known.pop(name, ("", ""))
    if before and before != answer.realm_id and not replace:
        raise ConnectError(
            say(
                "{company} belonged to the QuickBooks company {before}; this is {now}. Nothing was changed. "
                "Choose the right company in the browser, or give --replace-company if the books really moved.",
                company=name,
                before=before,
                now=answer.realm_id,
            )
        )
    for other, (realm_id, status) in known.items():
        if realm_id == answer.realm_id and status == CONNECTED:
            raise ConnectError(
                say("The QuickBooks company {realm} is already connected as {other}.", realm=realm_id, other=other)
            )
    grant = oauth.exchange(name, answer.code, answer.realm_id)
    store.connect(name, answer.realm_id, environment, grant)


def disconnect(name: str, *, store: TokenStore, oauth: OAuth) -> None:
    """Revoke at Intuit, then forget the tokens; what was linked stays linked.

    Raises:
        ConnectError: it is not connected.
        ProblemError: Intuit did not answer; nothing was changed.
    """
    token = store.load(name)
    if token is None or token.status == DISCONNECTED:
        raise ConnectError(say("{company} is not connected.", company=name))
    if token.status != LOST:
        oauth.revoke(name, token.refresh_token)
    store.disconnect(name)


def realms(engine: Engine) -> dict[str, tuple[str, str]]:
    """Realm and status of every company that was ever connected; needs no key."""
    query = select(tokens.c.company, tokens.c.realm_id, tokens.c.status)
    with engine.connect() as connection:
        return {company: (realm_id, status) for company, realm_id, status in connection.execute(query)}
