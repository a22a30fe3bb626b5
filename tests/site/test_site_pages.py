"""The other pages: what they show, what their buttons do, and what none of them ever shows."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import insert

from connectors.tokens import Grant, TokenStore
from errors.letterhead import Recipient
from errors.message import Message
from errors.outbox import post
from tests.support.browsing import KEY, PASSWORD, Reader, person, routes, signed_in
from tests.support.planting import Field
from tests.support.quickbooks_desk import URL, FakeClock
from worker.site.people import Role
from worker.state import wishes
from worker.state.tables import items, links

FERNET = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
SECRETS = ("access-of-shop", "refresh-of-shop", KEY, FERNET, "argon2id", PASSWORD)


@pytest.fixture
def boss(app: FastAPI) -> Reader:
    return signed_in(app, Role.ADMIN, "boss")


@pytest.fixture
def filled(app: FastAPI, clock: FakeClock) -> FastAPI:
    """A connected company with a linked document, an error, a mail."""
    engine, now = app.state.desk.engine, clock.now()
    grant = Grant(access_token=SECRETS[0], refresh_token=SECRETS[1], access_expires_at=now, refresh_expires_at=now)
    TokenStore(engine, [FERNET], now=clock.now).connect("shop", "123", URL, grant)
    Field(engine, clock.now).missing_customer()
    row = {"company": "shop", "kind": "invoice", "local_id": "17", "generation": 0}
    shown = {"state": "linked", "version": "v", "label": "INV-17", "customer": "Ana Ruiz", "number": "INV-17"}
    with engine.begin() as connection:
        connection.execute(insert(items).values(**row, **shown, seen_at=now, changed_at=now))
        connection.execute(
            insert(links).values(
                **row,
                realm_id="123",
                target_id="88",
                version="0",
                number="INV-17",
                fingerprint="f",
                body="{}",
                adopted=False,
                removed=False,
                linked_at=now,
            )
        )
        message = Message(subject="One new problem", text="Look at it", html="<p>Look at it</p>")
        post(connection, "problems", "k", Recipient(address="owner@shop.example", language="en"), message, now)
    return app


def text(answer: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())  # type: ignore[attr-defined]


def test_no_page_shows_a_secret(filled: FastAPI, boss: Reader) -> None:
    seen = 0
    for method, path in routes(filled):
        if method == "GET" and not path.startswith(("/static", "/api", "/webhooks")):
            shown = boss.get(re.sub(r"{[^}]+}", "1", path)).text
            assert not [secret for secret in SECRETS if secret in shown], path
            seen += 1
    assert seen > 10


def test_documents_are_found_and_lead_into_quickbooks(filled: FastAPI, boss: Reader) -> None:
    for query in ("search=INV-17", "search=ruiz", "search=17", "kind=invoice&state=linked&company=shop"):
        shown = boss.get(f"/documents?{query}").text
        assert "INV-17" in shown, query
        assert "invoice?txnId=88" in shown
    for query in ("search=nothing", "kind=payment", "state=held", "company=x", "page=2", "kind=%27--"):
        assert "INV-17" not in boss.get(f"/documents?{query}").text, query
    assert boss.get("/documents?page=9999999999999999999").status_code == 200
    assert "88" in text(boss.get("/documents/1"))
    assert boss.get("/documents/999").status_code == 404


def test_a_company_is_paused_with_a_reason_and_goes_on(filled: FastAPI, boss: Reader) -> None:
    assert "connected (123)" in text(boss.get("/companies"))
    boss.post("/companies/shop/pause", {"why": "stocktaking"}, on="/companies")
    assert "Paused by boss" in text(boss.get("/companies"))
    assert "stocktaking" in text(boss.get("/companies"))
    boss.post("/companies/shop/resume", on="/companies")
    assert "Paused" not in text(boss.get("/companies"))
    boss.post("/companies/shop/sync", on="/companies")
    with filled.state.desk.engine.connect() as connection:
        assert wishes.wanted(connection) == ["shop"]
    assert boss.post("/companies/other/sync", on="/companies").status_code == 404


def test_users_are_made_changed_and_removed(app: FastAPI, boss: Reader) -> None:
    shown = boss.post("/users", {"name": "eva", "role": "viewer"}, on="/users").text
    given = re.search(r'class="secret">([^<]+)<', shown)
    assert given is not None
    assert given[1] not in boss.get("/users").text  # shown once
    eva = Reader(app)
    assert eva.signs_in("eva", given[1]).headers["location"] == "/password"
    assert boss.post("/users", {"name": "eva", "role": "viewer"}, on="/users").status_code == 400
    assert boss.post("/users", {"name": "<b>", "role": "viewer"}, on="/users").status_code == 400
    assert boss.post("/users/eva/role", {"role": "operator"}, on="/users").status_code == 303
    assert boss.post("/users/eva/password", on="/users").status_code == 200
    assert eva.get("/password").status_code == 303  # the session ended with the password
    assert boss.post("/users/boss/remove", on="/users").status_code == 400
    assert boss.post("/users/eva/remove", on="/users").status_code == 303
    assert "eva" not in text(boss.get("/users"))


def test_mails_are_read_as_text(filled: FastAPI, boss: Reader) -> None:
    assert "One new problem" in text(boss.get("/mail"))
    assert "Look at it" in text(boss.get("/mail/1"))
    assert boss.get("/mail/2").status_code == 404
    viewer = Reader(filled)
    viewer.signs_in(person(filled, Role.VIEWER))
    assert viewer.get("/mail/1").status_code == 403


def test_the_overview_tells_what_a_morning_needs(filled: FastAPI, boss: Reader) -> None:
    shown = text(boss.get("/"))
    for part in ("1 Accounts", "0 Invoices", "Posted each day", "Nothing is on its way.", "shop running"):
        assert part in shown, part
