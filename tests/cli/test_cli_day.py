"""A day on the command line: an invoice goes out, a bad one is held, people get their mail."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller

from connectors.contract import Change, Position
from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import QuickBooksUnavailable
from errors.problem import Problem
from worker import exits
from worker.clock import Clock
from worker.companies import open_state
from worker.config import load
from worker.state import items
from worker.state.leases import Lease


class Postman:
    """Takes every mail."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


@pytest.fixture
def post(free_port):
    postman = Postman()
    controller = Controller(postman, hostname="127.0.0.1", port=free_port)
    controller.start()
    yield SimpleNamespace(port=free_port, mails=postman.mails)
    controller.stop()


MAIL = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "Cuadre <cuadre@shop.example>"
recipients = [{{address = "owner@shop.example"}}]
"""


def test_good_rows_are_posted_and_bad_ones_are_held_with_their_reason(cuadre, connected):
    told = cuadre("once", "--json")
    assert told.code == exits.ATTENTION, told.err
    report = told.json()["main"]
    assert report["halted"] is None
    assert report["posted"] == {"customer": 1, "service": 1, "invoice": 1}
    assert report["held"] == 1
    (standing,) = cuadre("status", "--json").json()
    assert standing["connection"] == "connected"
    assert standing["items"] == {"linked": 3, "held": 1}
    assert standing["open_errors"] == {"invoices": 1}
    assert standing["last_tick"]
    assert "N-2" in cuadre("errors", "list").out
    again = cuadre("once", "main")
    assert "posted nothing" in again.out


def test_once_says_who_works_on_a_company_until_when_and_gives_it_back_at_the_end(cuadre, connected):
    config = load(Path("cuadre.toml"), {}).config
    engine = open_state(config)
    other = Lease(engine, "main", "far:1:x", lasts=timedelta(minutes=2), now=Clock().now)
    other.take()
    told = cuadre("once")
    assert told.code == exits.UNREACHABLE
    assert "Another worker (far:1:x) has this company until 20" in told.err
    spanish = cuadre("--language", "es", "once")
    assert "Otro proceso (far:1:x) tiene esta empresa hasta 20" in spanish.err
    other.release()
    assert cuadre("once").code == exits.ATTENTION  # one of its invoices is held, as above
    other.take()
    engine.dispose()


def test_status_tells_of_an_outage_until_when_it_is_waited_for_and_how_old_the_backlog_is(cuadre, connected):
    engine, now = open_state(load(Path("cuadre.toml"), {}).config), Clock().now()
    problem = Problem(kind=QuickBooksUnavailable, subject="company main", facts={"detail": "no route"})
    with engine.begin() as connection:
        for ago in (20, 10):
            queue.company_problem(connection, "main", problem, now - timedelta(minutes=ago))
        seen = now - timedelta(days=3, hours=4, minutes=5)
        change = Change(local_id="i1", version="v", position=Position(changed=None, key=1))
        items.add(connection, "main", DocumentKind.INVOICE, [change], seen)
    engine.dispose()
    told = cuadre("status").out
    since = f"{now - timedelta(minutes=20):%Y-%m-%d %H:%M} UTC"
    assert f"main: QuickBooks has not answered since {since}; it is asked again at 20" in told
    assert "main: the first of what is under way waits since" in told
    assert "(3 d 4 h)" in told
    assert f"QuickBooks no responde desde {since}" in cuadre("--language", "es", "status").out
    standing = cuadre("status", "--json").json()[0]
    assert 0 <= standing["backlog_seconds"] - (3 * 24 * 60 + 4 * 60 + 5) * 60 < 60
    assert standing["outage_since"] < standing["asked_again"]


def test_once_mails_where_no_daemon_runs(cuadre, connected, post):
    Path("cuadre.toml").write_text(Path("cuadre.toml").read_text() + MAIL.format(port=post.port))
    cuadre("once")
    cuadre("once")
    (mail,) = post.mails
    assert mail["To"] == "owner@shop.example"
    assert "N-2" in mail.get_body(("plain",)).get_content()


def test_once_says_when_a_mail_could_not_be_sent_and_tries_again(cuadre, connected):
    Path("cuadre.toml").write_text(Path("cuadre.toml").read_text() + MAIL.format(port=1))
    told = cuadre("once")
    assert told.code == exits.ATTENTION
    assert "A mail could not be sent, and will be tried again" in told.err
    assert "Connection refused" in told.err


def test_a_halted_company_is_mailed_once(cuadre, house, post):
    Path("cuadre.toml").write_text(Path("cuadre.toml").read_text() + MAIL.format(port=post.port))
    cuadre("once")
    cuadre("once")
    (mail,) = post.mails
    assert "cuadre connect main" in mail.get_body(("plain",)).get_content()


def test_a_test_mail_arrives_and_doctor_finds_the_server(cuadre, house, post):
    assert cuadre("mail", "test").code == exits.CONFIGURATION
    Path("cuadre.toml").write_text(Path("cuadre.toml").read_text() + MAIL.format(port=post.port))
    told = cuadre("mail", "test")
    assert (told.code, told.out) == (exits.OK, "owner@shop.example: sent\n")
    assert post.mails[0]["Subject"] == "Cuadre: test mail"
    (check,) = [check for check in cuadre("doctor", "--json").json() if check["name"] == "mail"]
    assert check["state"] == "ok"


def test_a_mail_server_that_is_away_is_told(cuadre, house):
    Path("cuadre.toml").write_text(Path("cuadre.toml").read_text() + MAIL.format(port=1))
    told = cuadre("mail", "test")
    assert told.code == exits.UNREACHABLE
    assert "owner@shop.example: not sent" in told.err
    (check,) = [check for check in cuadre("doctor", "--json").json() if check["name"] == "mail"]
    assert check["state"] == "problem"
