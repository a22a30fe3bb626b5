"""cuadre numbers ranges | set | preview | gaps: the ranges themselves."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from errors.language import _, say, told
from errors.person import me
from worker import exits
from worker.commands.output import Json, complain, document, line, table
from worker.commands.session import Session, session
from worker.numbering.gaps import Gap
from worker.numbering.proposal import Proposal, propose, shown
from worker.numbering.ranges import Range, RangeKind
from worker.numbering.report import missing
from worker.state import numbers

Company = Annotated[str, typer.Argument(help=_("Its name in the configuration."))]
Kind = Annotated[RangeKind, typer.Option(help=_("invoice, cancellation, credit or estimate."))]
Day = Annotated[str | None, typer.Option("--date", help=_("The document's date (2026-05-07); today without it."))]
Year = Annotated[int | None, typer.Option(help=_("The year; the present one without it."), min=1, max=9999)]


def add_to(app: typer.Typer) -> None:
    """The commands that are about ranges."""
    app.command("ranges", help=_("All ranges: the last counter that was drawn, the next number, the format."))(ranges)
    app.command("set", help=_("Set the format or the next counter of a range."))(set_range)
    app.command("preview", help=_("What a format would make; nothing is kept."))(preview)
    app.command("gaps", help=_("Each missing number of a range, with its reason."))(gaps)


def chosen_day(current: Session, text: str | None) -> date:
    if text is None:
        return current.now().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(say("{value} is not a date such as 2026-05-07", value=text)) from None


def ranges(context: typer.Context, company: Company, *, as_json: Json = False) -> None:
    current = session(context)
    name = current.company(company)
    with current.engine.connect() as connection:
        known = numbers.ranges(connection, name)
    today = current.now().date()
    rows = [(one, shown(one, known, today)) for one in known]
    if as_json:
        document([{**_plain(one), "preview": made} for one, made in rows])
    elif not rows:
        line(_("There is no range yet; the first number that is drawn makes one, or `cuadre numbers set`."))
    else:
        head = (_("kind"), _("year"), _("last"), _("next"), _("format"), _("preview"))
        cells = (
            (_(one.kind.value), str(one.year), str(one.last), str(one.next), one.format, ", ".join(made))
            for one, made in rows
        )
        table(head, cells)


def _plain(one: Range) -> dict[str, Any]:
    return {"kind": one.kind, "year": one.year, "format": one.format, "last": one.last, "next": one.next}


def set_range(
    context: typer.Context,
    company: Company,
    kind: Kind = RangeKind.INVOICE,
    year: Year = None,
    format_: Annotated[str | None, typer.Option("--format", help=_("Such as PS{i;3} or {yyyy}-{i;4}."))] = None,
    next_: Annotated[int | None, typer.Option("--next", help=_("The next counter; higher than the last."))] = None,
) -> None:
    current = session(context)
    name, today = current.company(company), current.now().date()
    with current.engine.begin() as connection:
        known = numbers.ranges(connection, name)
        wanted = propose(known, kind, year or today.year, today, format_=format_, next_=next_)
        _refuse(wanted)
        numbers.save(connection, name, wanted.wanted, by=me(), now=current.now())
    _tell(wanted)


def preview(
    context: typer.Context,
    company: Company,
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help=_("Such as PS{i;3} or {yyyy}-{i;4}."))],
    kind: Kind = RangeKind.INVOICE,
    year: Year = None,
    next_: Annotated[int | None, typer.Option("--next", help=_("The next counter; higher than the last."))] = None,
) -> None:
    current = session(context)
    today = current.now().date()
    with current.engine.connect() as connection:
        known = numbers.ranges(connection, current.company(company))
    wanted = propose(known, kind, year or today.year, today, format_=format_, next_=next_)
    _refuse(wanted)
    _tell(wanted)


def _refuse(wanted: Proposal) -> None:
    for mistake in wanted.mistakes:
        text = told(mistake.says)
        complain(say("column {column}: {text}", column=mistake.column, text=text) if mistake.column else text)
    if wanted.mistakes:
        raise typer.Exit(exits.USAGE)


def _tell(wanted: Proposal) -> None:
    for warning in wanted.warnings:
        complain(told(warning))
    line(", ".join(wanted.preview))


def gaps(
    context: typer.Context,
    company: Company,
    kind: Kind = RangeKind.INVOICE,
    year: Year = None,
    *,
    as_json: Json = False,
) -> None:
    current = session(context)
    name, now = current.company(company), current.now()
    with current.engine.begin() as connection:
        found = missing(connection, name, kind, year or now.date().year, now)
    if as_json:
        document(
            [{"first": one.first, "last": one.last, "number": one.number, "reason": told(one.reason)} for one in found]
        )
    elif not found:
        line(_("No number is missing."))
    else:
        table(
            (_("counter"), _("number"), _("reason")), [(_stretch(one), one.number, told(one.reason)) for one in found]
        )


def _stretch(gap: Gap) -> str:
    return str(gap.first) if gap.first == gap.last else f"{gap.first}-{gap.last}"
