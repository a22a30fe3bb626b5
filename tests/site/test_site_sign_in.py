"""Who gets in, for how long, and how hard guessing is made."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type
from fastapi import FastAPI
from sqlalchemy import select

from tests.support.browsing import PASSWORD, Build, Reader, person, signed_in
from tests.support.quickbooks_desk import FakeClock
from worker.site import keeping, people
from worker.site.door import SESSION, preferred, way_back
from worker.site.people import RefusedError, Role
from worker.state.tables import sessions, users


def test_there_is_nobody_by_default(app: FastAPI) -> None:
    for name in ("admin", "root", "cuadre"):
        assert Reader(app).signs_in(name, name).status_code == 403


def test_name_and_password_open_the_console_and_signing_out_closes_it(app: FastAPI) -> None:
    reader = signed_in(app, Role.VIEWER)
    assert reader.get("/").status_code == 200
    cookie = reader.client.cookies[SESSION]
    assert reader.post("/sign-out").status_code == 303
    reader.client.cookies.set(SESSION, cookie)  # somebody kept it
    assert reader.get("/").status_code == 303


def test_a_wrong_name_and_a_wrong_password_are_told_alike(app: FastAPI) -> None:
    known = person(app, Role.ADMIN)
    told = [Reader(app).signs_in(name, "not the password") for name in (known, "nobody")]
    sentences = {re.search(r'role="alert">([^<]+)<', answer.text)[1] for answer in told}
    assert sentences == {"Name or password is wrong."}
    assert {answer.status_code for answer in told} == {403}


def test_a_session_ends_with_its_time(app: FastAPI, clock: FakeClock) -> None:
    reader = signed_in(app, Role.VIEWER)
    clock.moment += timedelta(hours=11, minutes=59)
    assert reader.get("/").status_code == 200
    clock.moment += timedelta(minutes=1)
    assert reader.get("/").headers["location"] == "/sign-in?next=%2F"


def test_a_session_ends_with_its_user_and_a_role_counts_at_once(app: FastAPI) -> None:
    boss, reader = signed_in(app, Role.ADMIN), signed_in(app, Role.OPERATOR, "eva")
    with app.state.desk.engine.begin() as connection:
        people.set_role(connection, "admin", Role.ADMIN, by="boss", now=app.state.desk.clock.now())
        people.remove(connection, "eva", by="boss", now=app.state.desk.clock.now())
    assert reader.get("/").status_code == 303
    assert boss.get("/").status_code == 200


def test_another_key_ends_every_session(build: Build) -> None:
    first = build()
    cookie = signed_in(first, Role.VIEWER).client.cookies[SESSION]
    second = build()
    second.state.desk.keeper = type(second.state.desk.keeper)(b"another key" * 4, timedelta(hours=1))
    reader = Reader(second)
    reader.client.cookies.set(SESSION, cookie)
    assert reader.get("/").status_code == 303


def test_guessing_is_slowed_down_and_only_for_who_guesses(app: FastAPI, clock: FakeClock) -> None:
    name = person(app, Role.ADMIN)
    reader = Reader(app)
    assert [reader.signs_in(name, f"guess {n}").status_code for n in range(6)] == [403] * 5 + [429]
    assert reader.signs_in(name).status_code == 429  # also with the right one: it is not looked at
    clock.moment += timedelta(minutes=16)
    assert reader.signs_in(name).status_code == 303


@pytest.mark.parametrize(("limit", "names"), [("BY_ADDRESS", "abcd"), ("BY_NAME", "aaaa")])
def test_other_ways_of_guessing_are_slowed_down_too(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, limit: str, names: str
) -> None:
    monkeypatch.setattr(keeping, limit, 3)
    reader = Reader(app)
    assert [reader.signs_in(name, "some guess").status_code for name in names] == [403] * 3 + [429]


def test_a_one_time_password_opens_nothing_but_the_choice_of_another(app: FastAPI) -> None:
    desk = app.state.desk
    with desk.engine.begin() as connection:
        given = people.add(connection, "ana", Role.ADMIN, None, by="boss", now=desk.clock.now())
    reader = Reader(app)
    assert reader.signs_in("ana", given).headers["location"] == "/password"
    assert reader.get("/").headers["location"] == "/password"
    fields = {"old": given, "new": PASSWORD, "again": PASSWORD}
    assert reader.post("/password", fields | {"again": "different words"}, on="/password").status_code == 400
    assert reader.post("/password", fields | {"old": "wrong"}, on="/password").status_code == 400
    assert reader.post("/password", fields, on="/password").headers["location"] == "/"
    assert reader.get("/").status_code == 200
    assert Reader(app).signs_in("ana", given).status_code == 403


def test_neither_password_nor_cookie_is_kept_readable(app: FastAPI) -> None:
    reader = signed_in(app, Role.VIEWER)
    with app.state.desk.engine.connect() as connection:
        kept = str([*connection.execute(select(users)), *connection.execute(select(sessions))])
    assert "argon2id" in kept
    assert PASSWORD not in kept
    assert reader.client.cookies[SESSION] not in kept


def test_a_guess_at_a_stolen_hash_costs_much() -> None:
    real = PasswordHasher()
    assert (real.type, real.memory_cost >= 19 * 1024, real.time_cost >= 2) == (Type.ID, True, True)  # OWASP's least
    assert "PasswordHasher()" in Path(people.__file__).read_text()


@pytest.mark.parametrize("bad", ["short", "aaaaaaaaaaaaaaa", "x" * 201])
def test_a_password_that_protects_nothing_is_refused(app: FastAPI, bad: str) -> None:
    with app.state.desk.engine.begin() as connection, pytest.raises(RefusedError):
        people.add(connection, "ana", Role.ADMIN, bad, by="boss", now=app.state.desk.clock.now())


def test_the_last_admin_stays(app: FastAPI) -> None:
    person(app, Role.ADMIN)
    with app.state.desk.engine.begin() as connection:
        for deed in (
            lambda: people.remove(connection, "admin", by="boss", now=app.state.desk.clock.now()),
            lambda: people.set_role(connection, "admin", Role.VIEWER, by="boss", now=app.state.desk.clock.now()),
        ):
            with pytest.raises(RefusedError):
                deed()


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("/errors?category=invoices", "/errors?category=invoices"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_leads_nowhere_else(given: str, taken: str) -> None:
    assert way_back(given) == taken


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("de,en;q=0.5", "en"),
        ("fr", ""),
        ("", ""),
        (";q=x,,es", "es"),
        ("*" * 9999, ""),
    ],
)
def test_the_browsers_language_is_taken_where_we_speak_it(header: str, language: str) -> None:
    assert preferred(header) == language
