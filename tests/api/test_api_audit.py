"""The audit over HTTP: what was done to errors, companies and numbers; nothing of users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.house import NAME, House
from worker.state import wishes
from worker.state.deeds import Deed, record


def test_a_program_reads_who_did_what(ask: Callable[..., Any], house: House) -> None:
    with house.engine.begin() as connection:
        wishes.pause(connection, NAME, by="eva", why="stocktaking", now=house.clock.now())
        record(connection, Deed.SIGNED_IN, by="eva", now=house.clock.now(), subject="192.0.2.7")
    answer = ask("GET", "/api/v1/audit", language="es").json()
    assert answer["total"] == 1  # neither the sign-in nor the key that asks
    (line,) = answer["lines"]
    assert (line["act"], line["did"], line["by"], line["why"]) == (
        "company-paused",
        "pausó la empresa",
        "eva",
        "stocktaking",
    )
    assert ask("GET", "/api/v1/audit?by=nobody").json()["lines"] == []
    assert ask("GET", "/api/v1/audit?until=2000-01-01T00:00:00Z").json()["total"] == 0
    assert ask("GET", "/api/v1/audit?act=user-added").status_code == 422


def test_a_wish_for_a_look_of_a_program_is_in_the_audit(ask: Callable[..., Any]) -> None:
    assert ask("POST", f"/api/v1/companies/{NAME}/sync").status_code == 202
    (line,) = ask("GET", "/api/v1/audit").json()["lines"]
    assert (line["act"], line["by"], line["company"]) == ("company-sync", "erp", NAME)
