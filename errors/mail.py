"""The outbox goes out by SMTP: each mail is marked as sent only after the server took it, and tried again until then.

A mail is claimed (its `not_before` moves on) before it is sent, so that two workers never send the same one, and one
whose worker died is sent again. SMTP knows no transaction: when a worker dies after the server took the mail and before
that is written down, the second one has the same Message-ID, and readers that look at it show one.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Any, Literal
from uuid import uuid4

from sqlalchemy import Engine, Row

from errors import outbox
from errors.letterhead import CHANNEL, Recipient
from errors.message import Message
from errors.tables import outbox as outbox_table
from errors.wording import plain

URGENT = frozenset({"halt"})
BY_MAIL = ~outbox_table.c.recipient.startswith(CHANNEL)

Now = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """How to reach the mail server. `timeout` in seconds, for each answer of the server. No username: no login."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = "cuadre@localhost"
    timeout: int = 30

    @property
    def domain(self) -> str:
        """Of the sender: what Message-ID and List-Id end with."""
        return parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"


@dataclass(frozen=True, kw_only=True)
class DeliveryReport:
    """`sent`, `failed`: mails of this run. `waiting`: still to be sent. `error`: the last reason, without secrets."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What of a row of the outbox travels."""

    kind: str
    recipient: str
    language: str
    subject: str
    text: str
    html: str
    message_id: str
    thread: str = ""


def deliver(engine: Engine, settings: MailSettings, now: Now) -> DeliveryReport:
    """Send what is due. Never raises for a mail server's trouble: it is in the report and with the mail's row."""
    sent, failed, error = 0, 0, ""
    if outbox.any_due(engine, now(), BY_MAIL):
        try:
            with server(settings) as smtp:
                while (mail := outbox.claim(engine, now(), BY_MAIL)) is not None:
                    why = _send(engine, smtp, settings, mail, now)
                    sent, failed, error = sent + (not why), failed + bool(why), why or error
        except (OSError, smtplib.SMTPException) as down:
            error = reason(down, settings)
            failed += outbox.postpone(engine, now(), error, BY_MAIL)
    return DeliveryReport(sent=sent, failed=failed, waiting=outbox.waiting(engine, now()), error=error)


def send_now(settings: MailSettings, to: Recipient, kind: str, message: Message, now: datetime) -> None:
    """One mail past the outbox, for a test.

    Raises:
        OSError: the server cannot be reached, or does not take it (see `server`).
    """
    letter = Letter(
        kind=kind,
        recipient=to.address,
        language=to.language,
        subject=message.subject,
        text=message.text,
        html=message.html,
        message_id=uuid4().hex,
    )
    with server(settings) as smtp:
        smtp.send_message(envelope(letter, settings, now), settings.sender, [to.address])


@contextmanager
def server(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    """The mail server, greeted, encrypted with a certificate that this machine trusts, and logged in as configured.

    Raises:
        OSError: it cannot be reached, or refuses (smtplib's exceptions are OSErrors, too).
    """
    context = ssl.create_default_context()
    if settings.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=context)
    else:
        smtp = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
    with smtp:
        smtp.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
        if settings.username:
            smtp.login(settings.username, settings.password)
        yield smtp


def _send(engine: Engine, smtp: smtplib.SMTP, settings: MailSettings, mail: Row[Any], now: Now) -> str:
    """Empty when the server took it, else why this one mail could not go. A lost connection is raised."""
    try:
        smtp.send_message(envelope(mail, settings, now()), settings.sender, [mail.recipient])
    except (OSError, smtplib.SMTPException, ValueError) as failure:
        why = reason(failure, settings)
        (outbox.refused if _is_final(failure) else outbox.failed)(engine, mail, now(), why)
        if smtp.sock is None:  # the server went away (also by a polite 421): the others would only fail, too
            raise smtplib.SMTPServerDisconnected(why) from failure
        return why
    outbox.sent(engine, mail, now())
    return ""


def _is_final(failure: Exception) -> bool:
    """Whether this mail will never be taken as it is. A refused sender is the configuration's fault, not the mail's."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _answer in failure.recipients.values())
    if isinstance(failure, smtplib.SMTPDataError):
        return failure.smtp_code >= 500
    return isinstance(failure, smtplib.SMTPNotSupportedError | ValueError)  # ValueError: no header can be made of it


def envelope(mail: Letter | Row[Any], settings: MailSettings, now: datetime) -> EmailMessage:
    """The mail as it travels.

    Raises:
        ValueError: a header cannot be made of what it should hold.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = plain(mail.subject)
    message["From"] = settings.sender
    message["To"] = mail.recipient
    message["Date"] = now
    message["Message-ID"] = f"<{mail.message_id}@{settings.domain}>"
    if mail.thread:
        message["In-Reply-To"] = f"<{mail.thread}@{settings.domain}>"
        message["References"] = f"<{mail.thread}@{settings.domain}>"
    if mail.kind in URGENT:
        message["Importance"] = "high"
    message["Content-Language"] = mail.language
    message["List-Id"] = f"Cuadre <cuadre.{settings.domain}>"  # RFC 2919: what a reader's filter goes by
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    message["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def reason(failure: Exception, settings: MailSettings | None) -> str:
    """What the server said, on one line. The password is taken out, should a server repeat it."""
    text = plain(_said(failure))
    return text.replace(settings.password, "***") if settings is not None and settings.password else text


def _said(failure: Exception) -> str:
    code: int
    answer: bytes | str
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(failure.recipients.values()))
    elif isinstance(failure, smtplib.SMTPResponseException):
        code, answer = failure.smtp_code, failure.smtp_error
    else:
        return f"{type(failure).__name__}: {failure}"
    return f"{code} {answer.decode('utf-8', 'replace') if isinstance(answer, bytes) else answer}"
