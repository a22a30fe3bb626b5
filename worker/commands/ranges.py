"""cuadre numbers ranges | set | preview | gaps: the ranges themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from connectors.documents import DocumentKind
from errors.language import _, say, told
from errors.person import me
from worker import exits
from worker.commands.output import Json, complain, document, line, table
from worker.commands.session import Session, session
from worker.numbering import gaps as missing
from worker.numbering.gaps import Counted, Gap
from worker.numbering.ranges import BEHIND_INVOICE, Range, RangeKind, inherited, mistakes, preview as shown, warnings
from worker.state import items, numbers

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
    rows = [(one, _preview(one, known, today)) for one in known]
    if as_json:
        document([{**_plain(one), "preview": made} for one, made in rows])
    elif not rows:
        line(_("There is no range yet; the first number that is drawn makes one, or `cuadre numbers set`."))
    else:
        head = (_("kind"), _("year"), _("last"), _("next"), _("format"), _("preview"))
        table(
            head,
            [
                (_(one.kind.value), str(one.year), str(one.last), str(one.next), one.format, ", ".join(made))
                for one, made in rows
            ],
        )


def _plain(one: Range) -> dict[str, Any]:
    return {"kind": one.kind, "year": one.year, "format": one.format, "last": one.last, "next": one.next}


def _preview(one: Range, known: list[Range], today: date) -> list[str]:
    return shown(one, today.replace(year=one.year, day=min(today.day, 28)), _invoice(one, known))


def _invoice(one: Range, known: list[Range]) -> Range | None:
    """The range whose format stands before a cancellation's or credit's."""
    same = (each for each in known if (each.kind, each.year) == (RangeKind.INVOICE, one.year))
    return next(same, None) if one.kind in BEHIND_INVOICE else None


def set_range(
    context: typer.Context,
    company: Company,
    kind: Kind = RangeKind.INVOICE,
    year: Year = None,
    format_: Annotated[str | None, typer.Option("--format", help=_("Such as PS{i;3} or {yyyy}-{i;4}."))] = None,
    next_: Annotated[int | None, typer.Option("--next", help=_("The next counter; higher than the last."))] = None,
) -> None:
    current = session(context)
    name = current.company(company)
    with current.engine.begin() as connection:
        known = numbers.ranges(connection, name)
        before, wanted = _wanted(current, known, kind, year, format_, next_)
        if before is not None and wanted.last < before.last:
            complain(say("the next counter must be higher than {last}, the last one", last=before.last))
            raise typer.Exit(exits.USAGE)
        _refuse(wanted, [one for one in known if one != before])
        numbers.save(connection, name, wanted, by=me(), now=current.now())
    others = [wanted if one == before else one for one in known]
    for warning in warnings(wanted, _invoice(wanted, others)):
        complain(told(warning))
    line(", ".join(_preview(wanted, [*others, wanted], current.now().date())))


def _wanted(
    current: Session, known: list[Range], kind: RangeKind, year: int | None, format_: str | None, next_: int | None
) -> tuple[Range | None, Range]:
    chosen = year or current.now().date().year
    before = next((one for one in known if (one.kind, one.year) == (kind, chosen)), None)
    earlier = [one for one in known if one.kind is kind and one.year < chosen]
    base = before or inherited(kind, chosen, earlier[-1] if earlier else None)
    last = base.last if next_ is None else next_ - 1
    return before, replace(base, format=base.format if format_ is None else format_, last=last)


def _refuse(wanted: Range, others: list[Range]) -> None:
    found = mistakes(wanted, others)
    for mistake in found:
        complain(say("column {column}: {text}", column=mistake.column, text=told(mistake.says)))
    if found:
        raise typer.Exit(exits.USAGE)


def preview(
    context: typer.Context,
    company: Company,
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help=_("Such as PS{i;3} or {yyyy}-{i;4}."))],
    kind: Kind = RangeKind.INVOICE,
    year: Year = None,
    next_: Annotated[int, typer.Option("--next", help=_("The next counter."), min=1)] = 1,
) -> None:
    current = session(context)
    with current.engine.connect() as connection:
        known = numbers.ranges(connection, current.company(company))
    before, wanted = _wanted(current, known, kind, year, format_, next_)
    _refuse(wanted, [one for one in known if one != before])
    line(", ".join(_preview(wanted, [*known, wanted], current.now().date())))
    for warning in warnings(wanted, _invoice(wanted, known)):
        complain(told(warning))


def gaps(
    context: typer.Context,
    company: Company,
    kind: Kind = RangeKind.INVOICE,
    year: Year = None,
    *,
    as_json: Json = False,
) -> None:
    current = session(context)
    name = current.company(company)
    found = _gaps(current, name, kind, year or current.now().date().year)
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


def _gaps(current: Session, company: str, kind: RangeKind, year: int) -> list[Gap]:
    with current.engine.begin() as connection:
        numbers.expire(connection, company, current.now())
        known = numbers.ranges(connection, company)
        range_ = next((one for one in known if (one.kind, one.year) == (kind, year)), None)
        if range_ is None:
            return []
        drawn = numbers.of_range(connection, company, kind, year)
        counted = [
            Counted(
                counter=one.counter,
                up_to=one.up_to,
                number=one.number,
                state=one.state,
                owner=one.owner,
                reason=one.reason,
            )
            for one in drawn
        ]
        document_kind = DocumentKind.INVOICE if kind is not RangeKind.CREDIT else DocumentKind.REFUND
        states = items.states_by_number(connection, company, document_kind, [one.number for one in drawn])
    return missing.gaps(range_, counted, states, date(year, 1, 1))
