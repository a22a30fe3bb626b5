"""Chats and the like: reached by Apprise where it is installed, refused with a sentence where it is not."""

import json
import logging.handlers
import sys
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from errors import channels
from errors.channels import Channel, ChannelError
from errors.mail import DeliveryReport
from tests.support.postbox import NOON, put, row

MINUTE = timedelta(minutes=1)


@pytest.fixture
def chat():
    """A service that takes what Apprise posts; `chat.answer` is its HTTP status."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.server.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(self.server.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.heard, server.answer, server.daemon_threads = [], 200, False
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.channel = Channel(f"json://someone:s3cret-key@127.0.0.1:{server.server_port}/hook")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def deliver(engine, chat, at=NOON) -> DeliveryReport:
    return channels.deliver(engine, [chat.channel], lambda: at)


def test_a_message_goes_to_a_channel_once_as_plain_words(engine, chat):
    put(engine, chat.channel.name)
    put(engine, key="by mail")
    assert deliver(engine, chat) == DeliveryReport(sent=1, waiting=1)
    assert deliver(engine, chat, NOON + MINUTE) == DeliveryReport(waiting=1)
    (heard,) = chat.heard
    assert heard["title"] == "¿Qué pasó?"
    assert "Año nuevo" in heard["message"]
    assert "<p>" not in heard["message"]
    assert row(engine).sent_at == NOON


def test_a_channel_that_does_not_answer_is_tried_again_and_its_key_is_told_nowhere(engine, chat):
    put(engine, chat.channel.name)
    chat.answer = 500
    report = deliver(engine, chat)
    assert (report.sent, report.failed, report.waiting) == (0, 1, 1)
    assert report.error.startswith("json: ")
    assert "500" in report.error
    assert row(engine).not_before == NOON + MINUTE
    told = report.error + row(engine).last_error + repr(chat.channel) + chat.channel.name
    assert "s3cret-key" not in told
    chat.answer = 200
    assert deliver(engine, chat, NOON + MINUTE).sent == 1


def test_a_key_that_apprise_repeats_is_taken_out_of_the_reason():
    told = channels.reason(Channel("slack://xoxb-T0K3N/another-part"), ["refused xoxb-T0K3N", "more"])
    assert told == "slack: refused ***"


def test_what_apprise_writes_to_its_log_reaches_no_log_of_ours():
    ours = logging.handlers.BufferingHandler(10)
    logging.getLogger().addHandler(ours)
    try:
        channels.check([Channel("json://localhost/")])
        logging.getLogger("apprise").error("Unsupported URL: json://s3cret-key")
    finally:
        logging.getLogger().removeHandler(ours)
    assert ours.buffer == []


def test_trouble_with_one_channel_leaves_the_others_alone(engine, chat):
    nobody = Channel("json://127.0.0.1:1/")
    put(engine, nobody.name, "nobody")
    put(engine, chat.channel.name, "somebody")
    report = channels.deliver(engine, [nobody, chat.channel], lambda: NOON)
    assert (report.sent, report.failed) == (1, 1)


def test_two_channels_of_one_service_have_names_of_their_own():
    one, other = Channel("slack://a-token"), Channel("slack://b-token")
    assert one.name.startswith("channel:slack-")
    assert one.name != other.name == Channel("slack://b-token").name
    assert "token" not in one.name


def test_an_address_that_apprise_does_not_know_is_a_sentence_without_the_address(caplog, capfd):
    with pytest.raises(ChannelError, match="nonsense: this is no address that Apprise knows") as refused:
        channels.check([Channel("nonsense://s3cret-key")])
    assert "s3cret-key" not in str(refused.value) + caplog.text + "".join(capfd.readouterr())
    channels.check([Channel("json://localhost/")])
    channels.check([])


def test_without_apprise_the_sentence_says_what_to_install(monkeypatch, engine):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ChannelError, match=r"pip install 'cuadre\[channels\]'"):
        channels.check([Channel("json://localhost/")])
    channels.check([])
    put(engine, Channel("json://localhost/").name)
    report = channels.deliver(engine, [Channel("json://localhost/")], lambda: NOON)
    assert (report.failed, "cuadre[channels]" in report.error) == (1, True)
