"""Mails on the command line: a look at every kind, the outbox, and another try."""

import sys
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import insert

from errors.samples import VALUES
from errors.tables import outbox
from tests.support.postbox import Postbox, listen
from worker import exits
from worker.clock import Clock
from worker.companies import open_state
from worker.config import load

MAIL = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "Cuadre <cuadre@shop.example>"
recipients = [{{address = "owner@shop.example"}}, {{address = "luis@shop.example", language = "es-MX"}}]
"""
NOW = Clock().now()


@pytest.fixture
def post(house, free_port):
    postbox = Postbox()
    controller = listen(postbox, free_port)
    add(MAIL.format(port=free_port))
    yield postbox
    controller.stop()


def add(text: str) -> None:
    Path("cuadre.toml").write_text(Path("cuadre.toml").read_text() + text)


def put(recipient: str, **changes) -> None:
    engine = open_state(load(Path("cuadre.toml"), {}).config)
    values = {"kind": "halt", "key": recipient, "recipient": recipient, "language": "en", "subject": "Cuadre: acme",
              "text": "The words\n", "html": "<p>", "message_id": recipient, "created_at": NOW, "not_before": NOW,
              "attempts": 0, "last_error": ""}  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(outbox).values(**(values | changes)))
    engine.dispose()


def test_every_kind_of_mail_arrives_as_a_sample_in_each_readers_language(cuadre, post):
    told = cuadre("mail", "test", "--kind", "all")
    assert told.code == exits.OK
    assert len(post.mails) == 2 * len(VALUES)
    subjects = {mail["Subject"] for _envelope, mail in post.mails}
    assert {"Cuadre: main has stopped", "Cuadre: main está detenida", "Cuadre: todo en orden (main)"} <= subjects
    assert all(mail.get_body(["html"]) for _envelope, mail in post.mails)


def test_a_mail_can_be_seen_in_a_language_and_without_sending_it(cuadre, post):
    told = cuadre("mail", "test", "--kind", "halt", "--language", "es", "--show")
    assert "owner@shop.example: Cuadre: main está detenida" in told.out
    assert "cuadre connect main" in told.out
    assert post.mails == []


@pytest.mark.parametrize("arguments", [("--kind", "nonsense"), ("--language", "fr")])
def test_what_there_is_not_is_a_sentence(cuadre, post, arguments):
    assert cuadre("mail", "test", *arguments).code == exits.USAGE
    assert post.mails == []


def test_one_address_that_is_refused_does_not_keep_the_test_from_the_others(cuadre, post):
    post.refuse = {"owner@shop.example": "550 no such user"}
    told = cuadre("mail", "test")
    assert told.code == exits.UNREACHABLE
    assert "owner@shop.example: not sent: 550 no such user" in told.err
    assert "luis@shop.example: sent" in told.out


def test_the_outbox_is_listed_with_what_was_sent_what_waits_and_what_failed_and_why(cuadre, post):
    assert cuadre("mail", "list").out == "No mail.\n"
    put("sent@shop.example", sent_at=NOW)
    put("waits@shop.example", last_error="ConnectionRefusedError: down")
    assert cuadre("mail", "list").code == exits.OK
    put("gone@shop.example", last_error="550 no such user", refused_at=NOW)
    told = cuadre("mail", "list")
    assert told.code == exits.ATTENTION
    for part in ("550 no such", "ConnectionRefusedError", "sent@shop", "waits@shop"):
        assert part in told.out
    (failed,) = cuadre("mail", "list", "--state", "failed", "--json").json()["mails"]
    assert (failed["recipient"], failed["standing"], failed["reason"]) == (
        "gone@shop.example",
        "failed",
        "550 no such user",
    )
    assert cuadre("mail", "list", "--json").json()["counts"] == {"queued": 1, "sent": 1, "failed": 1}
    (check,) = [check for check in cuadre("doctor", "--json").json() if check["name"] == "outbox"]
    assert (check["state"], check["text"]) == ("warning", "mails that could not be sent: 1")


def test_a_mail_can_be_read_and_tried_again(cuadre, post):
    put("gone@shop.example", last_error="550 no such user", refused_at=NOW, not_before=NOW + timedelta(days=1))
    assert "The words" in cuadre("mail", "show", "1").out
    assert cuadre("mail", "show", "7").code == exits.ATTENTION
    assert cuadre("mail", "retry").out.startswith("Mails that are due now: 1;")
    assert cuadre("mail", "retry", "7").out.startswith("Mails that are due now: 0;")
    (line,) = cuadre("audit", "--about", "mail", "--json").json()["lines"]
    assert (line["act"], line["value"]) == ("mail-retried", "1")
    cuadre("once")
    assert post.mails[0][1]["To"] == "gone@shop.example"
    assert message_from_bytes(post.mails[0][0].content, policy=default)["Importance"] == "high"


def test_a_channel_without_apprise_is_a_mistake_with_its_line_and_what_to_install(cuadre, house, monkeypatch):
    add('[mail]\nchannels = "json://127.0.0.1:1/a-secret-key"\n')
    monkeypatch.setitem(sys.modules, "apprise", None)
    told = cuadre("config", "check")
    assert told.code == exits.CONFIGURATION
    assert "mail.channels needs Apprise, which is not installed: pip install 'cuadre[channels]'" in told.err
    assert "cuadre.toml:11: mail.channels" in told.err
    assert "a-secret-key" not in told.err + told.out


def test_a_channel_that_cannot_be_reached_is_told_without_its_key(cuadre, house):
    add('[mail]\nchannels = "json://127.0.0.1:1/a-secret-key"\n')
    told = cuadre("mail", "test")
    assert told.code == exits.UNREACHABLE
    assert "channel:json-" in told.err
    assert "a-secret-key" not in told.err + told.out + cuadre("config", "show").out
