"""The mail server itself: one message at once (a test), or only a greeting (doctor)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from errors.language import _
from errors.mail import MailSettings
from errors.notices import Recipient

SECONDS = 15


@contextmanager
def server(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    """The mail server, greeted, encrypted and logged in as configured.

    Raises:
        OSError: it cannot be reached (smtplib's exceptions are OSErrors, too).
    """
    context = ssl.create_default_context()
    if settings.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)
    with smtp:
        smtp.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
        if settings.username:
            smtp.login(settings.username, settings.password)
        yield smtp


def send_test(settings: MailSettings, to: Recipient, now: datetime) -> None:
    """Send one mail now, past the outbox. Raises as `server`."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _("Cuadre: test mail", to.language)
    message["From"], message["To"], message["Date"] = settings.sender, to.address, now
    message.set_content(_("Mails from Cuadre arrive here. There is nothing to do.", to.language))
    with server(settings) as smtp:
        smtp.send_message(message)
