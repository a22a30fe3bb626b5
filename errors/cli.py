"""`cuadre errors`: the error table at the command line. Exit codes: 0 done, 1 nothing matched or refused, 2 usage.

Whoever mounts `app` sets Typer's `ctx.obj` to a Context; nothing is asked of it before a command runs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Protocol, cast

import typer
from sqlalchemy import Engine

from errors import actions, deciding, language, orders, views
from errors.kinds import KINDS, Action, Category
from errors.language import _, say
from errors.listing import count_errors, list_errors
from errors.ordering import Ordered
from errors.person import me
from errors.selection import Selection
from errors.tables import State

NOTHING = 1
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
MOST_DOCUMENTS = 1000


class Context(Protocol):
    """What `ctx.obj` must offer: the state database (with the tables of errors.tables), a clock, a language."""

    @property
    def engine(self) -> Engine: ...
    @property
    def now(self) -> Callable[[], datetime]: ...
    @property
    def language(self) -> str: ...


app = typer.Typer(
    help=_("List errors and settle them: resync, skip, delete."), no_args_is_help=True, add_completion=False
)

Ids = Annotated[list[int] | None, typer.Argument(help=_("Ids of errors."), show_default=False)]
All = Annotated[bool, typer.Option("--all", help=_("All of them."))]
Json = Annotated[bool, typer.Option("--json", help=_("One JSON document, for a machine to read."))]
Company = Annotated[str, typer.Option(help=_("Only of this company."), show_default=False)]
InCategory = Annotated[Category | None, typer.Option(help=_("Only of this category."), show_default=False)]
OfKind = Annotated[str, typer.Option("--kind", help=_("Only of this kind (its code)."), show_default=False)]
Customer = Annotated[str, typer.Option(help=_("A part of the customer's name."), show_default=False)]
Document = Annotated[str, typer.Option(help=_("A part of a document's number, or its local id."), show_default=False)]
InState = Annotated[str, typer.Option("--state", help="open, skipped, settled, deleted, all")]
Older = Annotated[str, typer.Option(help=_("First seen before: 30m, 12h, 7d, 2w ago, or a date."), show_default=False)]
Newer = Annotated[str, typer.Option(help=_("First seen since: 30m, 12h, 7d, 2w ago, or a date."), show_default=False)]
Least = Annotated[str, typer.Option(help=_("A document of at least this amount."), show_default=False)]
Greatest = Annotated[str, typer.Option(help=_("A document of at most this amount."), show_default=False)]
Limit = Annotated[int, typer.Option(min=1, max=1000, help=_("At most so many."))]
Offset = Annotated[int, typer.Option(min=0, help=_("Leave out the first so many."))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))]
By = Annotated[str, typer.Option(help=_("Who orders it, for the audit; you, if not given."), show_default=False)]
Why = Annotated[str, typer.Option(help=_("Why, for the audit."), show_default=False)]


@app.command("list", help=_("What went wrong, why, and how to mend it."))
def list_(
    context: typer.Context,
    *,
    company: Company = "",
    category: InCategory = None,
    kind: OfKind = "",
    customer: Customer = "",
    document: Document = "",
    state: InState = State.OPEN.value,
    older_than: Older = "",
    newer_than: Newer = "",
    min_amount: Least = "",
    max_amount: Greatest = "",
    limit: Limit = 50,
    offset: Offset = 0,
    as_json: Json = False,
) -> None:
    given = _given(context)
    chosen = _filter(
        given.now(),
        company=company,
        category=category,
        kind=kind,
        customer=customer,
        document=document,
        older_than=older_than,
        newer_than=newer_than,
        min_amount=min_amount,
        max_amount=max_amount,
    )
    selection = replace(chosen, state=_state(state))
    with given.engine.connect() as connection:
        rows = list_errors(connection, selection, limit, offset)
        total = count_errors(connection, selection)
    if as_json:
        views.write_json({"errors": [views.error_json(row) for row in rows], "total": total})
    else:
        views.show_list(rows, total)


@app.command(help=_("All about one error, with its documents and what was ordered for it."))
def show(
    context: typer.Context, error_id: Annotated[int, typer.Argument(metavar="ID")], *, as_json: Json = False
) -> None:
    with _given(context).engine.connect() as connection:
        rows = list_errors(connection, Selection(ids=(error_id,)), sample=MOST_DOCUMENTS)
        history = orders.history(connection, error_id)
    if not rows:
        typer.echo(say("There is no error {id} here.", id=str(error_id)), err=True)
        raise typer.Exit(NOTHING)
    if as_json:
        views.write_json(views.error_json(rows[0]) | {"history": [views.line_json(line) for line in history]})
    else:
        views.show_error(rows[0], history)


@app.command(help=_("Who ordered what, when and why."))
def audit(
    context: typer.Context,
    *,
    company: Company = "",
    category: InCategory = None,
    limit: Limit = 50,
    offset: Offset = 0,
    as_json: Json = False,
) -> None:
    selection = Selection(company=company, category=category)
    with _given(context).engine.connect() as connection:
        lines = orders.audit(connection, selection, limit, offset)
    if as_json:
        views.write_json({"lines": [views.line_json(line) for line in lines]})
    else:
        views.show_audit(lines)


@app.command("use-number", help=_("Give the document another number: the suggested one, if none is given."))
def use_number(
    context: typer.Context,
    error_id: Annotated[int, typer.Argument(metavar="ID")],
    number: Annotated[str | None, typer.Argument(metavar="NUMBER", show_default=False)] = None,
    *,
    by: By = "",
    why: Why = "",
    as_json: Json = False,
) -> None:
    given = _given(context)
    with given.engine.begin() as connection:
        done = deciding.use_number(connection, error_id, number, by=by or me(), why=why, now=given.now())
    _answer(done, as_json=as_json)


def _command(name: Action, order: Callable[..., Ordered], text: str, state: State) -> None:
    """The four orders for a selection differ in nothing but their name and the state of what they can be for."""

    @app.command(name.value, help=text)
    def command(
        context: typer.Context,
        ids: Ids = None,
        *,
        all_: All = False,
        company: Company = "",
        category: InCategory = None,
        kind: OfKind = "",
        customer: Customer = "",
        document: Document = "",
        older_than: Older = "",
        newer_than: Newer = "",
        min_amount: Least = "",
        max_amount: Greatest = "",
        by: By = "",
        why: Why = "",
        yes: Yes = False,
        as_json: Json = False,
    ) -> None:
        given = _given(context)
        chosen = _filter(
            given.now(),
            company=company,
            category=category,
            kind=kind,
            customer=customer,
            document=document,
            older_than=older_than,
            newer_than=newer_than,
            min_amount=min_amount,
            max_amount=max_amount,
        )
        selection = replace(chosen, ids=tuple(ids or ()), all=all_)
        if selection.names_nothing():
            raise typer.BadParameter(_("Name the errors by their ids, by a filter, or say that all are meant."))
        if not yes and not _only_ids(selection):
            _confirm(given.engine, name, replace(selection, state=state))
        with given.engine.begin() as connection:
            done = order(connection, selection, by=by or me(), why=why, now=given.now())
        _answer(done, as_json=as_json)


_command(Action.RESYNC, actions.resync, _("Try again at the next tick."), State.OPEN)
_command(Action.SKIP, actions.skip, _("Do not try again, and send no more mail about it."), State.OPEN)
_command(Action.UNSKIP, actions.unskip, _("Take back a skip, and try again."), State.SKIPPED)
_command(
    Action.LEAVE_OUT,
    actions.leave_out,
    _("Customers only: sync neither it nor its documents, until unskip takes it back."),
    State.OPEN,
)
_command(Action.DELETE, actions.delete, _("Services only: take it out of the sync and off the local list."), State.OPEN)


# --- how -------------------------------------------------------------------------------------------------------------


def _given(context: typer.Context) -> Context:
    given = cast("Context", context.obj)
    _ready = given.engine  # the configuration is read here, and with it the reader's language is known
    language.use(given.language)
    return given


def _filter(
    now: datetime,
    *,
    company: str,
    category: Category | None,
    kind: str,
    customer: str,
    document: str,
    older_than: str,
    newer_than: str,
    min_amount: str,
    max_amount: str,
) -> Selection:
    if kind and kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise typer.BadParameter(say("{kind} is no kind of error. Kinds: {kinds}", kind=kind, kinds=known))
    return Selection(
        company=company,
        category=category,
        kind=kind,
        customer=customer,
        document=document,
        older_than=_moment("--older-than", older_than, now),
        newer_than=_moment("--newer-than", newer_than, now),
        min_amount=_amount("--min-amount", min_amount),
        max_amount=_amount("--max-amount", max_amount),
    )


def _state(text: str) -> State | None:
    if text == "all":
        return None
    if text not in set(State):
        raise typer.BadParameter(say("--state takes {known}, not {text}.", known=", ".join((*State, "all")), text=text))
    return State(text)


def _moment(option: str, text: str, now: datetime) -> datetime | None:
    if not text:
        return None
    try:
        if ago := re.fullmatch(r"(\d{1,6})([mhdw])", text):
            return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        text = say("{option} takes 30m, 12h, 7d, 2w or a date like 2026-03-31, not {text}.", option=option, text=text)
        raise typer.BadParameter(text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _amount(option: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or round(amount, 6) != amount or abs(amount) >= 10**12:
        raise typer.BadParameter(say("{option} takes an amount like 1234.50, not {text}.", option=option, text=text))
    return amount


def _only_ids(selection: Selection) -> bool:
    return selection == Selection(ids=selection.ids)


def _confirm(engine: Engine, action: Action, selection: Selection) -> None:
    with engine.connect() as connection:
        number = count_errors(connection, selection)
    if not number:
        return
    if not _at_a_terminal():
        raise typer.BadParameter(say("{count} errors match; say --yes to mean all of them.", count=number))
    if not typer.confirm(say("{action}: {count} errors. Go on?", action=action.value, count=number), err=True):
        raise typer.Exit(NOTHING)


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _answer(ordered: Ordered, *, as_json: bool) -> None:
    if as_json:
        views.write_json(views.ordered_json(ordered))
    else:
        views.show_ordered(ordered)
    if ordered.refused or not (ordered.done or ordered.already):
        raise typer.Exit(NOTHING)
