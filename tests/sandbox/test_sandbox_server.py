from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, FaultRule, Sandbox, serve
from connectors.quickbooks.sandbox.command import Setup, run
from connectors.quickbooks.sandbox.server import _Handler


@pytest.fixture
def server(sandbox):
    with serve(sandbox) as running:
        yield running


@pytest.fixture
def wire(server, bodies):
    with requests.Session() as session:
        session.headers.update({"Authorization": "Bearer fixed-access", "Accept": "application/json"})
        yield bodies.client(session, server.url)


def test_the_server_answers_like_the_core(wire):
    invoice = wire.invoice(DocNumber="A1")
    assert wire.read("Invoice", invoice["Id"]) == invoice
    assert wire.query("select * from Customer where DisplayName = 'Amy\\'s Bird Sanctuary'")["maxResults"] == 1


def test_discovery_over_http_names_this_server(server):
    document = requests.get(f"{server.url}/.well-known/openid_configuration", timeout=30).json()
    assert document["token_endpoint"] == f"{server.url}/oauth2/v1/tokens/bearer"


def test_a_lost_reply_closes_the_socket_after_the_write(wire, bodies, sandbox):
    sandbox.fail(FaultRule("lose_reply", entity="invoice"))
    with pytest.raises(requests.ConnectionError):
        wire.post("invoice", bodies.invoice())
    assert wire.query("select count(*) from Invoice") == {"totalCount": 1}


def test_one_connection_carries_many_posts_and_no_answer_waits_for_more_to_send_with_it(wire, monkeypatch):
    opened: list[int] = []
    set_up = _Handler.setup

    def noted(handler):
        set_up(handler)
        opened.append(handler.connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    monkeypatch.setattr(_Handler, "setup", noted)
    for _ in range(30):
        wire.session.post(f"{wire.url}/invoice", data=b'{"CustomerRef":{"value":"999"}}', timeout=30)
    assert len(opened) == 1
    assert opened[0] != 0


def test_many_threads_write_without_losing_a_number(server, bodies):
    def create(_):
        headers = {"Authorization": "Bearer fixed-access", "Accept": "application/json"}
        url = f"{server.url}/v3/company/{FIRST_REALM}/invoice"
        return requests.post(url, json=bodies.invoice(), headers=headers, timeout=10).json()["Invoice"]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(create, range(40)))
    assert len({one["Id"] for one in made}) == len({one["DocNumber"] for one in made}) == 40


def test_the_command_keeps_a_company_in_a_file_between_runs(tmp_path, bodies):
    def now():
        return datetime(2026, 3, 2, 12, tzinfo=UTC)

    def once(work):
        done, answers = Event(), []

        def ready(server):
            with requests.Session() as session:
                session.headers.update({"Authorization": "Bearer kept", "Accept": "application/json"})
                answers.append(work(bodies.client(session, server.url)))
            done.set()

        settings = {
            "data": tmp_path / "kept.sqlite",
            "access_token": "kept",
            "refresh_token": "kept-r",
        }
        thread = Thread(target=run, args=[Setup(**settings)], kwargs={"now": now, "on_ready": ready, "stopped": done})
        thread.start()
        thread.join(20)
        assert not thread.is_alive()
        return answers[0]

    invoice = once(lambda books: books.invoice(DocNumber="KEEP-1"))
    again = once(
        lambda books: (books.read("Invoice", invoice["Id"]), books.post("invoice", bodies.invoice(DocNumber="KEEP-1")))
    )
    assert again[0] == invoice
    assert again[1].json()["Fault"]["Error"][0]["code"] == "6140"


def test_a_realm_that_was_not_made_is_refused():
    sandbox = Sandbox(lambda: datetime(2026, 3, 2, tzinfo=UTC), realms=["1", "2"])
    with pytest.raises(KeyError):
        sandbox.company("3")
    assert list(sandbox.companies) == ["1", "2"]
