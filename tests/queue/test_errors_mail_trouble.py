"""What mail servers do to us: each trouble leaves every mail to be sent exactly once, and tells its reason."""

import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from errors.mail import deliver
from tests.support.postbox import NOON, Postbox, make_certificate, put, row, server_context, settings

MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]


def deliver_all(engine, port, at=NOON, **changes):
    return deliver(engine, settings(port, **changes), lambda: at)


@pytest.mark.parametrize(
    ("answer", "final"), [("451 try later", False), ("552 too big", True), ("554 looks like spam", True)]
)
def test_a_mail_that_is_refused_after_its_words_leaves_the_others_alone(engine, serve, port, answer, final):
    postbox = Postbox()
    postbox.answers = [answer]
    serve(postbox)
    put(engine, key="a")
    put(engine, key="b")
    report = deliver_all(engine, port)
    assert (report.sent, report.failed, report.error) == (1, 1, answer)
    assert row(engine, "a").not_before == NOON + (timedelta(days=1) if final else MINUTE)
    assert bool(row(engine, "a").refused_at) is final
    assert deliver_all(engine, port, NOON + timedelta(days=1)).sent == 1
    assert postbox.ids == ["<token-b@example.com>", "<token-a@example.com>"]


def test_a_sender_that_the_server_does_not_like_is_no_fault_of_the_mail(engine, serve, port):
    postbox = Postbox()
    postbox.refuse_sender = "550 who are you?"
    serve(postbox)
    put(engine)
    report = deliver_all(engine, port)
    assert report.error == "550 who are you?"
    assert (row(engine).refused_at, row(engine).not_before) == (None, NOON + MINUTE)


@pytest.mark.parametrize("where", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_says_goodbye_stops_the_run_and_every_mail_keeps_the_reason(engine, serve, port, where):
    postbox = Postbox()
    goodbye = "421 closing down"
    if where == "MAIL":
        postbox.refuse_sender = goodbye
    elif where == "RCPT":
        postbox.refuse = {"ana@example.com": goodbye}
    else:
        postbox.answers = [goodbye]
    serve(postbox)
    put(engine, key="a")
    put(engine, key="b")
    report = deliver_all(engine, port)
    assert (report.sent, report.waiting) == (0, 2)
    assert "421 closing down" in row(engine, "a").last_error
    assert "421 closing down" in row(engine, "b").last_error
    postbox.refuse, postbox.refuse_sender = {}, ""
    assert deliver_all(engine, port, NOON + MINUTE).sent == 2
    assert len(postbox.mails) == 2


def test_a_line_that_breaks_in_the_middle_of_the_words_means_once_more_with_the_same_id(engine, serve, port):
    postbox = Postbox()
    postbox.hang_up_after = 0
    serve(postbox)
    put(engine)
    report = deliver_all(engine, port)
    assert report.sent == 0
    assert "SMTPServerDisconnected" in row(engine).last_error
    postbox.hang_up_after = None
    assert deliver_all(engine, port, NOON + MINUTE).sent == 1
    assert postbox.ids == ["<token-k@example.com>"]


def test_a_server_that_goes_silent_is_given_up_after_the_timeout(engine, port):
    with socket.create_server(("127.0.0.1", port)):
        put(engine)
        report = deliver_all(engine, port, timeout=0.2)
    assert report.sent == 0
    assert "timed out" in report.error


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("trouble", ["none", "nobody trusts it", "of another host", "run out"])
def test_a_mail_goes_only_to_a_server_whose_certificate_is_right(
    engine, serve, port, tmp_path, monkeypatch, security, trouble
):
    certificate = make_certificate(
        tmp_path / "certificate.pem",
        "mail.example" if trouble == "of another host" else "localhost",
        datetime(2021 if trouble == "run out" else 2099, 1, 1, tzinfo=UTC),
    )
    if trouble != "nobody trusts it":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context, postbox = server_context(certificate), Postbox()
    options = {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    serve(postbox, **options)
    put(engine)
    report = deliver_all(engine, port, host="localhost", security=security)
    assert (report.sent, len(postbox.mails)) == ((1, 1) if trouble == "none" else (0, 0))
    assert ("CERTIFICATE_VERIFY_FAILED" in report.error) is (trouble != "none")


def test_a_server_without_starttls_gets_neither_password_nor_mail(engine, serve, port):
    postbox = Postbox()
    serve(postbox)
    put(engine)
    report = deliver_all(engine, port, security="starttls", username="cuadre", password="s3cret-word")
    assert (report.sent, postbox.mails) == (0, [])
    assert "STARTTLS" in report.error


SENDER = """
import sys
from datetime import UTC, datetime
from sqlalchemy import create_engine
from errors.mail import deliver
from tests.support.postbox import settings
engine = create_engine(sys.argv[1])
deliver(engine, settings(int(sys.argv[2])), lambda: datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
"""


def killed_while_sending(url: str, port: int, postbox: Postbox, *, before: bool) -> None:
    """A process of its own delivers, and is killed just before the server takes the mail, or just after."""
    command = [sys.executable, "-c", SENDER, url, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""})

    def kill() -> None:
        process.kill()
        process.wait(30)

    setattr(postbox, "look_before" if before else "look", kill)
    assert process.wait(60) == -signal.SIGKILL
    postbox.look = postbox.look_before = lambda: None


@pytest.mark.parametrize("before", [True, False])
def test_a_worker_killed_while_it_sends_is_followed_by_one_that_sends_the_same_mail(
    engine, state_url, serve, port, before
):
    """SMTP knows no transaction: killed after the server took it, the mail travels twice, with one Message-ID."""
    postbox = Postbox()
    serve(postbox)
    put(engine)
    killed_while_sending(state_url, port, postbox, before=before)
    assert len(postbox.mails) == (0 if before else 1)
    assert deliver_all(engine, port, NOON + MINUTE).sent == 0  # its lease runs: it may still be alive
    assert deliver_all(engine, port, NOON + 5 * MINUTE).sent == 1
    assert deliver_all(engine, port, NOON + timedelta(days=1)).sent == 0
    assert postbox.ids == ["<token-k@example.com>"] * (1 if before else 2)
