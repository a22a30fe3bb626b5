"""Consent, renewal, disconnecting and the whole way over real HTTP against a sandbox server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from connectors.contract import Operation
from connectors.documents import DocumentKind
from connectors.quickbooks import connecting
from connectors.quickbooks.notes import marker_of
from connectors.quickbooks.oauth import OAuth
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.server import serve
from connectors.tokens import LOST
from errors import kinds
from errors.problem import ProblemError
from tests.support.quickbooks_desk import (
    COMPANY,
    Desk,
    FakeClock,
    app_settings,
    invoice,
    marker,
    payment,
    token_store,
)


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
        ({"state": "other"}, "does not belong to this attempt"),
        ({"state": ""}, "does not belong to this attempt"),
        ({"error": "access_denied"}, "declined"),
        ({"error": "access_denied", "state": "other"}, "does not belong to this attempt"),
        ({"error": "invalid_scope"}, "Intuit answered: invalid_scope"),
        ({"code": ""}, "has no code"),
        ({"realm_id": ""}, "no realmId"),
        ({"code": "wrong"}, "did not take the code"),
    ],
)
def test_a_consent_that_did_not_work_stores_nothing(walk: Walk, change: dict[str, str], said: str) -> None:
    callback, state = walk.consent(FIRST_REALM)
    with pytest.raises(ProblemError, match=f"^consent-failed: .*{said}"):
        connecting.finish(
            walk.oauth,
            walk.store,
            company="shop",
            environment=walk.app.environment,
            callback=replace(callback, **change),
            expected_state=state,
        )
    assert walk.store.load("shop") is None


def test_the_code_of_a_consent_is_never_printed() -> None:
    callback = connecting.read_callback(" https://shop.example/x?code=c0de&state=s3cret&realmId=77\n")
    assert (callback.code, callback.realm_id) == ("c0de", "77")
    assert "c0de" not in repr(callback)
    assert "s3cret" not in repr(callback)


def test_a_lost_connection_is_forgotten_without_asking_intuit(walk: Walk) -> None:
    walk.connect()
    held = walk.store.load("shop")
    assert held is not None
    walk.store.mark_lost(held)
    unreachable = OAuth(app_settings("http://127.0.0.1:1"), now=walk.clock.now)
    assert connecting.disconnect(unreachable, walk.store, "shop")


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
