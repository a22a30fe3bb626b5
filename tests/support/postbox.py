"""A mail server that really listens, keeps what it takes, and refuses what a test tells it to."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine, Row, insert, select

from errors.mail import MailSettings
from errors.tables import outbox

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Postbox:
    """`refuse`: answers to RCPT by address. `answers`: to DATA, one after the other, before it takes everything again.

    `hang_up_after`: so many mails, then the line goes dead in the middle of DATA. `look_before` is called at RCPT,
    `look` when the mail is kept and before the server says that it was taken; `seen` is what `look` saw.
    """

    def __init__(self) -> None:
        self.mails: list[tuple[Any, EmailMessage]] = []
        self.refuse: dict[str, str] = {}
        self.refuse_sender = ""
        self.answers: list[str] = []
        self.hang_up_after: int | None = None
        self.look_before: Callable[[], object] = lambda: None
        self.look: Callable[[], object] = lambda: None
        self.seen: list[object] = []

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        self.look_before()
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.hang_up_after is not None and len(self.mails) >= self.hang_up_after:
            server.transport.close()
            return "451 gone"
        if self.answers:
            return self.answers.pop(0)
        self.mails.append((envelope, message_from_bytes(envelope.content, policy=default)))
        self.seen.append(self.look())
        return "250 taken"

    @property
    def ids(self) -> list[str]:
        return [mail["Message-ID"] for _envelope, mail in self.mails]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def listen(postbox: Postbox, port: int, **options: Any) -> Controller:
    controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    return controller


def settings(port: int, **changes: Any) -> MailSettings:
    given = {"host": "127.0.0.1", "security": "none", "sender": "Cuadre <cuadre@example.com>", "timeout": 5}
    return MailSettings(port=port, **(given | changes))


def put(engine: Engine, recipient: str = "ana@example.com", key: str = "k", **changes: Any) -> None:
    """A mail into the outbox."""
    values = {
        "kind": "problems",
        "key": key,
        "recipient": recipient,
        "language": "es",
        "subject": "¿Qué pasó?",
        "text": "Año nuevo\n.\nfin\n",
        "html": "<p>Año nuevo</p>",
        "message_id": f"token-{key}",
        "created_at": NOON,
        "not_before": NOON,
        "attempts": 0,
        "last_error": "",
    }
    with engine.begin() as connection:
        connection.execute(insert(outbox).values(**(values | changes)))


def row(engine: Engine, key: str = "k") -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(outbox).where(outbox.c.key == key)).one()


def make_certificate(file: Path, host: str = "localhost", until: datetime = datetime(2099, 1, 1, tzinfo=UTC)) -> Path:
    """A certificate for this host, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(built.public_bytes(serialization.Encoding.PEM) + pem)
    return file


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context
