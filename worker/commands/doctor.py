"""cuadre doctor"""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.text import Text

from errors.language import _
from worker import exits
from worker.commands.output import Json, console, document
from worker.commands.session import session
from worker.doctor import Check, State, examine

MARKS = {State.OK: ("✓", "green"), State.WARNING: ("!", "yellow"), State.PROBLEM: ("✗", "red")}

app = typer.Typer(add_completion=False)


def words() -> dict[str, str]:
    """What was looked at, for people."""
    return {
        "configuration": _("configuration"),
        "state database": _("state database"),
        "quickbooks": "QuickBooks",
        "mail": _("mail server"),
        "outbox": _("outbox"),
        "source": _("local database"),
        "connection": _("connection"),
        "accounts": _("accounts"),
    }


@app.command(help=_("Look at everything that Cuadre needs, and say what to do. Exit 1: something needs a person."))
def doctor(context: typer.Context, *, as_json: Json = False) -> None:
    current = session(context)
    checks: list[Check] = []
    for check in examine(current):
        checks.append(check)
        if not as_json:
            _show(check)
    if as_json:
        document([asdict(check) for check in checks])
    if any(check.state is not State.OK for check in checks):
        raise typer.Exit(exits.ATTENTION)


def _show(check: Check) -> None:
    mark, colour = MARKS[check.state]
    about = ", ".join(part for part in (check.company, words().get(check.name, check.name)) if part)
    out = console()
    out.print(Text.assemble((mark, colour), f" {about}: {check.text}"), soft_wrap=True)
    if check.fix:
        out.print(Text(f"  {check.fix}"), soft_wrap=True)
