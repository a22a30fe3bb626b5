"""Who gets in: keys and their scopes, wrong ones, too many; every route is walked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.support.browsing import ADDRESS
from tests.support.house import House
from worker.api import mounting
from worker.api.application import create_api
from worker.state import keys
from worker.state.keys import Scope
from worker.state.outside import api_keys

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("POST", "/webhooks/quickbooks")}  # the last asks for a signature
SCOPES = {
    ("POST", "/api/v1/companies/{company}/sync"): Scope.SYNC,
    ("POST", "/api/v1/errors/orders"): Scope.ACT,
    ("POST", "/api/v1/errors/{id}/use-number"): Scope.ACT,
    ("POST", "/api/v1/errors/{id}/sides/{action}"): Scope.ACT,
    ("POST", "/api/v1/errors/{id}/reactivate"): Scope.ACT,
    ("POST", "/api/v1/errors/{id}/choose"): Scope.ACT,
    ("POST", "/api/v1/errors/{id}/create-method"): Scope.ACT,
    ("POST", "/api/v1/errors/{id}/link-customer"): Scope.ACT,
    ("POST", "/api/v1/errors/{id}/create-customer"): Scope.ACT,
    ("POST", "/api/v1/companies/{company}/customers/unlink"): Scope.ACT,
    ("POST", "/api/v1/errors/{id}/{action}"): Scope.ACT,
    ("GET", "/api/v1/webhooks/events"): Scope.WEBHOOKS,
}
BODIES = {
    "/api/v1/errors/orders": {"action": "skip", "ids": [1]},
    "/api/v1/errors/{id}/choose": {"choice": "x"},
    "/api/v1/errors/{id}/create-method": {"credit_card": True},
}
PARTS = {"{kind}": "invoice", "{action}": "skip", "{company}": "away"}


def walked(app: FastAPI) -> list[tuple[str, str]]:
    described = create_api(app.state.desk).openapi()
    return [(method.upper(), path) for path, calls in described["paths"].items() for method in calls]


def real(path: str) -> str:
    return re.sub(r"{[^}]+}", lambda part: PARTS.get(part[0], "1"), path)


def test_no_route_answers_without_a_key(app: FastAPI, client: TestClient) -> None:
    found = walked(app)
    assert len(found) > 10
    for method, path in found:
        answer = client.request(method, real(path), json=BODIES.get(path, {}) if method == "POST" else None)
        if (method, path) in OPEN - {("POST", "/webhooks/quickbooks")}:
            assert answer.status_code in {200, 503}
        else:
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), path


def test_a_key_opens_what_its_scopes_say_and_nothing_else(
    app: FastAPI, client: TestClient, new_key: Callable[..., str]
) -> None:
    by_scope = {scope: new_key(scope, name=scope.value) for scope in Scope}
    for method, path in walked(app):
        if (method, path) in OPEN:
            continue
        needed = SCOPES.get((method, path), Scope.READ)
        for scope, key in by_scope.items():
            body = BODIES.get(path, {}) if method == "POST" else None
            answer = client.request(method, real(path), headers={"Authorization": f"Bearer {key}"}, json=body)
            assert (answer.status_code == 403) == (scope is not needed), (method, path, scope, answer.text)


@pytest.mark.parametrize("bend", [lambda key: key[:-1] + "!", lambda key: key[:-1], lambda _: "cuadre_" + "0" * 52])
def test_a_key_that_is_nearly_right_is_wrong(
    bend: Callable[[str], str], client: TestClient, new_key: Callable[..., str]
) -> None:
    key = new_key(Scope.READ)
    other = key[:-1] + ("A" if key[-1] != "A" else "B")
    for wrong in (bend(key), other):
        assert client.get("/api/v1/errors", headers={"Authorization": f"Bearer {wrong}"}).status_code == 401
    assert client.get("/api/v1/errors", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_a_removed_key_opens_nothing(house: House, client: TestClient, new_key: Callable[..., str]) -> None:
    headers = {"Authorization": f"Bearer {new_key(Scope.READ)}"}
    assert client.get("/api/v1/errors", headers=headers).status_code == 200
    with house.engine.begin() as connection:
        assert keys.remove(connection, "erp", by="boss", now=house.clock.now())
    assert client.get("/api/v1/errors", headers=headers).status_code == 401


def test_the_database_never_holds_a_key(house: House, new_key: Callable[..., str]) -> None:
    key = new_key(Scope.READ)
    with house.engine.connect() as connection:
        row = connection.execute(select(api_keys)).mappings().one()
    assert key not in str(dict(row))
    assert key.split("_", 2)[2] not in str(dict(row))


def test_who_guesses_is_looked_at_no_more_for_a_minute(
    house: House, client: TestClient, new_key: Callable[..., str]
) -> None:
    good = {"Authorization": f"Bearer {new_key(Scope.READ)}"}
    answers = [client.get("/api/v1/errors", headers={"Authorization": f"Bearer {n}"}) for n in range(12)]
    assert [each.status_code for each in answers] == [401] * 10 + [429] * 2
    assert client.get("/api/v1/errors", headers=good).status_code == 429
    house.clock.moment += timedelta(seconds=61)
    assert client.get("/api/v1/errors", headers=good).status_code == 200


def test_each_key_has_so_many_requests_a_minute(
    house: House, build: Callable[..., FastAPI], new_key: Callable[..., str]
) -> None:
    client = TestClient(build(requests_per_minute=3, number_checks_per_minute=1), base_url=ADDRESS)
    first = {"Authorization": f"Bearer {new_key(Scope.READ)}"}
    second = {"Authorization": f"Bearer {new_key(Scope.READ, name='shop')}"}
    assert [client.get("/api/v1/errors", headers=first).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/api/v1/errors", headers=first)
    assert 0 < int(refused.headers["retry-after"]) <= 60
    number = "/api/v1/companies/shop/numbers/invoice/A-1"
    assert [client.get(number, headers=second).status_code for _ in range(2)] == [200, 429]
    house.clock.moment += timedelta(seconds=61)
    assert client.get("/api/v1/errors", headers=first).status_code == 200


def test_bodies_are_bounded_whether_their_length_is_told_or_not(client: TestClient) -> None:
    large = b"x" * 300_000
    answer = client.post("/webhooks/quickbooks", content=large)
    assert answer.status_code == 413
    parts = (large[:1000] for _ in range(300))
    assert client.post("/webhooks/quickbooks", content=parts).status_code == 413


@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing", "/webhooks/other", "/api/v1/errors/x/y/z"])
def test_what_is_not_there_is_a_problem_too(path: str, client: TestClient) -> None:
    answer = client.get(path, headers={"Accept-Language": "es"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["title"] == "No se encontró"


def test_every_path_of_the_description_is_hung_into_the_site(app: FastAPI) -> None:
    hung = mounting.PATHS
    assert all(path.startswith(hung) for _, path in walked(app))
