"""The outbox against a real SMTP server: sent once, kept while the server is down, nothing secret told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from aiosmtpd.smtp import AuthResult
from sqlalchemy import update

from errors import outbox as box
from errors.mail import DeliveryReport, deliver
from errors.tables import outbox
from tests.support.postbox import NOON, Postbox, put, row, settings

MINUTE = timedelta(minutes=1)


def test_a_mail_goes_out_once_as_text_and_html(engine, serve, port):
    postbox = Postbox()
    serve(postbox)
    put(engine)
    put(engine, "channel:slack-1", "for a chat")
    assert deliver(engine, settings(port), lambda: NOON) == DeliveryReport(sent=1, waiting=1)
    assert deliver(engine, settings(port), lambda: NOON + MINUTE) == DeliveryReport(waiting=1)
    ((envelope, mail),) = postbox.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("cuadre@example.com", ["ana@example.com"])
    assert mail["Subject"] == "¿Qué pasó?"
    assert mail["Message-ID"] == "<token-k@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "Cuadre <cuadre.example.com>"
    assert (mail["References"], mail["Importance"]) == (None, None)
    assert mail.get_body(["plain"]).get_content().splitlines() == ["Año nuevo", ".", "fin"]
    assert mail.get_body(["html"]).get_content().strip() == "<p>Año nuevo</p>"
    assert row(engine).sent_at == NOON


def test_a_mail_waits_longer_and_longer_while_the_server_is_down_and_goes_out_when_it_is_back(engine, serve, port):
    put(engine)
    put(engine, key="second")
    report = deliver(engine, settings(port), lambda: NOON)
    assert (report.sent, report.failed, report.waiting) == (0, 2, 2)
    assert "ConnectionRefusedError" in report.error
    assert deliver(engine, settings(port), lambda: NOON + MINUTE / 2) == DeliveryReport(waiting=2)  # not yet due
    deliver(engine, settings(port), lambda: NOON + MINUTE)
    found = row(engine)
    assert (found.attempts, found.not_before, found.sent_at) == (2, NOON + 3 * MINUTE, None)
    postbox = Postbox()
    serve(postbox)
    assert deliver(engine, settings(port), lambda: NOON + 3 * MINUTE) == DeliveryReport(sent=2)
    assert len(postbox.mails) == 2


def test_a_server_that_hangs_up_keeps_what_it_did_not_take(engine, serve, port):
    postbox = Postbox()
    postbox.hang_up_after = 1
    serve(postbox)
    for key in ("a", "b", "c"):
        put(engine, key=key)
    report = deliver(engine, settings(port), lambda: NOON)
    assert (report.sent, report.waiting) == (1, 2)
    postbox.hang_up_after = None
    assert deliver(engine, settings(port), lambda: NOON + MINUTE).sent == 2
    assert sorted(mail["Message-ID"] for _, mail in postbox.mails) == [f"<token-{key}@example.com>" for key in "abc"]


def test_one_refused_recipient_does_not_keep_the_others_waiting(engine, serve, port):
    postbox = Postbox()
    postbox.refuse = {"gone@example.com": "550 no such user", "full@example.com": "452 mailbox full"}
    serve(postbox)
    put(engine, "gone@example.com", "gone")
    put(engine, "full@example.com", "full")
    put(engine)
    report = deliver(engine, settings(port), lambda: NOON)
    assert (report.sent, report.failed, report.waiting) == (1, 2, 2)
    assert row(engine, "gone").last_error == "550 no such user"
    assert row(engine, "gone").not_before == NOON + timedelta(days=1)
    assert row(engine, "full").not_before == NOON + MINUTE


def test_old_news_is_no_longer_sent(engine, serve, port):
    postbox = Postbox()
    serve(postbox)
    put(engine)
    assert deliver(engine, settings(port), lambda: NOON + timedelta(days=8)) == DeliveryReport()
    assert postbox.mails == []


def test_a_mail_that_another_worker_has_claimed_is_left_to_it_until_its_lease_ends(engine, serve, port):
    serve(Postbox())
    put(engine)
    with engine.begin() as connection:
        connection.execute(update(outbox).values(not_before=NOON + 5 * MINUTE, attempts=1))
    assert deliver(engine, settings(port), lambda: NOON) == DeliveryReport(waiting=1)
    assert deliver(engine, settings(port), lambda: NOON + 5 * MINUTE) == DeliveryReport(sent=1)


def test_a_mail_is_claimed_before_it_leaves(engine, serve, port):
    postbox = Postbox()
    postbox.look = lambda: row(engine).not_before
    serve(postbox)
    put(engine)
    deliver(engine, settings(port), lambda: NOON)
    assert postbox.seen == [NOON + 5 * MINUTE]


@pytest.mark.parametrize("recipient", ["ana@example.com\r\nBcc: eva@example.com", "no address"])
def test_a_header_cannot_be_smuggled_in(engine, serve, port, recipient):
    postbox = Postbox()
    serve(postbox)
    put(engine, subject="hello\r\nBcc: eva@example.com")
    put(engine, recipient, "bad")
    deliver(engine, settings(port), lambda: NOON)
    assert postbox.mails[0][1]["Subject"] == "hello  Bcc: eva@example.com"
    for envelope, mail in postbox.mails:
        assert mail["Bcc"] is None
        assert "eva@example.com" not in envelope.rcpt_tos


def test_a_wrong_password_is_told_without_the_password(engine, serve, port):
    def nobody(server, session, envelope, mechanism, data) -> AuthResult:
        return AuthResult(success=False, handled=False, message="535 not s3cret-word")

    serve(Postbox(), authenticator=nobody, auth_require_tls=False)
    put(engine)
    given = settings(port, username="cuadre", password="s3cret-word")
    report = deliver(engine, given, lambda: NOON)
    assert report.sent == 0
    assert "535" in report.error
    assert "s3cret-word" not in report.error + row(engine).last_error + repr(given)


def test_login_with_the_right_password_works(engine, serve, port):
    def somebody(server, session, envelope, mechanism, data) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"cuadre", b"right"))

    serve(Postbox(), authenticator=somebody, auth_require_tls=False)
    put(engine)
    assert deliver(engine, settings(port, username="cuadre", password="right"), lambda: NOON).sent == 1


def test_a_mail_that_answers_another_says_so_and_an_urgent_one_says_that(engine, serve, port):
    postbox = Postbox()
    serve(postbox)
    put(engine, thread="root", kind="halt")
    deliver(engine, settings(port), lambda: NOON)
    mail = postbox.mails[0][1]
    assert mail["References"] == mail["In-Reply-To"] == "<root@example.com>"
    assert mail["Importance"] == "high"


def test_a_worker_that_takes_long_claims_by_the_clock_of_now_and_not_of_its_start(engine, serve, port):
    clock = [NOON]
    postbox = Postbox()

    def slow():
        clock[0] += 6 * MINUTE  # the first mail took longer than a lease
        return row(engine, "second").not_before

    postbox.look = slow
    serve(postbox)
    put(engine)
    put(engine, key="second")
    assert deliver(engine, settings(port), lambda: clock[0]).sent == 2
    assert postbox.seen == [NOON, NOON + 11 * MINUTE]


def test_the_outbox_tells_what_is_queued_sent_and_failed_and_why(engine, serve, port):
    postbox = Postbox()
    postbox.refuse = {"gone@example.com": "550 no such user", "full@example.com": "452 mailbox full"}
    serve(postbox)
    put(engine, "gone@example.com", "gone")
    put(engine, "full@example.com", "full")
    put(engine, key="good")
    put(engine, key="old", created_at=NOON - timedelta(days=8))
    deliver(engine, settings(port), lambda: NOON)
    with engine.connect() as connection:
        told = {mail.recipient: (mail.standing, mail.reason) for mail in box.mails(connection, NOON)[1:]}
        assert told == {
            "gone@example.com": (box.Standing.FAILED, "550 no such user"),
            "full@example.com": (box.Standing.QUEUED, "452 mailbox full"),
            "ana@example.com": (box.Standing.SENT, ""),
        }
        assert box.counts(connection, NOON) == {box.Standing.QUEUED: 1, box.Standing.SENT: 1, box.Standing.FAILED: 2}
        failed = box.mails(connection, NOON, box.Standing.FAILED)
        assert [(mail.id, mail.standing) for mail in failed] == [(4, "failed"), (1, "failed")]


def test_what_failed_is_due_at_once_when_a_person_says_so_but_not_what_is_on_its_way(engine, serve, port):
    postbox = Postbox()
    postbox.refuse = {"gone@example.com": "550 no such user"}
    serve(postbox)
    put(engine, "gone@example.com", "gone")
    deliver(engine, settings(port), lambda: NOON)
    put(engine, key="claimed", not_before=NOON + 5 * MINUTE, attempts=1)
    with engine.begin() as connection:
        assert box.retry(connection, NOON + MINUTE) == 1
        assert box.retry(connection, NOON + MINUTE, (2,)) == 0
    postbox.refuse = {}
    assert deliver(engine, settings(port), lambda: NOON + MINUTE).sent == 1
    assert row(engine, "gone").refused_at is None


def test_the_words_of_old_mails_are_dropped_and_that_they_were_sent_is_not(engine):
    put(engine, sent_at=NOON)
    put(engine, key="waits")
    with engine.begin() as connection:
        assert box.forget(connection, NOON + timedelta(days=29)) == 0
        assert box.forget(connection, NOON + timedelta(days=31)) == 1
        assert box.forget(connection, NOON + timedelta(days=31)) == 0
    assert (row(engine).text, row(engine).sent_at) == ("", NOON)
    assert row(engine, "waits").text


def test_of_workers_who_deliver_at_the_same_time_each_mail_is_sent_by_one(engine, serve, port):
    postbox = Postbox()
    serve(postbox)
    for number in range(24):
        put(engine, key=str(number))
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: deliver(engine, settings(port), lambda: NOON), range(4)))
    assert sum(report.sent for report in reports) == 24
    assert sorted(postbox.ids) == sorted(f"<token-{number}@example.com>" for number in range(24))
