"""The outbox against a real SMTP server: sent once, kept while the server is down, nothing secret told."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import insert, select, update

from errors.mail import DeliveryReport, MailSettings, deliver
from errors.tables import outbox

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Postbox:
    """Keeps what it is sent; refuses what it is told to."""

    def __init__(self) -> None:
        self.mails = []
        self.refuse = {}
        self.hang_up_after = None
        self.look = lambda: None
        self.seen = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.hang_up_after is not None and len(self.mails) >= self.hang_up_after:
            server.transport.close()
            return "451 gone"
        self.seen.append(self.look())
        self.mails.append((envelope, message_from_bytes(envelope.content, policy=default)))
        return "250 taken"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def serve(port):
    running = []

    def start(postbox: Postbox, **options) -> Controller:
        controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return controller

    yield start
    for controller in running:
        controller.stop()


def settings(port: int, **changes) -> MailSettings:
    given = {"host": "127.0.0.1", "security": "none", "sender": "Cuadre <cuadre@example.com>", "timeout": 5}
    return MailSettings(port=port, **(given | changes))


def put(engine, recipient: str = "ana@example.com", key: str = "k", subject: str = "¿Qué pasó?") -> None:
    with engine.begin() as connection:
        connection.execute(
            insert(outbox).values(
                key=key,
                recipient=recipient,
                language="es",
                subject=subject,
                text="Año nuevo\n.\nfin\n",
                html="<p>Año nuevo</p>",
                message_id=f"token-{key}",
                created_at=NOON,
                not_before=NOON,
                attempts=0,
                last_error="",
            )
        )


def row(engine, key: str = "k"):
    with engine.connect() as connection:
        return connection.execute(select(outbox).where(outbox.c.key == key)).one()


def test_a_mail_goes_out_once_as_text_and_html(engine, serve, port):
    postbox = Postbox()
    serve(postbox)
    put(engine)
    assert deliver(engine, settings(port), lambda: NOON) == DeliveryReport(sent=1)
    assert deliver(engine, settings(port), lambda: NOON + MINUTE) == DeliveryReport()
    ((envelope, mail),) = postbox.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("cuadre@example.com", ["ana@example.com"])
    assert mail["Subject"] == "¿Qué pasó?"
    assert mail["Message-ID"] == "<token-k@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
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


@pytest.fixture
def certificate(tmp_path):
    """A certificate for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(built.public_bytes(serialization.Encoding.PEM) + pem)
    return file


@pytest.mark.parametrize("trusted", [True, False])
def test_starttls_sends_to_a_server_whose_certificate_is_trusted_and_to_no_other(
    engine, serve, port, certificate, monkeypatch, trusted
):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    postbox = Postbox()
    serve(postbox, tls_context=context, require_starttls=True)
    put(engine)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    report = deliver(engine, settings(port, host="localhost", security="starttls"), lambda: NOON)
    assert (report.sent, len(postbox.mails)) == ((1, 1) if trusted else (0, 0))
    assert ("CERTIFICATE_VERIFY_FAILED" in report.error) is not trusted
