"""cuadre users: who signs in with what; and what the doctor says of the sign-in service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.sign_in_service import CLIENT, SECRET, SignInService, serving
from worker import exits
from worker.clock import Clock

EVA = "eva@firm.example"


@pytest.fixture
def cuadre(cuadre: Any, house: Any) -> Any:
    """With a configuration."""
    return cuadre


def test_a_user_of_the_sign_in_service_has_no_password(cuadre: Any) -> None:
    assert cuadre("users", "add", EVA, "--openid", "--json").json()["one_time_password"] is None
    (row,) = cuadre("users", "list", "--json").json()
    assert (row["name"], row["signs_in"]) == (EVA, "openid")
    refused = cuadre("users", "password", EVA)
    assert refused.code == exits.ATTENTION
    assert "has no password here" in refused.err


def test_a_user_moves_to_the_sign_in_service(cuadre: Any) -> None:
    cuadre("users", "add", "ana")
    assert cuadre("users", "openid", "ana").out == "ana can sign in with OpenID Connect.\n"
    assert "OpenID Connect" in cuadre("users", "list").out
    assert cuadre("users", "openid", "nobody").code == exits.ATTENTION


@pytest.mark.parametrize(
    ("changed", "state", "text"),
    [
        ({}, "ok", "answers"),
        ({"issuer": "https://evil.example"}, "problem", "publishes something else"),
        (None, "problem", "does not answer"),
    ],
)
def test_the_doctor_looks_at_the_sign_in_service(
    cuadre: Any, changed: dict[str, Any] | None, state: str, text: str
) -> None:
    with serving(SignInService(Clock().now)) as service:
        service.metadata = changed or {}
        issuer = service.issuer if changed is not None else "http://127.0.0.1:1"
        site = f'[site]\naddress = "http://localhost:8480"\n[site.openid]\nissuer = "{issuer}"\n'
        file = Path("cuadre.toml")
        file.write_text(file.read_text() + f'{site}client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n')
        (check,) = [each for each in cuadre("doctor", "--json").json() if each["name"] == "sign-in service"]
    assert check["state"] == state
    assert text in check["text"]
