"""cuadre mail test"""

from __future__ import annotations

import smtplib

import typer

from errors.language import _, say
from worker import exits
from worker.commands.output import complain, line
from worker.commands.session import session
from worker.config import settings
from worker.mail_server import send_test

app = typer.Typer(help=_("Send a test mail."), no_args_is_help=True, add_completion=False)


@app.callback()
def mail() -> None:
    """Room for more than one command."""


@app.command(help=_("Send one mail to every recipient, now; needs no company and no database."))
def test(context: typer.Context) -> None:
    current = session(context)
    config = current.load(whole=False).config
    server = settings.mail(config)
    if server is None:
        complain(_("mail.host is empty: no mail server is configured."))
        raise typer.Exit(exits.CONFIGURATION)
    for recipient in settings.recipients(config):
        try:
            send_test(server, recipient, current.now())
        except (OSError, smtplib.SMTPException) as error:
            complain(say("{address}: not sent: {detail}", address=recipient.address, detail=str(error)))
            raise typer.Exit(exits.UNREACHABLE) from None
        line(say("{address}: sent", address=recipient.address))
