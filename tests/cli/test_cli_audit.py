"""cuadre audit: who did what, when and why, for people and machines."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest


@pytest.fixture
def cuadre(cuadre: Any, house: Any) -> Any:
    """With a configuration."""
    return cuadre


def test_what_was_done_at_the_keyboard_is_in_the_audit(cuadre: Any) -> None:
    assert cuadre("audit").out == "Nobody did anything of this.\n"
    cuadre("users", "add", "ana", "--role", "admin")
    cuadre("users", "role", "ana", "admin")  # nothing changes
    cuadre("users", "add", "eva")
    cuadre("users", "role", "eva", "viewer")
    cuadre("users", "password", "eva")
    cuadre("users", "openid", "eva")
    cuadre("users", "remove", "eva")
    cuadre("keys", "add", "erp")
    cuadre("keys", "remove", "erp")
    cuadre("numbers", "set", "main", "--format", "PS{i;3}")
    acts = [each["act"] for each in cuadre("audit", "--json").json()["lines"]]
    users = ["user-removed", "user-moved", "user-password-reset", "user-role", "user-added", "user-added"]
    assert acts == ["number-range", "key-removed", "key-made", *users]
    assert [each["act"] for each in cuadre("audit", "--about", "users", "--json").json()["lines"]] == users
    assert "eva" in cuadre("audit").out
    assert "quitó al usuario" in cuadre("audit", "--csv", "--language", "es").out
    assert cuadre("audit", "--since", "2999-01-01", "--json").json()["lines"] == []
    assert cuadre("audit", "--by", "nobody at all", "--json").json()["lines"] == []
    rows = list(csv.reader(io.StringIO(cuadre("audit", "--csv").out)))
    assert len(rows) == 1 + len(acts)
