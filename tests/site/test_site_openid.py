"""Signing in with a service of the firm: who gets in, and what they see of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI

from tests.support.browsing import ADDRESS, PASSWORD, Build, Reader, person, text
from tests.support.coming_back import EVA, added, comes, signed_in_from_elsewhere
from tests.support.quickbooks_desk import FakeClock
from tests.support.sign_in_service import SignInService, serving
from worker.site import admission, people
from worker.site.people import RefusedError, Role


def test_who_was_added_gets_in_with_the_role_that_was_given_and_nobody_else_does(
    firm: FastAPI, service: SignInService
) -> None:
    added(firm, Role.VIEWER)
    reader = Reader(firm)
    assert '/sign-in/openid?next=/errors"' in reader.get("/sign-in?next=%2Ferrors").text.replace("%2F", "/")
    assert comes(reader, "/sign-in/openid?next=%2Ferrors").headers["location"] == "/errors"
    assert reader.get("/errors").status_code == 200
    assert reader.get("/mail").status_code == 403  # a viewer
    boss = signed_in_from_elsewhere(firm)
    assert f"{EVA} signed in ( OpenID Connect )" in text(boss.get("/audit?act=sign-in"))
    service.person = {"sub": "2", "email": "stranger@firm.example"}
    refused = comes(Reader(firm))
    assert refused.status_code == 403
    assert "knows you as stranger@firm.example, but nobody added you here" in text(refused)


def test_a_group_with_a_role_lets_in_and_counts_anew_at_each_sign_in(
    build: Build, openid: dict[str, Any], service: SignInService
) -> None:
    app = build(address=ADDRESS, openid=openid | {"roles": {"office": "viewer", "boss": "admin"}})
    service.person |= {"groups": ["office", "boss", "tennis"]}
    reader = Reader(app)
    assert comes(reader).status_code == 303
    assert reader.get("/users").status_code == 200
    service.person |= {"groups": "office"}
    assert comes(reader).status_code == 303
    assert reader.get("/users").status_code == 403
    service.person |= {"groups": ["tennis"]}
    assert comes(reader).status_code == 403
    with app.state.desk.engine.begin() as connection, pytest.raises(RefusedError, match="group"):
        people.set_role(connection, EVA, Role.ADMIN, by="boss", now=app.state.desk.clock.now())


def test_a_name_that_changed_hands_at_the_service_opens_nothing(firm: FastAPI, service: SignInService) -> None:
    added(firm)
    assert comes(Reader(firm)).status_code == 303
    service.person = {"sub": "another person", "email": EVA}
    assert comes(Reader(firm)).status_code == 403
    service.person = {"sub": "1", "email": "eva.married@firm.example"}
    assert comes(Reader(firm)).status_code == 303  # the same person under another name


def test_a_user_with_a_password_is_not_taken_over_by_the_name(
    build: Build, openid: dict[str, Any], service: SignInService
) -> None:
    app = build(address=ADDRESS, openid=openid | {"roles": {"office": "viewer"}})
    person(app, Role.ADMIN, EVA)
    service.person |= {"groups": ["office"]}
    assert comes(Reader(app)).status_code == 403
    before = Reader(app)
    before.signs_in(EVA)
    with app.state.desk.engine.begin() as connection:
        admission.move(connection, EVA, by="boss", now=app.state.desk.clock.now())
    reader = Reader(app)
    assert before.get("/").status_code == 303  # so is every session
    assert reader.signs_in(EVA).status_code == 403  # the password is gone
    assert comes(reader).status_code == 303
    assert reader.get("/users").status_code == 200


@pytest.mark.parametrize("unverified", [False, "false"])
def test_an_address_that_nobody_verified_is_no_name(firm: FastAPI, service: SignInService, unverified: object) -> None:
    added(firm)
    service.person |= {"email_verified": unverified}
    assert "nobody verified the address" in text(comes(Reader(firm)))


def test_a_name_that_is_told_only_separately_is_asked_for(firm: FastAPI, service: SignInService) -> None:
    added(firm)
    service.person = {"sub": "1"}
    service.told_separately = {"email": EVA}
    assert comes(Reader(firm)).status_code == 303


def test_what_is_told_separately_of_another_person_counts_for_nothing(firm: FastAPI, service: SignInService) -> None:
    added(firm)
    service.person = {"sub": "1"}
    service.told_separately = {"email": EVA, "sub": "2"}
    assert comes(Reader(firm)).status_code == 502


def test_without_a_name_an_admin_is_told_where_to_look(firm: FastAPI, service: SignInService) -> None:
    service.person = {"sub": "1"}
    assert "site.openid.name_claim" in text(comes(Reader(firm)))


def test_who_signs_in_there_has_no_password_here(firm: FastAPI) -> None:
    added(firm)
    with firm.state.desk.engine.begin() as connection, pytest.raises(RefusedError, match="no password"):
        people.set_password(connection, EVA, PASSWORD, by="boss", now=firm.state.desk.clock.now())
    reader = Reader(firm)
    comes(reader)
    assert "Change password" not in reader.get("/").text
    assert reader.get("/password").status_code == 404


def test_passwords_can_be_switched_off(build: Build, openid: dict[str, Any]) -> None:
    app = build(address=ADDRESS, openid=openid | {"passwords": False, "label": "Firm Ltd"})
    name = person(app, Role.ADMIN)
    reader = Reader(app)
    shown = reader.get("/sign-in").text
    assert 'name="password"' not in shown
    assert "Sign in with Firm Ltd" in shown
    stamp = app.state.desk.keeper.stamp(reader.client.cookies["cuadre_form"])
    fields = {"stamp": stamp, "name": name, "password": PASSWORD}
    assert reader.client.post("/sign-in", data=fields).status_code == 403
    assert reader.get("/errors").headers["location"].startswith("/sign-in")


def test_without_a_service_there_is_no_such_way(app: FastAPI) -> None:
    reader = Reader(app)
    assert "openid" not in reader.get("/sign-in").text
    assert [reader.get(f"/sign-in/openid{more}").status_code for more in ("", "/back")] == [404, 404]


def test_behind_a_proxy_the_way_back_is_the_public_one(build: Build, openid: dict[str, Any]) -> None:
    app = build(address="https://books.example.com/cuadre/", openid=openid)
    begun = Reader(app).get("/cuadre/sign-in/openid", headers={"Host": "books.example.com"})
    query = parse_qs(urlsplit(begun.headers["location"]).query)
    assert query["redirect_uri"] == ["https://books.example.com/cuadre/sign-in/openid/back"]
    cookie = begun.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("secure", "httponly", "samesite=lax", "path=/cuadre;"))


@pytest.mark.parametrize(
    ("published", "link"),
    [
        ("{issuer}/bye", 'href="{issuer}/bye?client_id=console"'),
        ("{issuer}/bye?realm=x", 'href="{issuer}/bye?realm=x&amp;client_id=console"'),
        ("javascript:alert(1)", ""),
        (None, ""),
    ],
)
def test_who_signs_out_here_is_told_that_the_service_may_still_know_them(
    firm: FastAPI, service: SignInService, published: str | None, link: str
) -> None:
    service.metadata = {"end_session_endpoint": published and published.format(issuer=service.issuer)}
    added(firm)
    reader = Reader(firm)
    comes(reader)
    out = reader.post("/sign-out").headers["location"]
    assert out == "/sign-in?out=1"
    shown = reader.get(out)
    assert "may still know you" in text(shown)
    assert link.format(issuer=service.issuer) in shown.text
    assert ("Sign out there, too" in shown.text) == bool(link)
    assert "javascript" not in shown.text


def test_signing_out_does_not_wait_for_a_service_that_is_away(
    build: Build, clock: FakeClock, openid: dict[str, Any]
) -> None:
    with serving(SignInService(clock.now)) as gone:
        closed = gone.issuer
    shown = Reader(build(address=ADDRESS, openid=openid | {"issuer": closed})).get("/sign-in?out=1")
    assert shown.status_code == 200
    assert "may still know you" in text(shown)
