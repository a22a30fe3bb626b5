"""cuadre mail test | list | show | retry"""

from __future__ import annotations

import smtplib
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from errors import channels, mail as smtp, outbox
from errors.channels import ChannelError
from errors.language import _, say
from errors.letterhead import Recipient
from errors.outbox import Mail, Standing
from errors.person import me
from errors.samples import VALUES, sample
from worker import exits
from worker.commands.output import Json, complain, document, line, moment, table
from worker.commands.session import session
from worker.config import Config, settings
from worker.state.deeds import Deed, record

app = typer.Typer(
    help=_("Send test mails; see what was sent and what was not."), no_args_is_help=True, add_completion=False
)

ALL = "all"


@app.command(
    name="test",
    help=_("Send a mail to every recipient, now; needs no company and no database. --language: not in their own."),
)
def trial(
    context: typer.Context,
    kind: Annotated[
        str, typer.Option(help=_("Which mail, with invented content: test, problems, halt ... or all."))
    ] = "test",
    *,
    show: Annotated[bool, typer.Option("--show", help=_("Print the text instead of sending it."))] = False,
) -> None:
    kinds = _kinds(kind)
    current = session(context)
    config = current.load(whole=False).config
    if not config.mail.reaches_somebody():
        complain(_("mail.host is empty: no mail server is configured."))
        raise typer.Exit(exits.CONFIGURATION)
    readers = [
        Recipient(address=each.address, language=current.chosen_language or each.language)
        for each in settings.readers(config)
    ]
    taken = [_send(config, to, each, current.now(), show=show) for to in readers for each in kinds]
    if not all(taken):
        raise typer.Exit(exits.UNREACHABLE)


@app.command(name="list", help=_("The outbox, the latest first: what is queued, sent, failed, and why."))
def list_(
    context: typer.Context,
    state: Annotated[Standing | None, typer.Option(help=_("Only these."), show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, help=_("At most so many."))] = 50,
    *,
    as_json: Json = False,
) -> None:
    current = session(context)
    now = current.now()
    with current.engine.connect() as connection:
        found = outbox.mails(connection, now, state, limit)
        counts = outbox.counts(connection, now)
    if as_json:
        document({"mails": [asdict(each) for each in found], "counts": counts})
    elif not found:
        line(_("No mail."))
    else:
        headings = (_("Id"), _("Written"), _("To"), _("Subject"), _("State"))
        table(headings, [_row(each) for each in found], whole=(0, 1, 4))
        for each in found:
            if each.reason:
                line(f"{each.id}: {each.reason}")
    if counts[Standing.FAILED]:
        raise typer.Exit(exits.ATTENTION)


@app.command(help=_("One mail of the outbox, as its reader sees it."))
def show(context: typer.Context, mail_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    current = session(context)
    with current.engine.connect() as connection:
        found = outbox.read(connection, mail_id)
    if found is None:
        complain(say("There is no mail {id}.", id=str(mail_id)))
        raise typer.Exit(exits.ATTENTION)
    line(f"{found.recipient}: {found.subject}\n")
    line(found.text or _("Its words were dropped, as of every mail that was sent long ago."))


@app.command(help=_("What failed or waits for its next try is due at once (the mail server is mended)."))
def retry(
    context: typer.Context,
    ids: Annotated[list[int] | None, typer.Argument(metavar="[ID...]", help=_("Only these."))] = None,
) -> None:
    current = session(context)
    with current.engine.begin() as connection:
        count = outbox.retry(connection, current.now(), tuple(ids or ()))
        if count:
            record(connection, Deed.MAIL_RETRIED, by=me(), now=current.now(), value=str(count))
    line(say("Mails that are due now: {count}; the service sends them within a minute.", count=count))


def _kinds(kind: str) -> list[str]:
    if kind == ALL:
        return list(VALUES)
    if kind not in VALUES:
        raise typer.BadParameter(say("{kind} is none of: {known}", kind=kind, known=", ".join([*VALUES, ALL])))
    return [kind]


def _send(config: Config, to: Recipient, kind: str, now: datetime, *, show: bool) -> bool:
    """False when it was not taken; the reason is told."""
    message = sample(kind, to, settings.letterhead(config), now)
    if show:
        line(f"{to.address}: {message.subject}\n\n{message.text}")
        return True
    server = settings.mail(config)
    try:
        channel = next((each for each in settings.channels(config) if each.name == to.address), None)
        if channel is not None:
            channels.send_now(channel, message)
        elif server is not None:
            smtp.send_now(server, to, kind, message, now)
    except (OSError, smtplib.SMTPException, ChannelError) as error:
        complain(say("{address}: not sent: {detail}", address=to.address, detail=smtp.reason(error, server)))
        return False
    line(say("{address}: sent", address=to.address))
    return True


def _row(mail: Mail) -> tuple[str, ...]:
    words = {
        Standing.QUEUED: _("queued"),
        Standing.SENT: _("sent"),
        Standing.FAILED: _("failed"),
    }
    return (str(mail.id), moment(mail.created_at), mail.recipient, mail.subject, words[mail.standing])
