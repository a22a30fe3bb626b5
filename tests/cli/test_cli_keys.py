"""cuadre keys: made once, shown once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import create_engine

from worker import exits
from worker.state import keys


@pytest.fixture
def cuadre(cuadre: Any, house: Any) -> Any:
    """With a configuration."""
    return cuadre


def verified(key: str) -> keys.Key | None:
    engine = create_engine("sqlite:///cuadre.sqlite")
    try:
        with engine.connect() as connection:
            return keys.verified(connection, key)
    finally:
        engine.dispose()


def test_a_key_is_shown_once_and_opens_what_it_says(cuadre: Any) -> None:
    made = cuadre("keys", "add", "erp", "--scope", "read", "--scope", "act", "--json").json()
    assert made["scopes"] == ["act", "read"]
    found = verified(made["key"])
    assert found is not None
    assert found.scopes == {keys.Scope.READ, keys.Scope.ACT}
    listed = cuadre("keys", "list")
    assert "erp" in listed.out
    assert made["key"] not in listed.out
    assert cuadre("keys", "list", "--json").json()[0]["scopes"] == ["act", "read"]


def test_a_name_is_taken_once_and_read_is_the_default(cuadre: Any) -> None:
    first = cuadre("keys", "add", "erp")
    assert first.code == exits.OK
    found = verified(first.out.rsplit(" ", 1)[1].strip())
    assert found is not None
    assert found.scopes == {keys.Scope.READ}
    again = cuadre("keys", "add", "erp")
    assert (again.code, again.out) == (exits.ATTENTION, "")
    assert cuadre("keys", "add", "two words").code == exits.ATTENTION


def test_a_removed_key_is_gone(cuadre: Any) -> None:
    key = cuadre("keys", "add", "erp", "--json").json()["key"]
    assert cuadre("keys", "remove", "erp").code == exits.OK
    assert verified(key) is None
    assert cuadre("keys", "remove", "erp").code == exits.ATTENTION
    assert "cuadre keys add" in cuadre("keys", "list").out
