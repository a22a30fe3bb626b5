"""Every route of the application is walked: none answers without the role that it needs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI

from tests.support.browsing import Reader, routes, signed_in
from worker.site import console
from worker.site.people import Role

# What anybody may reach. A route that is added elsewhere and checks nothing makes the first test red.
OPEN = {("GET", "/static"), ("GET", "/sign-in"), ("POST", "/sign-in")}
OPEN |= {("GET", "/sign-in/openid"), ("GET", "/sign-in/openid/back")}
MACHINES = ("/api/", "/webhooks/", "/healthz", "/readyz", "/metrics")  # tests/api walks these

NEEDS = {(page.method, page.path): page.needs for page in console.pages()}


def walked(app: FastAPI) -> list[tuple[str, str]]:
    return [each for each in routes(app) if not each[1].startswith(MACHINES)]


def ask(reader: Reader, method: str, path: str, fields: dict[str, str] | None = None) -> Any:
    return reader.client.request(method, re.sub(r"{[^}]+}", "1", path), data=fields or {})


def test_nobody_gets_in_without_a_session(app: FastAPI) -> None:
    stranger = Reader(app)
    found = walked(app)
    assert len(found) > 5
    for method, path in found:
        if (method, path) in OPEN:
            continue
        answer = ask(stranger, method, path)
        assert answer.status_code in {303, 403}, (method, path, answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/sign-in?next="), (method, path)


def test_every_page_says_what_it_needs_and_is_in_the_walk(app: FastAPI) -> None:
    assert {each for each in walked(app) if each not in OPEN} == NEEDS.keys() - OPEN


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_what_it_may_and_nothing_else(app: FastAPI, role: Role) -> None:
    reader = signed_in(app, role)
    stamp = reader.stamp("/")
    for (method, path), needs in NEEDS.items():
        if needs is None or path in {"/sign-out", "/password"}:  # these end the session
            continue
        status = ask(reader, method, path, {"stamp": stamp}).status_code
        assert (status == 403) == (not role.may(needs)), (role, method, path, status)


@pytest.mark.parametrize("role", Role)
def test_no_form_counts_without_the_stamp_of_its_session(app: FastAPI, role: Role) -> None:
    reader = signed_in(app, role)
    for method, path in NEEDS:
        if method == "POST":
            for fields in ({}, {"stamp": "0" * 64}):
                assert ask(reader, method, path, fields).status_code == 403, (path, fields)
