"""The wire itself: time limits, addresses, log lines without secrets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses
from structlog.testing import capture_logs

from connectors.contract import Posted, Unknown
from connectors.documents import DocumentKind
from connectors.quickbooks.environments import api_url, discovery_url, pages_url
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.sandbox.core import FIRST_REALM
from connectors.transport import Session, Timeouts, redact
from errors import kinds
from errors.problem import ProblemError
from tests.support.quickbooks_desk import (
    COMPANY,
    URL,
    Desk,
    FakeClock,
    app_settings,
    customer,
    grant,
    token_store,
)

# --- time limits ------------------------------------------------------------------------------------------------------


@contextmanager
def silent_server() -> Iterator[str]:
    """Accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    held.append(listener.accept()[0])
            except OSError:
                return

        thread = Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in held:
            connection.close()


def _connector(url: str, clock: FakeClock, **timeouts: float) -> QuickBooksConnector:
    store = token_store(clock)
    store.connect("shop", FIRST_REALM, url, grant(clock))
    app = app_settings(url, Timeouts(**timeouts) if timeouts else None)
    return QuickBooksConnector(app, store, now=clock.now, sleep=clock.sleep)


def test_a_write_to_a_server_that_never_answers_is_unknown_within_the_time_limit() -> None:
    desk = Desk()
    posting = desk.posting(customer())
    with silent_server() as url:
        target = _connector(url, FakeClock(), connect=1, read=0.05).open_target(COMPANY)
        outcome = target.send(posting)
    assert isinstance(outcome, Unknown)
    assert outcome.problem.kind is kinds.QuickBooksUnavailable
    assert "ReadTimeout" in str(outcome.problem.facts["detail"])


def test_a_read_and_a_token_call_have_time_limits_too() -> None:
    clock = FakeClock()
    with silent_server() as url:
        connector = _connector(url, clock, connect=1, read=0.05)
        with pytest.raises(ProblemError, match="ReadTimeout"):
            connector.open_target(COMPANY).get(DocumentKind.INVOICE, "1")
        clock.sleep(3600)
        with pytest.raises(ProblemError, match="ReadTimeout"):
            connector.open_target(COMPANY).get(DocumentKind.INVOICE, "1")


def test_a_server_that_is_not_there_is_unknown() -> None:
    desk = Desk()
    outcome = _connector("http://127.0.0.1:9", FakeClock()).open_target(COMPANY).send(desk.posting(customer()))
    assert isinstance(outcome, Unknown)


def test_every_call_of_api_and_sign_in_carries_the_configured_time_limits() -> None:
    desk = Desk()
    seen: list[Any] = []

    class Watching(SandboxAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
            seen.append(kwargs["timeout"])
            return super().send(request, *args, **kwargs)

    app = app_settings(timeouts=Timeouts(connect=3, read=7))
    connector = QuickBooksConnector(
        app,
        desk.store,
        now=desk.clock.now,
        sleep=desk.clock.sleep,
        mount=lambda session: session.mount(URL, Watching(desk.sandbox)),
    )
    desk.clock.sleep(3600)
    assert connector.open_target(COMPANY).check() == ()
    assert len(seen) > 5  # the discovery document and a refresh among them
    assert set(seen) == {(3, 7)}


@pytest.mark.parametrize("seconds", [{"connect": 0}, {"read": -1}])
def test_no_call_may_wait_for_ever(seconds: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="timeouts must be positive"):
        Timeouts(**seconds)


@responses.activate
@pytest.mark.parametrize(
    "failure", [requests.Timeout("x"), requests.ConnectionError("x"), requests.exceptions.ChunkedEncodingError("x")]
)
def test_a_broken_answer_is_unknown(failure: Exception) -> None:
    desk = Desk()
    posting = desk.posting(customer())
    url = "https://sandbox-quickbooks.api.intuit.com"
    responses.post(f"{url}/v3/company/{FIRST_REALM}/customer", body=failure)
    assert isinstance(_connector("sandbox", FakeClock()).open_target(COMPANY).send(posting), Unknown)
    (call,) = responses.calls
    assert call.request.headers["Authorization"] == "Bearer access-1"
    assert call.request.headers["Accept"] == "application/json"
    sent = dict(parse_qsl(urlsplit(str(call.request.url)).query))
    assert sent == {"requestid": posting.request_id, "minorversion": "75"}
    assert call.request.body == posting.body.encode()


@responses.activate
def test_a_redirect_is_not_followed_with_a_token() -> None:
    desk = Desk()
    posting = desk.posting(customer())
    url = f"https://sandbox-quickbooks.api.intuit.com/v3/company/{FIRST_REALM}/customer"
    responses.post(url, status=307, headers={"Location": "https://sandbox-quickbooks.api.intuit.com/elsewhere"})
    assert isinstance(_connector("sandbox", FakeClock()).open_target(COMPANY).send(posting), Unknown)
    assert len(responses.calls) == 1


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_log_lines_hold_the_trace_and_the_request_id_and_never_a_token() -> None:
    desk = Desk()
    desk.clock.sleep(3600)  # so that tokens are renewed on the way
    posting = desk.posting(customer(name="Secret Person"))
    with capture_logs() as lines:
        desk.clock.sleep(3600)
        assert isinstance(desk.target.send(posting), Posted)
        desk.fail("lose_reply")
        desk.target.get(DocumentKind.CUSTOMER, "1")
        desk.target.holders(DocumentKind.INVOICE, ["INV-77"])
    (write,) = [line for line in lines if line.get("request_id") == posting.request_id and line["event"] == "answer"]
    assert write["intuit_tid"].startswith("1-")
    assert (write["method"], write["status"], write["company"]) == ("POST", 200, "shop")
    assert write["path"] == f"/v3/company/{FIRST_REALM}/customer"
    assert any(line["event"] == "no answer" and line["failure"] == "ConnectionError" for line in lines)
    token = desk.store.load("shop")
    assert token is not None
    for secret in (token.access_token, token.refresh_token, "access-1", "refresh-1", "app-secret", "INV-77", "Secret"):
        assert secret not in str(lines)


def test_the_log_processor_hides_secrets_by_name_and_bearers_in_texts() -> None:
    event = {"refresh_token": "RT1", "client_secret": "s", "event": "got Bearer eyJ.a-b and Basic Zm9v=", "status": 200}
    assert redact(None, "info", event) == {
        "refresh_token": "***",
        "client_secret": "***",
        "event": "got Bearer *** and Basic ***",
        "status": 200,
    }


def test_settings_and_tokens_do_not_show_secrets() -> None:
    assert "app-secret" not in repr(app_settings())
    assert "access-1" not in repr(grant(FakeClock()))


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "environment",
    ["prod", "http://example.com", "http://quickbooks.api.intuit.com", "ftp://127.0.0.1", "http://10.0.0.1"],
)
def test_an_environment_that_would_send_tokens_in_the_clear_is_refused(environment: str) -> None:
    with pytest.raises(ValueError, match=r"must (be|begin)"):
        app_settings(environment)


def test_a_session_speaks_plain_http_with_this_machine_only() -> None:
    session = Session(now=FakeClock().now, timeouts=Timeouts())
    with pytest.raises(ValueError, match="https"):
        session.get("http://example.com/v3")


def test_the_addresses_of_production_and_sandbox() -> None:
    assert api_url("production") == "https://quickbooks.api.intuit.com/v3"
    assert api_url("sandbox") == "https://sandbox-quickbooks.api.intuit.com/v3"
    assert api_url("http://127.0.0.1:8765/") == "http://127.0.0.1:8765/v3"
    assert discovery_url("production").startswith("https://developer.intuit.com/")
    assert pages_url("production") == "https://app.qbo.intuit.com/app"


def test_durations_come_from_the_clock_that_was_given() -> None:
    ticks = count()
    start = datetime(2026, 3, 2, tzinfo=UTC)
    session = Session(now=lambda: start + timedelta(seconds=next(ticks)), timeouts=Timeouts())
    with responses.RequestsMock() as mocked, capture_logs() as lines:
        mocked.get("https://quickbooks.api.intuit.com/v3/x", headers={"Intuit-Tid": "1-a"})
        session.get("https://quickbooks.api.intuit.com/v3/x?query=secret")
    (line,) = lines
    assert line["seconds"] == 1
    assert line["intuit_tid"] == "1-a"
    assert "secret" not in str(line)
