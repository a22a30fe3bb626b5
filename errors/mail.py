"""The outbox goes out by SMTP: each mail is marked as sent only after the server took it, and tried again until then.

A mail is claimed (its `not_before` moves on) before it is sent, so that two workers never send the same one, and one
whose worker died is sent again, with the same Message-ID.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Literal

from sqlalchemy import Engine, Row, and_, select, update

from errors.tables import outbox
from errors.wording import plain

LEASE = timedelta(minutes=5)  # longer than one mail can take
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
REFUSED_PAUSE = timedelta(days=1)  # the server said never (5xx): a person may mend the address meanwhile
EXPIRES = timedelta(days=7)  # older news is no news

REFUSALS = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    ValueError,  # EmailMessage: a header that could not be one
)


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


@dataclass(frozen=True, kw_only=True)
class DeliveryReport:
    """`sent`, `failed`: mails of this run. `waiting`: still to be sent. `error`: the last reason, without secrets."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    error: str = ""


def deliver(engine: Engine, settings: MailSettings, now: datetime) -> DeliveryReport:
    """Send what is due. Never raises for a mail server's trouble: it is in the report and with the mail's row."""
    sent, failed, error = 0, 0, ""
    if not _is_due(engine, now):
        return DeliveryReport(waiting=_waiting(engine, now))
    try:
        with _server(settings) as server:
            while (mail := _claim(engine, now)) is not None:
                refusal = _send(engine, server, settings, mail, now)
                sent, failed, error = sent + (not refusal), failed + bool(refusal), refusal or error
    except (OSError, smtplib.SMTPException) as down:
        error = _reason(down, settings)
        failed += _postpone(engine, now, error)
    return DeliveryReport(sent=sent, failed=failed, waiting=_waiting(engine, now), error=error)


@contextmanager
def _server(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=context)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
    with server:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.username:
            server.login(settings.username, settings.password)
        yield server


def _send(engine: Engine, server: smtplib.SMTP, settings: MailSettings, mail: Row[Any], now: datetime) -> str:
    """Empty when the server took it, else why this one mail could not go. A lost connection is raised."""
    try:
        server.send_message(_message(mail, settings, now), settings.sender, [mail.recipient])
        refusal = ""
    except REFUSALS as refused:
        refusal = _reason(refused, settings)
    except OSError as lost:  # smtplib's SMTPServerDisconnected is one
        _note(engine, mail, now, _reason(lost, settings))
        raise
    _note(engine, mail, now, refusal)
    return refusal


def _message(mail: Row[Any], settings: MailSettings, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = plain(mail.subject)
    message["From"] = settings.sender
    message["To"] = mail.recipient
    message["Date"] = now
    message["Message-ID"] = f"<{mail.message_id}@{settings.sender.rpartition('@')[2].rstrip('>')}>"
    message["Content-Language"] = mail.language
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _due(now: datetime) -> Any:
    return and_(outbox.c.sent_at.is_(None), outbox.c.not_before <= now, outbox.c.created_at > now - EXPIRES)


def _is_due(engine: Engine, now: datetime) -> bool:
    with engine.connect() as connection:
        return connection.execute(select(outbox.c.id).where(_due(now)).limit(1)).first() is not None


def _claim(engine: Engine, now: datetime) -> Row[Any] | None:
    """The next mail that is due and ours alone from now on."""
    while True:
        with engine.begin() as connection:
            mail = connection.execute(select(outbox).where(_due(now)).order_by(outbox.c.id).limit(1)).first()
            if mail is None:
                return None
            mine = and_(outbox.c.id == mail.id, outbox.c.attempts == mail.attempts, _due(now))
            claimed = {"not_before": now + LEASE, "attempts": mail.attempts + 1}
            if connection.execute(update(outbox).where(mine).values(**claimed)).rowcount == 1:
                return mail


def _note(engine: Engine, mail: Row[Any], now: datetime, refusal: str) -> None:
    if not refusal:
        news = {"sent_at": now, "last_error": ""}
    else:
        pause = REFUSED_PAUSE if refusal.startswith("5") else _pause(mail.attempts)
        news = {"not_before": now + pause, "last_error": refusal}
    with engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.id == mail.id).values(**news))


def _postpone(engine: Engine, now: datetime, error: str) -> int:
    """The server is down: whatever is due waits, the longer the more often it failed."""
    with engine.begin() as connection:
        rows = connection.execute(select(outbox.c.id, outbox.c.attempts).where(_due(now))).all()
        for row in rows:
            news = {"attempts": row.attempts + 1, "not_before": now + _pause(row.attempts), "last_error": error}
            connection.execute(update(outbox).where(outbox.c.id == row.id, outbox.c.sent_at.is_(None)).values(**news))
    return len(rows)


def _pause(attempts: int) -> timedelta:
    pauses: int = 2 ** min(attempts, 10)
    return min(FIRST_PAUSE * pauses, LONGEST_PAUSE)


def _waiting(engine: Engine, now: datetime) -> int:
    waiting = and_(outbox.c.sent_at.is_(None), outbox.c.created_at > now - EXPIRES)
    with engine.connect() as connection:
        return len(connection.execute(select(outbox.c.id).where(waiting)).all())


def _reason(failure: Exception, settings: MailSettings) -> str:
    """What the server said, on one line. The password is taken out, should a server repeat it."""
    text = plain(_said(failure))
    return text.replace(settings.password, "***") if settings.password else text


def _said(failure: Exception) -> str:
    code: int
    answer: bytes | str
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(failure.recipients.values()))
    elif isinstance(failure, smtplib.SMTPResponseException):
        code, answer = failure.smtp_code, failure.smtp_error
    elif isinstance(failure, ValueError):
        code, answer = 550, str(failure)
    else:
        return f"{type(failure).__name__}: {failure}"
    return f"{code} {answer.decode('utf-8', 'replace') if isinstance(answer, bytes) else answer}"
