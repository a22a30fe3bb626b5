"""Signing in with a service of the firm: who gets in, and which answers of the service count for nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import func, select
from structlog.testing import capture_logs

from tests.support.browsing import ADDRESS, PASSWORD, Build, Reader, person, signed_in, text
from tests.support.quickbooks_desk import FakeClock
from tests.support.sign_in_service import CLIENT, SECRET, SignInService, serving
from worker.site import admission, keeping, people
from worker.site.door import SESSION
from worker.site.openid import COOKIE
from worker.site.people import RefusedError, Role
from worker.state.tables import openid_starts

EVA = "eva@firm.example"


@pytest.fixture
def service(clock: FakeClock) -> Iterator[SignInService]:
    with serving(SignInService(clock.now)) as service:
        yield service


@pytest.fixture
def settings(service: SignInService) -> dict[str, Any]:
    return {"issuer": service.issuer, "client_id": CLIENT, "client_secret": SECRET}


@pytest.fixture
def house(build: Build, settings: dict[str, Any]) -> FastAPI:
    return build(address=ADDRESS, openid=settings)


def added(app: FastAPI, role: Role = Role.OPERATOR, name: str = EVA) -> None:
    with app.state.desk.engine.begin() as connection:
        admission.add(connection, name, role, by="boss", now=app.state.desk.clock.now())


def there(reader: Reader, path: str = "/sign-in/openid") -> str:
    """Begin, and be let in by the service: the address that it sends the reader back to."""
    begun = reader.get(path)
    assert begun.status_code == 303, begun.text
    sent = requests.get(begun.headers["location"], allow_redirects=False, timeout=10)
    assert sent.status_code == 302, sent.text
    return sent.headers["location"]


def back(reader: Reader, address: str) -> Any:
    parts = urlsplit(address)
    return reader.get(f"{parts.path}?{parts.query}")


def comes(reader: Reader, path: str = "/sign-in/openid") -> Any:
    return back(reader, there(reader, path))


def signed_in_from_elsewhere(app: FastAPI) -> Reader:
    """An admin at another address, which nobody came back to in vain."""
    reader = Reader(app)
    reader.client = TestClient(app, base_url=ADDRESS, headers={"Origin": ADDRESS}, client=("192.0.2.9", 50000))
    reader.client.follow_redirects = False
    assert reader.signs_in(person(app, Role.ADMIN, "boss")).status_code == 303
    return reader


# --- who gets in -----------------------------------------------------------------------------------------------------


def test_who_was_added_gets_in_with_the_role_that_was_given_and_nobody_else_does(
    house: FastAPI, service: SignInService
) -> None:
    added(house, Role.VIEWER)
    reader = Reader(house)
    assert '/sign-in/openid?next=/errors"' in reader.get("/sign-in?next=%2Ferrors").text.replace("%2F", "/")
    assert comes(reader, "/sign-in/openid?next=%2Ferrors").headers["location"] == "/errors"
    assert reader.get("/errors").status_code == 200
    assert reader.get("/mail").status_code == 403  # a viewer
    boss = signed_in_from_elsewhere(house)
    assert f"{EVA} signed in ( OpenID Connect )" in text(boss.get("/audit?act=sign-in"))
    service.person = {"sub": "2", "email": "stranger@firm.example"}
    refused = comes(Reader(house))
    assert refused.status_code == 403
    assert "knows you as stranger@firm.example, but nobody added you here" in text(refused)


def test_a_group_with_a_role_lets_in_and_counts_anew_at_each_sign_in(
    build: Build, settings: dict[str, Any], service: SignInService
) -> None:
    app = build(address=ADDRESS, openid=settings | {"roles": {"office": "viewer", "boss": "admin"}})
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


def test_a_name_that_changed_hands_at_the_service_opens_nothing(house: FastAPI, service: SignInService) -> None:
    added(house)
    assert comes(Reader(house)).status_code == 303
    service.person = {"sub": "another person", "email": EVA}
    assert comes(Reader(house)).status_code == 403
    service.person = {"sub": "1", "email": "eva.married@firm.example"}
    assert comes(Reader(house)).status_code == 303  # the same person under another name


def test_a_user_with_a_password_is_not_taken_over_by_the_name(
    build: Build, settings: dict[str, Any], service: SignInService
) -> None:
    app = build(address=ADDRESS, openid=settings | {"roles": {"office": "viewer"}})
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
def test_an_address_that_nobody_verified_is_no_name(house: FastAPI, service: SignInService, unverified: object) -> None:
    added(house)
    service.person |= {"email_verified": unverified}
    assert "nobody verified the address" in text(comes(Reader(house)))


def test_a_name_that_is_told_only_separately_is_asked_for(house: FastAPI, service: SignInService) -> None:
    added(house)
    service.person = {"sub": "1"}
    service.told_separately = {"email": EVA}
    assert comes(Reader(house)).status_code == 303


def test_what_is_told_separately_of_another_person_counts_for_nothing(house: FastAPI, service: SignInService) -> None:
    added(house)
    service.person = {"sub": "1"}
    service.told_separately = {"email": EVA, "sub": "2"}
    assert comes(Reader(house)).status_code == 502


def test_without_a_name_an_admin_is_told_where_to_look(house: FastAPI, service: SignInService) -> None:
    service.person = {"sub": "1"}
    assert "site.openid.name_claim" in text(comes(Reader(house)))


def test_who_signs_in_there_has_no_password_here(house: FastAPI) -> None:
    added(house)
    with house.state.desk.engine.begin() as connection, pytest.raises(RefusedError, match="no password"):
        people.set_password(connection, EVA, PASSWORD, by="boss", now=house.state.desk.clock.now())
    reader = Reader(house)
    comes(reader)
    assert "Change password" not in reader.get("/").text
    assert reader.get("/password").status_code == 404


def test_passwords_can_be_switched_off(build: Build, settings: dict[str, Any]) -> None:
    app = build(address=ADDRESS, openid=settings | {"passwords": False, "label": "Firm Ltd"})
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


def test_behind_a_proxy_the_way_back_is_the_public_one(build: Build, settings: dict[str, Any]) -> None:
    app = build(address="https://books.example.com/cuadre/", openid=settings)
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
    house: FastAPI, service: SignInService, published: str | None, link: str
) -> None:
    service.metadata = {"end_session_endpoint": published and published.format(issuer=service.issuer)}
    added(house)
    reader = Reader(house)
    comes(reader)
    out = reader.post("/sign-out").headers["location"]
    assert out == "/sign-in?out=1"
    shown = reader.get(out)
    assert "may still know you" in text(shown)
    assert link.format(issuer=service.issuer) in shown.text
    assert ("Sign out there, too" in shown.text) == bool(link)
    assert "javascript" not in shown.text


def test_signing_out_does_not_wait_for_a_service_that_is_away(
    build: Build, clock: FakeClock, settings: dict[str, Any]
) -> None:
    with serving(SignInService(clock.now)) as gone:
        closed = gone.issuer
    shown = Reader(build(address=ADDRESS, openid=settings | {"issuer": closed})).get("/sign-in?out=1")
    assert shown.status_code == 200
    assert "may still know you" in text(shown)


# --- what counts for nothing -----------------------------------------------------------------------------------------


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def by_somebody_else(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "ES256", "kid": "first"}, claims, ECKey.generate_key("P-256"))


def with_the_secret(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256", "kid": "first"}, claims, OctKey.import_key(SECRET))


@pytest.mark.parametrize("sign", [unsigned, by_somebody_else, with_the_secret, lambda _: "no.token", lambda _: ""])
def test_a_token_that_the_service_did_not_sign_is_refused(house: FastAPI, service: SignInService, sign: Any) -> None:
    added(house)
    service.sign = sign
    reader = Reader(house)
    answer = comes(reader)
    assert answer.status_code == 502
    assert "cannot be trusted" in text(answer)
    assert SESSION not in reader.client.cookies


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-application"},
        {"aud": "another-application", "azp": CLIENT},
        {"aud": [CLIENT, "another-application"]},  # for several, and nobody says for whom it was made
        {"aud": [CLIENT, "another-application"], "azp": "another-application"},
        {"azp": "another-application"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 99_999_999_999},
        {"nbf": 99_999_999_999},
        {"sub": ""},
        {"sub": 7},
        {"sub": "s" * 300},
        {"at_hash": "of-another-token"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    house: FastAPI, service: SignInService, lie: dict[str, Any]
) -> None:
    added(house)
    service.lie = lambda claims: {name: value for name, value in (claims | lie).items() if value is not None}
    reader = Reader(house)
    assert comes(reader).status_code == 502
    assert SESSION not in reader.client.cookies


def test_a_code_that_the_service_refuses_opens_nothing_and_its_words_are_not_shown(
    house: FastAPI, service: SignInService
) -> None:
    added(house)
    reader = Reader(house)
    address = there(reader)
    service.codes.clear()
    answer = back(reader, address)
    assert answer.status_code == 403
    assert "of theirs" not in answer.text


def test_the_way_back_counts_once(house: FastAPI) -> None:
    added(house)
    reader = Reader(house)
    address = there(reader)
    cookie = reader.client.cookies[COOKIE]
    assert back(reader, address).status_code == 303
    for again in (reader, Reader(house)):  # from history, or with everything that somebody recorded
        again.client.cookies.set(COOKIE, cookie)
        assert "not begun here" in text(back(again, address))


def test_the_way_back_counts_only_where_the_way_there_began(house: FastAPI) -> None:
    """Nobody is signed in as somebody else by a link (login CSRF)."""
    added(house)
    address = there(Reader(house))
    victim = Reader(house)
    assert back(victim, address).status_code == 403
    there(victim)  # has a sign-in of their own under way
    assert back(victim, address).status_code == 403
    assert SESSION not in victim.client.cookies


@pytest.mark.parametrize("change", ["state=x", "state=", "state=é", "state=" + "0" * 64])
def test_another_state_is_refused(house: FastAPI, service: SignInService, change: str) -> None:
    added(house)
    reader = Reader(house)
    code = parse_qs(urlsplit(there(reader)).query)["code"][0]
    assert reader.get(f"/sign-in/openid/back?code={code}&{change}").status_code == 403
    assert "/token" not in service.asked


def test_the_way_back_is_open_for_ten_minutes(house: FastAPI, clock: FakeClock) -> None:
    added(house)
    reader = Reader(house)
    address = there(reader)
    clock.moment += timedelta(minutes=10)
    assert back(reader, address).status_code == 403


def test_an_answer_of_another_service_is_refused(house: FastAPI, service: SignInService) -> None:
    """RFC 9207: a reader was sent to one service, and another answers."""
    added(house)
    reader = Reader(house)
    assert back(reader, there(reader) + "&iss=https%3A%2F%2Fevil.example").status_code == 502
    assert "/token" not in service.asked


def test_a_refusal_of_the_service_is_told_and_its_words_are_not(house: FastAPI) -> None:
    reader = Reader(house)
    state = parse_qs(urlsplit(there(reader)).query)["state"][0]
    answer = reader.get(f"/sign-in/openid/back?error=access_denied&error_description=%3Cb%3Ecall+me&state={state}")
    assert answer.status_code == 403
    assert "did not let you in" in text(answer)
    assert "call me" not in answer.text


def test_signing_in_leads_nowhere_else(house: FastAPI) -> None:
    added(house)
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert comes(Reader(house), f"/sign-in/openid?next={evil}").headers["location"] == "/"


def test_a_session_that_somebody_planted_is_not_the_one_that_opens(house: FastAPI) -> None:
    added(house)
    reader = signed_in(house, Role.VIEWER, "planted")
    planted = reader.client.cookies[SESSION]
    assert comes(reader).status_code == 303
    assert reader.client.cookies[SESSION] != planted
    other = Reader(house)
    other.client.cookies.set(SESSION, planted)
    assert other.get("/").status_code == 303


# --- the service changes, fails, is flooded --------------------------------------------------------------------------


def test_a_new_key_counts_at_once_and_forged_ones_cost_the_service_one_question_a_minute(
    house: FastAPI, service: SignInService, clock: FakeClock
) -> None:
    added(house)
    comes(Reader(house))
    clock.moment += timedelta(minutes=2)
    service.changes_its_key()
    assert comes(Reader(house)).status_code == 303
    before = service.asked.count("/keys")
    strange = ECKey.generate_key("P-256", {"kid": "strange"})
    service.sign = lambda claims: jwt.encode({"alg": "ES256", "kid": "strange"}, claims, strange)
    assert [comes(Reader(house)).status_code for _ in range(5)] == [502] * 5
    assert service.asked.count("/keys") == before


@pytest.mark.parametrize(
    ("metadata", "told"),
    [
        ({"issuer": "https://evil.example"}, "cannot be trusted"),
        ({"token_endpoint": "ftp://evil.example/"}, "cannot be trusted"),
        ({"jwks_uri": None}, "cannot be trusted"),
    ],
)
def test_a_service_that_publishes_what_cannot_be_is_not_used(
    house: FastAPI, service: SignInService, metadata: dict[str, Any], told: str
) -> None:
    service.metadata = metadata
    answer = Reader(house).get("/sign-in/openid")
    assert answer.status_code == 502
    assert told in text(answer)


def test_a_service_out_of_reach_is_told_and_left_alone_for_a_moment(
    build: Build, clock: FakeClock, settings: dict[str, Any]
) -> None:
    with serving(SignInService(clock.now)) as gone:
        closed = gone.issuer
    reader = Reader(build(address=ADDRESS, openid=settings | {"issuer": closed}))
    with capture_logs() as lines:
        told = [reader.get("/sign-in/openid") for _ in range(2)]
    assert [answer.status_code for answer in told] == [503, 503]
    assert "does not answer" in text(told[0])
    assert [line["detail"] for line in lines] == ["it does not answer", "it did not answer a moment ago"]


def test_one_address_cannot_flood(house: FastAPI, service: SignInService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.site.openid.STARTS", 3)
    reader = Reader(house)
    assert [reader.get("/sign-in/openid").status_code for _ in range(4)] == [303] * 3 + [429]
    with house.state.desk.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(openid_starts)).scalar_one() == 3


def test_coming_back_in_vain_is_slowed_down(
    house: FastAPI, service: SignInService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BY_ADDRESS", 3)
    added(house)
    service.sign = unsigned
    assert [comes(Reader(house)).status_code for _ in range(5)] == [502] * 3 + [429] * 2
    assert service.asked.count("/token") == 3
    boss = signed_in_from_elsewhere(house)
    assert text(boss.get("/audit?act=sign-in-locked")).count("OpenID Connect was locked out") == 1


def test_the_log_says_why_and_holds_no_secret(house: FastAPI, service: SignInService) -> None:
    added(house)
    service.lie = lambda claims: claims | {"aud": "another"}
    reader = Reader(house)
    with capture_logs() as lines:
        address = there(reader)
        back(reader, address)
        refused = there(reader)
        service.codes.clear()
        back(reader, refused)
    assert [line["trouble"] for line in lines] == ["untrusted", "denied"]
    told = str(lines)
    code = parse_qs(urlsplit(address).query)["code"][0]
    assert not [secret for secret in (SECRET, code, "access-of-eva", EVA, "of theirs") if secret in told]
