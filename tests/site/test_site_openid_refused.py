"""Signing in with a service of the firm: which answers of the service, and which ways back, count for nothing."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import func, select
from structlog.testing import capture_logs

from tests.support.browsing import ADDRESS, Build, Reader, signed_in, text
from tests.support.coming_back import EVA, added, back, comes, signed_in_from_elsewhere, there
from tests.support.quickbooks_desk import FakeClock
from tests.support.sign_in_service import CLIENT, SECRET, SignInService, serving
from worker.site import keeping
from worker.site.door import SESSION
from worker.site.openid import COOKIE
from worker.site.people import Role
from worker.state.tables import openid_starts


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def by_somebody_else(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "ES256", "kid": "first"}, claims, ECKey.generate_key("P-256"))


def with_the_secret(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256", "kid": "first"}, claims, OctKey.import_key(SECRET))


@pytest.mark.parametrize("sign", [unsigned, by_somebody_else, with_the_secret, lambda _: "no.token", lambda _: ""])
def test_a_token_that_the_service_did_not_sign_is_refused(firm: FastAPI, service: SignInService, sign: Any) -> None:
    added(firm)
    service.sign = sign
    reader = Reader(firm)
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
    firm: FastAPI, service: SignInService, lie: dict[str, Any]
) -> None:
    added(firm)
    service.lie = lambda claims: {name: value for name, value in (claims | lie).items() if value is not None}
    reader = Reader(firm)
    assert comes(reader).status_code == 502
    assert SESSION not in reader.client.cookies


def test_a_code_that_the_service_refuses_opens_nothing_and_its_words_are_not_shown(
    firm: FastAPI, service: SignInService
) -> None:
    added(firm)
    reader = Reader(firm)
    address = there(reader)
    service.codes.clear()
    answer = back(reader, address)
    assert answer.status_code == 403
    assert "of theirs" not in answer.text


def test_the_way_back_counts_once(firm: FastAPI) -> None:
    added(firm)
    reader = Reader(firm)
    address = there(reader)
    cookie = reader.client.cookies[COOKIE]
    assert back(reader, address).status_code == 303
    for again in (reader, Reader(firm)):  # from history, or with everything that somebody recorded
        again.client.cookies.set(COOKIE, cookie)
        assert "not begun here" in text(back(again, address))


def test_the_way_back_counts_only_where_the_way_there_began(firm: FastAPI) -> None:
    """Nobody is signed in as somebody else by a link (login CSRF)."""
    added(firm)
    address = there(Reader(firm))
    victim = Reader(firm)
    assert back(victim, address).status_code == 403
    there(victim)  # has a sign-in of their own under way
    assert back(victim, address).status_code == 403
    assert SESSION not in victim.client.cookies


@pytest.mark.parametrize("change", ["state=x", "state=", "state=é", "state=" + "0" * 64])
def test_another_state_is_refused(firm: FastAPI, service: SignInService, change: str) -> None:
    added(firm)
    reader = Reader(firm)
    code = parse_qs(urlsplit(there(reader)).query)["code"][0]
    assert reader.get(f"/sign-in/openid/back?code={code}&{change}").status_code == 403
    assert "/token" not in service.asked


def test_the_way_back_is_open_for_ten_minutes(firm: FastAPI, clock: FakeClock) -> None:
    added(firm)
    reader = Reader(firm)
    address = there(reader)
    clock.moment += timedelta(minutes=10)
    assert back(reader, address).status_code == 403


def test_an_answer_of_another_service_is_refused(firm: FastAPI, service: SignInService) -> None:
    """RFC 9207: a reader was sent to one service, and another answers."""
    added(firm)
    reader = Reader(firm)
    assert back(reader, there(reader) + "&iss=https%3A%2F%2Fevil.example").status_code == 502
    assert "/token" not in service.asked


def test_a_refusal_of_the_service_is_told_and_its_words_are_not(firm: FastAPI) -> None:
    reader = Reader(firm)
    state = parse_qs(urlsplit(there(reader)).query)["state"][0]
    answer = reader.get(f"/sign-in/openid/back?error=access_denied&error_description=%3Cb%3Ecall+me&state={state}")
    assert answer.status_code == 403
    assert "did not let you in" in text(answer)
    assert "call me" not in answer.text


def test_signing_in_leads_nowhere_else(firm: FastAPI) -> None:
    added(firm)
    for evil in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert comes(Reader(firm), f"/sign-in/openid?next={evil}").headers["location"] == "/"


def test_a_session_that_somebody_planted_is_not_the_one_that_opens(firm: FastAPI) -> None:
    added(firm)
    reader = signed_in(firm, Role.VIEWER, "planted")
    planted = reader.client.cookies[SESSION]
    assert comes(reader).status_code == 303
    assert reader.client.cookies[SESSION] != planted
    other = Reader(firm)
    other.client.cookies.set(SESSION, planted)
    assert other.get("/").status_code == 303


# --- the service changes, fails, is flooded --------------------------------------------------------------------------


def test_a_new_key_counts_at_once_and_forged_ones_cost_the_service_one_question_a_minute(
    firm: FastAPI, service: SignInService, clock: FakeClock
) -> None:
    added(firm)
    comes(Reader(firm))
    clock.moment += timedelta(minutes=2)
    service.changes_its_key()
    assert comes(Reader(firm)).status_code == 303
    before = service.asked.count("/keys")
    strange = ECKey.generate_key("P-256", {"kid": "strange"})
    service.sign = lambda claims: jwt.encode({"alg": "ES256", "kid": "strange"}, claims, strange)
    assert [comes(Reader(firm)).status_code for _ in range(5)] == [502] * 5
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
    firm: FastAPI, service: SignInService, metadata: dict[str, Any], told: str
) -> None:
    service.metadata = metadata
    answer = Reader(firm).get("/sign-in/openid")
    assert answer.status_code == 502
    assert told in text(answer)


def test_a_service_out_of_reach_is_told_and_left_alone_for_a_moment(
    build: Build, clock: FakeClock, openid: dict[str, Any]
) -> None:
    with serving(SignInService(clock.now)) as gone:
        closed = gone.issuer
    reader = Reader(build(address=ADDRESS, openid=openid | {"issuer": closed}))
    with capture_logs() as lines:
        told = [reader.get("/sign-in/openid") for _ in range(2)]
    assert [answer.status_code for answer in told] == [503, 503]
    assert "does not answer" in text(told[0])
    assert [line["detail"] for line in lines] == ["it does not answer", "it did not answer a moment ago"]


def test_one_address_cannot_flood(firm: FastAPI, service: SignInService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.site.openid.STARTS", 3)
    reader = Reader(firm)
    assert [reader.get("/sign-in/openid").status_code for _ in range(4)] == [303] * 3 + [429]
    with firm.state.desk.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(openid_starts)).scalar_one() == 3


def test_coming_back_in_vain_is_slowed_down(
    firm: FastAPI, service: SignInService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "BY_ADDRESS", 3)
    added(firm)
    service.sign = unsigned
    assert [comes(Reader(firm)).status_code for _ in range(5)] == [502] * 3 + [429] * 2
    assert service.asked.count("/token") == 3
    boss = signed_in_from_elsewhere(firm)
    assert text(boss.get("/audit?act=sign-in-locked")).count("OpenID Connect was locked out") == 1


def test_the_log_says_why_and_holds_no_secret(firm: FastAPI, service: SignInService) -> None:
    added(firm)
    service.lie = lambda claims: claims | {"aud": "another"}
    reader = Reader(firm)
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
