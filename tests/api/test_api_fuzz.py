"""Whatever is asked, the API answers as it is described, never with a failure: schemathesis bends requests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import requests
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.browsing import ADDRESS
from tests.support.house import NAME, House
from worker.config.schema import Site
from worker.site.serving import Serving
from worker.state.beats import SCHEDULER, Heartbeats
from worker.state.keys import Scope

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 20  # of each call and mode: half a minute in all
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def busy(house: House) -> House:
    """Something to be found by those who ask at random."""
    house.furnish()
    house.invoice("1", "A-1")
    house.invoice("2", customer="nobody")
    house.tick()
    beats = Heartbeats(house.clock.now)
    for loop in (SCHEDULER, NAME):
        beats.note(loop)
    with house.engine.begin() as connection:
        beats.save(connection)
    return house


def calls(client: TestClient) -> list[Any]:
    schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json())
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.slow
def test_no_request_is_answered_by_a_failure(
    busy: House, build: Callable[..., FastAPI], new_key: Callable[..., str]
) -> None:
    app = build(requests_per_minute=10**6, number_checks_per_minute=10**6)
    operations = calls(TestClient(app, base_url=ADDRESS))
    assert len(operations) > 10
    seen: dict[str, set[int]] = {}
    serving = Serving(app, Site(port=0))
    serving.start()
    try:
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {new_key(*Scope)}"
            for operation in operations:
                for mode in MODES:
                    _bend(operation, mode, session, serving.address, seen.setdefault(operation.label, set()))
    finally:
        serving.stop()
    answered = {status for statuses in seen.values() for status in statuses}
    assert {200, 202, 404, 409, 422} <= answered, seen
    assert len(seen) == len(operations)


def _bend(operation: Any, mode: GenerationMode, session: requests.Session, address: str, seen: set[int]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case: Any) -> None:
        answer = case.call(session=session, base_url=address)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    nothing_to_bend = suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext()
    with nothing_to_bend:  # a call without parameters
        one()


TEXTS = ["", " ", "\x00", "\ud800", "'; DROP TABLE errors; --", "<script>", "٣", "x" * 5000, "../../etc/passwd", "%00"]
NUMBERS: list[Any] = [0, -1, 2**63, 2**80, 1e400, "1e3", None, True, [], {}, "NaN"]


FILTERS = ["company", "kind", "customer", "document", "min_amount", "older_than", "state"]
WORSE = ["NaN", "Infinity", "1e999999", "0001-01-01T00:00:00+14:00", "9999999999999"]


def test_hostile_filters_are_answered(ask: Callable[..., Any]) -> None:
    for part in FILTERS:
        for text in (*TEXTS, *WORSE):
            answer = ask("GET", "/api/v1/errors", params={part: text.encode("utf-8", "surrogatepass")})
            assert answer.status_code in {200, 422}, (part, text, answer.text)


def test_hostile_bodies_are_answered(ask: Callable[..., Any]) -> None:
    for value in (*TEXTS, *NUMBERS):
        for part in ("why", "number"):
            body = json.dumps({part: value}).encode()
            answer = ask("POST", "/api/v1/errors/1/use-number", content=body)
            assert answer.status_code in {404, 422}, (part, value, answer.text)
    for value in (*NUMBERS, "1", [1, "x"], [2**70], [1] * 501):
        body = json.dumps({"action": "skip", "ids": value}).encode()
        answer = ask("POST", "/api/v1/errors/orders", content=body)
        assert answer.status_code in {409, 422}, (value, answer.text)


def test_hostile_paths_are_answered(ask: Callable[..., Any], house: House) -> None:
    house.furnish()
    house.tick()
    for text in ("%00", "%ff%fe", "a%2Fb", "%F0%9F%8C%B3", "x" * 400, "..%2f..%2fetc", "%ED%A0%80"):
        for kind in ("numbers", "documents"):
            answer = ask("GET", f"/api/v1/companies/shop/{kind}/invoice/{text}")
            assert answer.status_code in {200, 404, 422}, (kind, text, answer.text)
        assert ask("GET", f"/api/v1/companies/{text}/numbers/invoice/1").status_code in {404, 422}


def test_json_that_is_none_is_not_understood(ask: Callable[..., Any]) -> None:
    for body in (b"{", b"\xff", b"[" * 100_000):
        answer = ask("POST", "/api/v1/errors/1/skip", content=body, language="es")
        assert answer.status_code in {400, 422}, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_description_names_examples_and_answers_of_every_call(app: FastAPI) -> None:
    described = TestClient(app, base_url=ADDRESS).get("/api/openapi.json").json()
    parts = described["components"]["schemas"]
    assert {"ErrorState", "DocumentState"} <= parts.keys()
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in parts)
    assert set(re.findall(r"#/components/schemas/([\w-]+)", json.dumps(described))) <= parts.keys()
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            assert call["summary"], (method, path)
            assert call["tags"], (method, path)
            refused = {status for status in call["responses"] if status >= "400"}
            for status in refused - {"503"}:
                assert list(call["responses"][status]["content"]) == ["application/problem+json"], (path, status)
            if path.startswith("/api/"):
                assert call["security"], path
                assert {"401", "403", "429"} <= refused, path
            for parameter in call.get("parameters", []):
                if parameter["in"] == "path":
                    shape = parameter["schema"]
                    assert "$ref" in shape or "enum" in shape or shape.get("examples") or parameter.get("examples"), (
                        path
                    )
