"""Webhooks as QuickBooks sends them: the sandbox's own sender over real HTTP, forged and repeated ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from connectors.quickbooks.sandbox.core import FIRST_REALM
from connectors.quickbooks.sandbox.webhooks.courier import http_post
from connectors.quickbooks.sandbox.webhooks.payloads import signature
from tests.api.conftest import VERIFIER, Ask
from tests.support.house import NAME, House
from worker import pipeline
from worker.api import telling
from worker.config.schema import Site
from worker.site.serving import Serving
from worker.state import wishes
from worker.state.outside import webhook_events

PATH = "/webhooks/quickbooks"
NUMBERS = f"/api/v1/companies/{NAME}/numbers/invoice"
Deliver = Callable[[], list[int]]


@pytest.fixture(params=["cloudevents", "legacy"])
def deliver(request: pytest.FixtureRequest, house: House, app: FastAPI) -> Iterator[Deliver]:
    """The sandbox tells the site, which really listens; the answers' codes."""
    serving = Serving(app, Site(port=0))
    serving.start()
    values = {"url": f"{serving.address}{PATH}", "verifier_token": VERIFIER, "format": request.param}
    house.sandbox.webhooks.register(values)

    def delivered() -> list[int]:
        return [each.attempts[-1].status for each in house.sandbox.webhooks.deliver(http_post)]

    yield delivered
    serving.stop()


def kept(house: House) -> list[tuple[str, str, str]]:
    with house.engine.connect() as connection:
        columns = (webhook_events.c.entity, webhook_events.c.operation, webhook_events.c.result)
        return [tuple(row) for row in connection.execute(select(*columns).order_by(webhook_events.c.id))]


def settled(house: House, deliver: Deliver) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick(hears=True)
    deliver()
    pipeline.run(replace(house.company, hears=True))  # no time passes: our copy of QuickBooks' lists stays fresh


def test_what_somebody_else_enters_is_known_at_the_next_question(house: House, deliver: Deliver, ask: Ask) -> None:
    settled(house, deliver)
    house.enters("B-1")
    assert ask("GET", f"{NUMBERS}/B-1").json()["available"]  # our copy counts as fresh, and nobody told us yet
    assert deliver() == [200]
    with house.engine.connect() as connection:
        assert wishes.wanted(connection) == [NAME]
        assert wishes.of(connection)[NAME]["wanted_by"] == "(webhook)"
    house.tick(hears=True)
    assert kept(house)[-1] == ("invoice", "created", "elsewhere")
    told = ask("GET", f"{NUMBERS}/B-1").json()
    assert (told["taken_by"], told["suggestion"]) == ("others", "B-2")


def test_our_own_writes_told_back_cost_no_read(house: House, deliver: Deliver) -> None:
    settled(house, deliver)
    found = kept(house)
    assert {"customer", "item", "invoice"} <= {entity for entity, _, _ in found}
    assert {result for _, _, result in found} == {"ours"}
    before = len(house.sandbox.journal.entries)
    house.invoice("2", "A-2")
    house.tick(hears=True)
    paths = [entry.path.rsplit("/", 1)[1] for entry in list(house.sandbox.journal.entries)[before:]]
    assert paths == ["invoice"]


def test_the_same_delivery_again_changes_nothing(house: House, deliver: Deliver) -> None:
    settled(house, deliver)
    house.enters("B-1")
    deliver()
    house.tick(hears=True)
    before = kept(house)
    with house.engine.begin() as connection:
        wishes.looked(connection, NAME, house.clock.now())
    for delivery in house.sandbox.webhooks.deliveries():
        house.sandbox.webhooks.redeliver(delivery.number)
    assert set(deliver()) <= {200}
    assert kept(house) == before
    with house.engine.connect() as connection:
        assert wishes.wanted(connection) == []


def test_a_tick_that_hears_nothing_leaves_what_was_told(house: House, deliver: Deliver) -> None:
    settled(house, deliver)
    house.enters("B-1")
    deliver()
    house.tick()
    assert kept(house)[-1][2] == ""


# --- by hand ----------------------------------------------------------------------------------------------------------


def event(**changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "88cd52aa-33b6-4351-9aa4-47572edbd068",
        "source": "intuit.x",
        "type": "qbo.invoice.updated.v1",
        "time": "2026-03-02T09:00:00.179851517Z",
        "intuitentityid": "77",
        "intuitaccountid": FIRST_REALM,
        "data": {},
    } | changes


def post(client: TestClient, told: Any, token: str = VERIFIER, **headers: str) -> Any:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return client.post(PATH, content=body, headers={"intuit-signature": signature(token, body), **headers})


def count(house: House) -> int:
    with house.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(webhook_events)).scalar_one()


def test_several_companies_in_one_post_and_those_we_do_not_have(house: House, client: TestClient) -> None:
    told = [event(), event(id="2", intuitaccountid="999"), event(id="3", type="qbo.customer.merged.v1")]
    assert post(client, told).status_code == 200
    assert count(house) == 2


def test_an_event_that_is_told_late_and_one_out_of_order(house: House, client: TestClient) -> None:
    assert post(client, [event(id="2", time="2026-03-02T10:00:00Z")]).status_code == 200
    house.tick(hears=True)
    assert post(client, [event(id="1", time="2026-02-01T10:00:00Z")]).status_code == 200
    house.tick(hears=True)
    assert [result for _, _, result in kept(house)] == ["elsewhere"] * 2


def test_forged_ones_are_refused_whatever_they_bend(house: House, client: TestClient) -> None:
    body = json.dumps([event()]).encode()
    good = signature(VERIFIER, body)
    forged = ["", "x", "é", good[:-4], good.lower(), signature("another", body), signature(VERIFIER, body + b" ")]
    for wrong in forged:
        headers = {"intuit-signature": wrong.encode("latin-1")} if wrong else {}
        answer = client.post(PATH, content=body, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), wrong
    assert client.post(PATH, content=body + b"\n", headers={"intuit-signature": good}).status_code == 401
    assert count(house) == 0
    assert client.post(PATH, content=body, headers={"intuit-signature": good}).status_code == 200


def test_while_the_token_is_replaced_both_count(
    house: House, build: Callable[..., FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = TestClient(build(verifier="old new"), base_url="http://127.0.0.1")
    assert post(client, [event()], "old").status_code == 200
    assert post(client, [event(id="2")], "new").status_code == 200
    assert post(client, [event(id="3")], "old new").status_code == 401
    none = TestClient(build(verifier=""), base_url="http://127.0.0.1")
    assert post(none, [event()], "").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{",
        b"[1, 2]",
        b"\xff\xfe",
        b"[" * 20_000,
        b'{"eventNotifications": 5}',
        b'{"eventNotifications": [{"realmId": {}, "dataChangeEvent": {"entities": [{}, 1]}}]}',
        json.dumps([event(time="yesterday"), event(type="x"), event(intuitentityid="\0"), event(id=7)]).encode(),
        json.dumps([event(time="0001-01-01T00:00:00+14:00"), event(intuitaccountid="1" * 400)]).encode(),
        b'[{"time": ' + b"9" * 5000 + b"}]",
    ],
)
def test_signed_nonsense_is_refused_and_kept_nowhere(body: bytes, house: House, client: TestClient) -> None:
    assert post(client, body).status_code == 400
    assert count(house) == 0


def test_events_that_say_nothing_do_not_hide_those_that_do(house: House, client: TestClient) -> None:
    assert post(client, [{"type": "qbo"}, event(), 5]).status_code == 200
    assert count(house) == 1


def test_an_empty_list_is_a_sign_of_life(house: House, client: TestClient) -> None:
    assert post(client, []).status_code == 200


def test_what_is_long_past_is_forgotten(house: House, client: TestClient) -> None:
    post(client, [event()])
    house.clock.moment += timedelta(days=31)
    post(client, [event(id="2")])
    assert count(house) == 1


def test_every_token_is_tried_in_full() -> None:
    body = b"[]"
    assert telling.genuine(body, signature("b", body), ["a", "b", "c"])
    assert not telling.genuine(body, signature("d", body), ["a", "b", "c"])
    assert not telling.genuine(body, "", ["a"])
    assert not telling.genuine(body, signature("a", body), [])


def test_events_are_shown_to_a_key_that_may(house: House, client: TestClient, ask: Ask) -> None:
    post(client, [event()])
    (shown,) = ask("GET", "/api/v1/webhooks/events").json()
    assert (shown["entity"], shown["target_id"], shown["operation"], shown["handled_at"]) == (
        "invoice",
        "77",
        "updated",
        None,
    )
