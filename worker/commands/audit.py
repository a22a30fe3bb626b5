"""cuadre audit"""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from errors.language import _, current as spoken, say
from worker import audit_words
from worker.commands.output import Json, document, line, moment, table
from worker.commands.session import session
from worker.site.audit import csv
from worker.state import audit
from worker.state.audit import Entry, Question, Subject
from worker.state.database import reading

app = typer.Typer(help=_("Who did what, when and why."), add_completion=False)

DAY = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@app.command(help=_("Orders for errors, and changes of companies, numbers, keys and users: the latest first."))
def show(
    context: typer.Context,
    *,
    about: Annotated[list[Subject] | None, typer.Option(help=_("Only what was done to these."))] = None,
    by: Annotated[str, typer.Option(help=_("A part of the name of who did it."), show_default=False)] = "",
    company: Annotated[str, typer.Option(help=_("Only this company."), show_default=False)] = "",
    since: Annotated[datetime | None, typer.Option(formats=DAY, help=_("From this moment on, in UTC."))] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help=_("Before this moment, in UTC."))] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help=_("At most so many."))] = 50,
    offset: Annotated[int, typer.Option(min=0, help=_("Leave out the first so many."))] = 0,
    as_csv: Annotated[bool, typer.Option("--csv", help=_("All of it, as CSV."))] = False,
    as_json: Json = False,
) -> None:
    current = session(context)
    acts = tuple(act for subject in about or Subject for act in subject.acts())
    since, until = (value and value.replace(tzinfo=current.now().tzinfo) for value in (since, until))
    question = Question(acts=acts, by=by, company=company, since=since, until=until)
    if as_csv:
        sys.stdout.writelines(csv(audit.all_entries(lambda: reading(current.engine), question), spoken()))
        return
    with current.engine.connect() as connection:
        found = audit.entries(connection, question, limit, offset)
    if as_json:
        document({"lines": [plain(entry) for entry in found]})
    elif not found:
        line(_("Nobody did anything of this."))
    else:
        headings = (_("When"), _("Who"), _("What"), _("About"), _("Company"), _("Why"), _("Result"))
        table(headings, map(_cells, found), whole=(0,))


def plain(entry: Entry) -> dict[str, object]:
    """For machines: the result in words, everything else as it is kept."""
    return asdict(entry) | {"result": audit_words.result(entry)}


def _cells(entry: Entry) -> tuple[str, ...]:
    value = audit_words.value(entry)
    what = audit_words.did(entry.act) + (f" ({value})" if value else "")
    subject = audit_words.about(entry)
    whom = subject if entry.error_id is None else say("Error {id}", id=str(entry.error_id))
    return moment(entry.at), entry.by, what, whom, entry.company, entry.why, audit_words.result(entry)
