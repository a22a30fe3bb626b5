"""Whether the service lives and goes round, and what Prometheus sees; the example alerts name what there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from tests.api.conftest import Ask
from tests.support.house import NAME, House
from worker.schedule.ticks import MAIL
from worker.state.beats import SCHEDULER, Heartbeats
from worker.state.keys import Scope

ALERTS = Path(__file__).parents[2] / "docs" / "alerts.yml"


def beat(house: House, *loops: str) -> None:
    beats = Heartbeats(house.clock.now)
    for loop in loops:
        beats.note(loop)
    with house.engine.begin() as connection:
        beats.save(connection)
        beats.save(connection)


def test_a_process_that_answers_lives(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}


def test_it_is_ready_while_every_loop_comes_round(house: House, client: TestClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"], answer.json()["late"]) == (503, False, 2)
    beat(house, SCHEDULER, NAME)
    assert client.get("/readyz").json() == {"ready": True, "database": True, "late": 0, "loops": []}
    house.clock.moment += timedelta(minutes=8)
    assert client.get("/readyz").json()["late"] == 1  # the scheduler comes round quickly, or not at all
    beat(house, SCHEDULER)
    assert client.get("/readyz").json()["ready"]
    house.clock.moment += timedelta(minutes=8)
    beat(house, SCHEDULER)
    assert client.get("/readyz").json()["late"] == 1


def test_names_are_told_to_a_key_alone(house: House, client: TestClient, ask: Ask, new_key: Callable[..., str]) -> None:
    beat(house, SCHEDULER, NAME)
    house.clock.moment += timedelta(seconds=30)
    (scheduler, shop) = ask("GET", "/readyz").json()["loops"]
    assert (scheduler["name"], scheduler["age"], scheduler["late"]) == (SCHEDULER, 30.0, False)
    assert shop["name"] == NAME
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {new_key(Scope.ACT, name='b')}"}):
        assert NAME not in client.get("/readyz", headers=headers).text


def test_a_state_database_that_is_away_is_told(
    house: House, client: TestClient, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise OperationalError("SELECT 1", {}, Exception("the password is xyzzy"))

    monkeypatch.setattr(house.engine, "connect", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    for path in ("/api/v1/errors", "/metrics"):
        refused = ask("GET", path)
        assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
        assert "xyzzy" not in refused.text
    assert client.get("/healthz").status_code == 200
    monkeypatch.undo()


def figures(ask: Ask) -> dict[str, dict[tuple[str, ...], float]]:
    answer = ask("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(answer.text)
    }


def test_figures_tell_of_documents_errors_calls_and_loops(house: House, ask: Ask) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.invoice("2", customer="nobody")
    house.tick()
    beat(house, SCHEDULER, NAME, MAIL)
    house.clock.moment += timedelta(seconds=7)
    told = figures(ask)
    assert told["cuadre_items"][NAME, "invoice", "linked"] == 1
    assert sum(told["cuadre_items"].values()) == 4
    assert told["cuadre_open_errors"] == {(NAME, "accounts"): 1} or sum(told["cuadre_open_errors"].values()) == 1
    assert told["cuadre_quickbooks_calls_this_month"][NAME, "read"] > 0
    assert told["cuadre_loop_age_seconds"] == {(SCHEDULER,): 7, (NAME,): 7}
    assert told["cuadre_loop_late"] == {(SCHEDULER,): 0, (NAME,): 0}
    assert told["cuadre_company_stopped"] == {(NAME,): 0}
    assert told["cuadre_mails"] == {("queued",): 0, ("sent",): 0, ("failed",): 0}
    assert told["cuadre_webhook_events_waiting"] == {(): 0}


def test_every_metric_of_the_example_alerts_exists(house: House, ask: Ask) -> None:
    rules = [rule for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"] for rule in group["rules"]]
    names = {name for rule in rules for name in re.findall(r"\bcuadre_\w+", rule["expr"])}
    assert len(names) > 8
    families = figures(ask)
    assert {name.removesuffix("_total") for name in names} <= families.keys()
    for rule in rules:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}, rule["alert"]
        assert rule["labels"]["severity"] in {"urgent", "warning"}
        assert {"summary", "description"} == set(rule["annotations"])
        assert rule["expr"].count("(") == rule["expr"].count(")")
