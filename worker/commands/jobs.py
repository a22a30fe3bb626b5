"""cuadre numbers jobs rename | history"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import structlog
import typer
from rich.progress import Progress

from errors.language import _, say
from errors.person import me
from worker import exits
from worker.commands.opened import opened
from worker.commands.output import Json, complain, complaints, document, line, table
from worker.commands.ranges import Company
from worker.commands.session import Session, session
from worker.numbering import history as past
from worker.numbering.history import Renumbering
from worker.pipeline import Company as Opened

app = typer.Typer(
    help=_("Invoices that have the numbers of their jobs (numbers.jobs)."), no_args_is_help=True, add_completion=False
)
SHOWN = 50

_log = structlog.get_logger("cuadre.numbers")


@contextmanager
def switched_on(current: Session, name: str) -> Iterator[Opened]:
    """The company, if its invoices have the numbers of their jobs."""
    with opened(current, name) as company:
        if not company.job_numbers:
            complain(say("companies.{company}.numbers.jobs is off.", company=name))
            raise typer.Exit(exits.CONFIGURATION)
        yield company


@app.command(help=_("Give a job another number in your own books: all of its rows or none. Its invoices follow."))
def rename(
    context: typer.Context,
    company: Company,
    old: Annotated[str, typer.Argument(help=_("The job's number."))],
    new: Annotated[str, typer.Argument(help=_("Its new number."))],
) -> None:
    with switched_on(session(context), company) as found:
        changed = found.source.rename_job(old, new)
    if changed is None:
        complain(say("companies.{company}.source.invoice.rename_job is not configured.", company=company))
        raise typer.Exit(exits.CONFIGURATION)
    if not changed:
        complain(say("no invoice belongs to job {job}", job=old))
        raise typer.Exit(exits.ATTENTION)
    _log.info("job renamed", company=company, old=old, new=new, by=me())
    line(say("{count} invoices of job {old} belong to {new} now; the next tick renumbers them.", count=changed, old=old,
             new=new))  # fmt: skip


@app.command(help=_("Renumber what was posted before the switch. It is shown first, and there is no undo."))
def history(
    context: typer.Context,
    company: Company,
    confirm: Annotated[str, typer.Option(help=_("The company's name, instead of typing it when asked."))] = "",
    *,
    as_json: Json = False,
) -> None:
    with switched_on(session(context), company) as found:
        planned = _planned(found)
        if as_json and not confirm:
            document([_plain(one) for one in planned])
            return
        _show(planned)
        free = [one for one in planned if not one.obstacle]
        if not free:
            return
        answer = confirm or typer.prompt(say("This cannot be undone. Type {company} to go on", company=company))
        if answer != company:
            complain(_("Nothing was changed."))
            raise typer.Exit(exits.ATTENTION)
        done = past.apply(found, planned)
        _log.info("history renumbered", company=company, invoices=done, by=me())
        line(say("{count} invoices are renumbered by the next tick.", count=done))


def _planned(company: Opened) -> list[Renumbering]:
    out = complaints()
    with Progress(console=out, transient=True, disable=not out.is_terminal) as bars:
        task = bars.add_task(company.name, total=None)
        return past.preview(company, lambda done, total: bars.update(task, completed=done, total=total))


def _plain(one: Renumbering) -> dict[str, str]:
    return {"id": one.item.local_id, "job": one.job, "old": one.old, "new": one.new, "obstacle": one.obstacle}


def _show(planned: list[Renumbering]) -> None:
    blocked = [one for one in planned if one.obstacle]
    line(say("{count} posted invoices would be renumbered.", count=len(planned) - len(blocked)))
    if planned:
        head = (_("job"), _("number"), _("next"), _("in the way"))
        table(head, [(one.job, one.old, one.new, one.obstacle) for one in planned[:SHOWN]])
    if blocked:
        complain(say("{count} keep their numbers: another invoice has theirs, or it is too long.", count=len(blocked)))
