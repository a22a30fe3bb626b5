"""NUL, which PostgreSQL stores nowhere, reaches no query: whatever carries one is answered like other nonsense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.support.browsing import Reader, signed_in
from worker.site import console
from worker.site.people import Role


@pytest.fixture(params=["sqlite", "postgres"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_state_url"))
    return f"sqlite:///{tmp_path}/state.sqlite"


def test_no_page_fails_for_a_nul_in_its_address_or_its_form(app: FastAPI) -> None:
    boss = signed_in(app, Role.ADMIN, "boss")
    stamp = boss.stamp("/")
    fields = dict.fromkeys(("name", "role", "why", "by", "search", "customer", "next", "format", "back"), "a\0b")
    query = "&".join(f"{name}=a%00b" for name in ("by", "act", "company", "search", "customer", "document", "since"))
    for page in console.pages():
        if page.path in {"/sign-out", "/password"}:  # these end the session
            continue
        path = re.sub(r"{\w+:int}", "1", page.path)
        path = f"{re.sub(r'{[^}]+}', 'a%00b', path)}?{query}"
        answer = boss.client.request(page.method, path, data=fields | {"stamp": stamp})
        assert answer.status_code < 500, (page.method, path)


def test_nobody_is_found_by_a_name_with_a_nul(app: FastAPI) -> None:
    assert Reader(app).signs_in("bo\0ss", "some guess").status_code == 403
