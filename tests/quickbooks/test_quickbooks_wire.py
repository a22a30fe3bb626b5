"""The wire itself: time limits, redaction, real HTTP with real consent, the pure parts of the language spoken."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
import responses
from hypothesis import given, strategies
from structlog.testing import capture_logs

from connectors.contract import Operation, Posted, Unknown
from connectors.documents import DocumentKind
from connectors.quickbooks import connecting, query
from connectors.quickbooks.encoding import decode, encode, plain
from connectors.quickbooks.environments import api_url, discovery_url, pages_url
from connectors.quickbooks.notes import marker_of, note
from connectors.quickbooks.oauth import OAuth
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.sandbox import query as sandbox_query
from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.server import serve
from connectors.registry import load
from connectors.tokens import LOST
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
    invoice,
    marker,
    payment,
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


def test_the_registry_loads_the_connector() -> None:
    assert load("quickbooks") is QuickBooksConnector
    with pytest.raises(ValueError, match="quickbooks"):
        load("xero")


# --- consent and tokens over real HTTP --------------------------------------------------------------------------------


class Walk:
    """Real HTTP and real OAuth against a sandbox server; time is still a test's own."""

    def __init__(self, url: str, clock: FakeClock) -> None:
        self.clock = clock
        self.store = token_store(clock)
        self.app = app_settings(url)
        self.oauth = OAuth(self.app, now=clock.now)

    def consent(self, realm: str) -> tuple[connecting.Callback, str]:
        page, state = connecting.begin(self.oauth)
        form = dict(parse_qsl(urlsplit(page).query))
        answer = requests.post(
            page.partition("?")[0],
            data={**form, "realmId": realm, "action": "connect"},
            allow_redirects=False,
            timeout=9,
        )
        return connecting.read_callback(answer.headers["Location"]), state

    def connect(self, realm: str = FIRST_REALM, **more: Any) -> None:
        callback, state = self.consent(realm)
        connecting.finish(
            self.oauth,
            self.store,
            company="shop",
            environment=self.app.environment,
            callback=callback,
            expected_state=state,
            **more,
        )


@pytest.fixture
def walk() -> Iterator[Walk]:
    clock = FakeClock()
    sandbox = Sandbox(clock.now, realms=[FIRST_REALM, "2"], clients={"app-id": "app-secret"}, rotate="always")
    with serve(sandbox) as server:
        yield Walk(server.url, clock)


def test_a_company_is_connected_used_renewed_and_disconnected_over_http(walk: Walk) -> None:
    walk.connect()
    first = walk.store.load("shop")
    assert first is not None
    connector = QuickBooksConnector(walk.app, walk.store, now=walk.clock.now, sleep=walk.clock.sleep)
    target = connector.open_target(COMPANY)
    assert target.check() == ()
    walk.clock.sleep(2 * 3600)
    assert target.check(again=True) == ()
    second = walk.store.load("shop")
    assert second is not None
    assert second.refresh_token != first.refresh_token
    assert connecting.disconnect(connector.oauth, walk.store, "shop")
    assert not connecting.disconnect(connector.oauth, walk.store, "shop")
    (problem,) = target.check(again=True)
    assert problem.kind is kinds.ConnectionLost
    walk.connect()
    assert target.check(again=True) == ()


def test_an_old_refresh_token_is_refused_and_halts_the_company(walk: Walk) -> None:
    walk.connect()
    first = walk.store.load("shop")
    assert first is not None
    walk.oauth.refresh("shop", first.refresh_token)  # somebody outside of the store used it
    walk.clock.sleep(2 * 3600)
    target = QuickBooksConnector(walk.app, walk.store, now=walk.clock.now, sleep=walk.clock.sleep).open_target(COMPANY)
    (problem,) = target.check()
    assert problem.kind is kinds.ConnectionLost
    assert problem.fault.code == "invalid_grant"
    kept = walk.store.load("shop")
    assert kept is not None
    assert kept.status == LOST


def test_a_company_keeps_its_realm_unless_forced(walk: Walk) -> None:
    walk.connect()
    with pytest.raises(ProblemError) as raised:
        walk.connect("2")
    assert raised.value.problem.kind is kinds.DifferentCompany
    assert walk.store.realm_of("shop") == FIRST_REALM
    walk.connect("2", force=True)
    assert walk.store.realm_of("shop") == "2"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "other"}, "state"),
        ({"error": "access_denied"}, "access_denied"),
        ({"code": ""}, "realmId"),
        ({"code": "wrong"}, "connection-lost"),
    ],
)
def test_a_consent_that_did_not_work_stores_nothing(walk: Walk, change: dict[str, str], said: str) -> None:
    callback, state = walk.consent(FIRST_REALM)
    with pytest.raises(ProblemError, match=said):
        connecting.finish(
            walk.oauth,
            walk.store,
            company="shop",
            environment=walk.app.environment,
            callback=replace(callback, **change),
            expected_state=state,
        )
    assert walk.store.load("shop") is None


def test_wrong_keys_of_the_app_are_named(walk: Walk) -> None:
    app = replace(walk.app, client_secret="wrong")
    with pytest.raises(ProblemError) as raised:
        OAuth(app, now=walk.clock.now).refresh("shop", "RT")
    assert raised.value.problem.kind is kinds.AppRefused


def test_the_discovery_document_is_fetched_once() -> None:
    desk = Desk()
    for _ in range(3):
        desk.connector.oauth.authorization_url("s")
    asked = [entry.path for entry in desk.sandbox.journal.entries if "openid" in entry.path]
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            400,
            {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"},
            kinds.ConnectionLost,
        ),
        (401, {"error": "invalid_client"}, kinds.AppRefused),
        (400, {"error": "unauthorized_client"}, kinds.AppRefused),
        (503, "<html>", kinds.QuickBooksUnavailable),
        (429, {}, kinds.QuickBooksUnavailable),
        (200, "<html>", kinds.QuickBooksUnavailable),
        (200, {"token_type": "bearer"}, kinds.QuickBooksUnavailable),
    ],
)
def test_each_answer_of_the_token_endpoint_has_its_kind(status: int, body: Any, kind: Any) -> None:
    desk = Desk()
    desk.connector.oauth.authorization_url("warms the discovery document")
    desk.fail("status", status=status, body=body)
    with pytest.raises(ProblemError) as raised:
        desk.connector.oauth.refresh("shop", "RT-secret")
    assert raised.value.problem.kind is kind
    assert "RT-secret" not in str(raised.value)


def test_the_whole_way_over_real_http(walk: Walk) -> None:
    walk.connect()
    connector = QuickBooksConnector(walk.app, walk.store, now=walk.clock.now, sleep=walk.clock.sleep)
    desk = Desk(clock=walk.clock)
    desk.connector = connector
    desk.furnish()
    bill = desk.post(invoice())
    desk.post(payment())
    held = desk.target.get(DocumentKind.INVOICE, bill.target_id)
    assert held is not None
    assert held.body["Balance"] == 0
    voided = desk.post(invoice(), Operation.VOID, held)
    assert voided.total == 0
    assert marker_of(voided.body["PrivateNote"]) == marker(invoice())


# --- language of queries and bodies -----------------------------------------------------------------------------------


TEXT = strategies.text(strategies.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)
TRICKY = strategies.lists(strategies.sampled_from(["\\", "'", "%", "_", "a", " ", "ñ"]), max_size=9).map("".join)


@given(value=TEXT | TRICKY)
def test_any_text_survives_quoting(value: str) -> None:
    parsed = sandbox_query.parse(query.select("Customer", query.equals("DisplayName", value), query.ANY_STATE))
    assert len(parsed.conditions) == 2
    _finds(parsed.conditions[0], value)


@given(values=strategies.lists(TEXT | TRICKY, min_size=1, max_size=5))
def test_each_text_of_a_list_is_asked_for(values: list[str]) -> None:
    asked = [
        sandbox_query.parse(query.select("Customer", one)).conditions[0] for one in query.any_of("DisplayName", values)
    ]
    for value in values:
        assert any(_hits(condition, value) for condition in asked)


def _hits(condition: sandbox_query.Condition, value: str) -> bool:
    if condition.operator == "LIKE":
        pattern = ".*".join(re.escape(part) for part in condition.values[0].split("%"))
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    return value in condition.values


def _finds(condition: sandbox_query.Condition, value: str) -> None:
    assert _hits(condition, value)
    assert condition.operator == ("LIKE" if "\\" in value else "=")


def test_statements_are_built_as_documented() -> None:
    assert query.select("Invoice", "", query.is_in("Id", ["1", "2"]), order_by="Id", start=1, limit=10) == (
        "SELECT * FROM Invoice WHERE Id IN ('1', '2') ORDERBY Id STARTPOSITION 1 MAXRESULTS 10"
    )
    assert query.begins_with("DocNumber", "INV_9%") == "DocNumber LIKE 'INV%'"
    assert query.begins_with("DocNumber", "%") == ""
    assert query.begins_with("DocNumber", "A\\B") == "DocNumber LIKE 'A%'"
    assert len(query.any_of("DocNumber", [str(number) for number in range(250)])) == 3
    assert query.any_of("DocNumber", ["a", "a"]) == ["DocNumber IN ('a')"]
    with pytest.raises(ValueError, match="backslash"):
        query.quote("a\\")


@given(number=strategies.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_a_decimal_is_written_and_read_without_loss(number: Decimal) -> None:
    text = encode({"n": number})
    assert "e" not in text.lower().replace('"n"', "")
    assert decode(text)["n"] == number
    assert plain(number) == number


def test_a_body_is_compact_sorted_ascii_and_never_float() -> None:
    assert encode({"b": [True, None, "ñ"], "a": Decimal("1.50")}) == '{"a":1.50,"b":[true,null,"\\u00f1"]}'
    for wrong in (1.5, {"a": {1}}, object()):
        with pytest.raises(TypeError, match="cannot hold"):
            encode(wrong)
    with pytest.raises(ValueError, match="not a number"):
        encode(Decimal("NaN"))


def test_a_marker_is_found_behind_whatever_people_write() -> None:
    text = note("memo [x]\nsecond line", "cuadre:shop:invoice:17:1", "ch_123")
    assert marker_of(text) == "cuadre:shop:invoice:17:1"
    assert marker_of(f"Voided - {text}\r\nseen by Eva") == "cuadre:shop:invoice:17:1"
    assert marker_of("Voided") == ""
    assert marker_of(note("", "m")) == "m"


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
