"""cuadre numbers check | next | reserve | release | ranges | set | preview | gaps"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from connectors.documents import DocumentKind
from errors.language import _, say
from errors.person import me
from worker import exits
from worker.commands import jobs, ranges
from worker.commands.opened import opened
from worker.commands.output import Json, complain, document, line
from worker.commands.ranges import Company, Day, Kind, chosen_day
from worker.commands.session import session
from worker.numbering.checking import Availability, check as availability
from worker.numbering.ranges import BEHIND_INVOICE, RangeKind
from worker.state import numbers
from worker.state.numbers import Drawn, Repeats

app = typer.Typer(
    help=_("Check, draw and reserve document numbers; see and set their ranges."),
    no_args_is_help=True,
    add_completion=False,
)
ranges.add_to(app)
app.add_typer(jobs.app, name="jobs")

LOOK = "(a look)"  # who draws without keeping
CHECKED = (DocumentKind.INVOICE, DocumentKind.REFUND, DocumentKind.FEE)


@app.command(help=_("Is a number free on both sides, who has it, and which to use instead? Exit 1: it is taken."))
def check(
    context: typer.Context,
    company: Company,
    number: Annotated[str, typer.Argument(help=_("The number."))],
    kind: Annotated[str, typer.Option(help=_("invoice, refund or fee."))] = "invoice",
    customer: Annotated[str, typer.Option(help=_("The document's customer, by local id."))] = "",
    total: Annotated[str, typer.Option(help=_("The document's total: is it the one that has the number?"))] = "",
    *,
    as_json: Json = False,
) -> None:
    if kind not in CHECKED:
        known = ", ".join(CHECKED)
        raise typer.BadParameter(say("{value} is none of: {known}", value=kind, known=known))
    with opened(session(context), company) as found_company:
        found = availability(found_company, DocumentKind(kind), number, customer_id=customer, total=_amount(total))
    if as_json:
        document(plain(found))
    else:
        line(found.message)
    raise typer.Exit(exits.OK if found.taken is None else exits.ATTENTION)


def _amount(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise typer.BadParameter(say("{value} is not an amount such as 150.00", value=text)) from None


def plain(found: Availability) -> dict[str, Any]:
    """For a machine."""
    return {
        "number": found.number,
        "available": found.taken is None,
        "taken_by": found.taken,
        "holder": str(found.holder) if found.holder else None,
        "customer": found.customer,
        "suggestion": found.suggestion,
        "message": found.message,
    }


@app.command("next", help=_("The number that would be drawn next. Nothing is reserved."))
def next_number(
    context: typer.Context, company: Company, kind: Kind = RangeKind.INVOICE, day: Day = None, *, as_json: Json = False
) -> None:
    _with_a_counter_of_its_own(kind)
    current = session(context)
    name = current.company(company)
    with current.engine.connect() as connection:  # rolled back: only a look
        found = numbers.draw(connection, name, kind, chosen_day(current, day), owner=LOOK, now=current.now())
    _tell(found, as_json=as_json)


@app.command(help=_("Reserve the next number; it is kept for whoever is named by --for."))
def reserve(
    context: typer.Context,
    company: Company,
    kind: Kind = RangeKind.INVOICE,
    day: Day = None,
    owner: Annotated[str, typer.Option("--for", help=_("Who or what it is for; asked again, they get the same."))] = "",
    hours: Annotated[float, typer.Option(help=_("Released after so many hours if nobody used it."), min=0.01)] = 24,
    *,
    as_json: Json = False,
) -> None:
    _with_a_counter_of_its_own(kind)
    current = session(context)
    name, now = current.company(company), current.now()
    by = owner or me()
    with current.engine.begin() as connection:
        numbers.expire(connection, name, now)
        found = numbers.draw(
            connection,
            name,
            kind,
            chosen_day(current, day),
            owner=by,
            now=now,
            expires_at=now + timedelta(hours=hours),
        )
    _tell(found, as_json=as_json)


def _with_a_counter_of_its_own(kind: RangeKind) -> None:
    """A cancellation's or credit's number begins with that of its invoice, which is not known here."""
    if kind in BEHIND_INVOICE:
        raise typer.BadParameter(say("a number of kind {kind} goes on behind its invoice's", kind=_(kind.value)))


def _tell(found: Drawn | Repeats, *, as_json: bool) -> None:
    if isinstance(found, Repeats):
        complain(
            say(
                "The numbers of {year} would begin with {number}, which exists already: their format does not name the "
                "year. See `cuadre numbers set`.",
                year=str(found.year),
                number=found.number,
            )
        )
        raise typer.Exit(exits.ATTENTION)
    if as_json:
        document({"number": found.number, "kind": found.kind, "year": found.year, "expires_at": found.expires_at})
    else:
        line(found.number)


@app.command(help=_("Give a reserved number up. It is not drawn again; the list of gaps keeps the reason."))
def release(
    context: typer.Context,
    company: Company,
    number: Annotated[str, typer.Argument(help=_("The number."))],
    kind: Kind = RangeKind.INVOICE,
    reason: Annotated[str, typer.Option(help=_("Why, for the list of gaps."))] = "",
) -> None:
    current = session(context)
    name = current.company(company)
    with current.engine.begin() as connection:
        done = numbers.release(connection, name, kind, number, reason=reason or me())
    if not done:
        complain(say("{number} is not reserved.", number=number))
        raise typer.Exit(exits.ATTENTION)
    line(say("{number} is given up.", number=number))
