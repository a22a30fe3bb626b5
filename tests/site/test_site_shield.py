"""What holds for every answer: hosts, sizes, headers, paths behind a proxy, and forms of others."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from tests.support.browsing import ADDRESS, KEY, PASSWORD, Build, Reader, person, signed_in
from worker.site.people import Role
from worker.site.shield import HEADERS

PUBLIC = "https://books.example.com/cuadre"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example", "[::1", "é"])
def test_a_foreign_host_is_not_served(app: FastAPI, host: str) -> None:
    answer = Reader(app).get("/sign-in", headers={"Host": host.encode()})
    assert answer.status_code == 400
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8480", "localhost", "[::1]:8480"])
def test_our_own_hosts_are(app: FastAPI, host: str) -> None:
    assert Reader(app).get("/sign-in", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/sign-in", "/static/cuadre.css", "/nowhere"])
def test_every_answer_carries_the_headers(app: FastAPI, path: str) -> None:
    headers = Reader(app).get(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_a_failure_says_nothing_and_carries_the_headers(app: FastAPI) -> None:
    def broken() -> None:
        raise RuntimeError(KEY)

    app.add_api_route("/broken", broken)
    answer = Reader(app).get("/broken")
    assert answer.status_code == 500
    assert KEY not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_body_that_is_too_large_is_refused_announced_or_not(build: Build) -> None:
    reader = Reader(build(largest_body=2048))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    announced = reader.client.post("/sign-in", content=b"x" * 4096, headers=form)
    counted = reader.client.post("/sign-in", content=iter([b"x" * 1024] * 4), headers=form)
    assert [announced.status_code, counted.status_code] == [413, 413]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(build: Build) -> None:
    reader = Reader(build())
    set_ = reader.get("/sign-in").headers["set-cookie"].lower()
    assert "httponly" in set_
    assert "samesite=lax" in set_
    assert "secure" not in set_  # http on this machine


def test_behind_a_proxy_everything_stands_under_its_path_and_cookies_are_secure(build: Build) -> None:
    app = build(address=PUBLIC)
    person(app, Role.VIEWER)
    reader = Reader(app)
    headers = {"Host": "books.example.com", "Origin": "https://books.example.com"}
    shown = reader.get("/cuadre/sign-in", headers=headers)
    assert shown.status_code == 200
    assert 'action="/cuadre/sign-in"' in shown.text
    assert 'href="/cuadre/static/cuadre.css?' in shown.text
    assert "secure" in shown.headers["set-cookie"].lower()
    assert "path=/cuadre;" in shown.headers["set-cookie"].lower()
    assert "max-age" in shown.headers["Strict-Transport-Security"]
    assert reader.get("/sign-in", headers=headers).status_code == 200  # a proxy that takes the path off
    assert reader.get("/cuadre", headers=headers).headers["location"].startswith("/cuadre/sign-in")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_the_stamp(app: FastAPI, headers: dict[str, str]) -> None:
    reader = signed_in(app, Role.VIEWER)
    fields = {"language": "es", "theme": "", "back": "/"}
    assert reader.post("/preferences", fields, headers=headers).status_code == 403
    assert reader.post("/preferences", fields).status_code == 303


def test_the_stamp_of_one_session_is_worth_nothing_in_another(app: FastAPI) -> None:
    ours, theirs = signed_in(app, Role.ADMIN, "ana"), signed_in(app, Role.ADMIN, "eva")
    fields = {"stamp": theirs.stamp("/"), "language": "es", "theme": ""}
    assert ours.client.post("/preferences", data=fields).status_code == 403


def test_a_stranger_cannot_sign_a_reader_in_as_somebody_else(app: FastAPI) -> None:
    name = person(app, Role.VIEWER)
    stamp = Reader(app).stamp("/sign-in")  # the stranger's own form
    fields = {"stamp": stamp, "name": name, "password": PASSWORD}
    assert Reader(app).client.post("/sign-in", data=fields).status_code == 403


def test_other_ways_to_send_a_form_are_no_forms(app: FastAPI) -> None:
    reader = signed_in(app, Role.VIEWER)
    stamp = reader.stamp("/")
    sent = f"stamp={stamp}&language=es&theme="
    assert reader.client.post("/preferences", content=sent, headers={"Content-Type": "text/plain"}).status_code == 403
    flood = sent + "&x=1" * 6000
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert reader.client.post("/preferences", content=flood, headers=form).status_code == 403


def test_a_page_that_is_not_there_is_told_in_the_readers_language(app: FastAPI) -> None:
    assert "no existe" in Reader(app, "es").get("/nowhere").text
    assert ADDRESS not in Reader(app).get("/nowhere").text
