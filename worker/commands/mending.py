"""cuadre errors reactivate | choose-account | create-method | use-method: what Cuadre mends by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from errors import deciding, views
from errors.kinds import Action
from errors.language import _, say, sentence
from errors.listing import ErrorRow, list_errors
from errors.person import me
from errors.problem import ProblemError
from errors.selection import Selection
from worker import exits
from worker.commands.opened import opened
from worker.commands.output import Json, complain, document, line
from worker.commands.session import Session, session
from worker.mending import CREDIT_CARD, OTHER, choices, meant
from worker.state.database import reading

Id = Annotated[int, typer.Argument(metavar="ID")]
Account = Annotated[str, typer.Argument(metavar="[ACCOUNT]", show_default=False)]
Method = Annotated[str, typer.Argument(metavar="[METHOD]", show_default=False)]
Card = Annotated[
    bool, typer.Option("--credit-card/--other", help=_("Whether it is marked as a credit card."), show_default=False)
]
By = Annotated[str, typer.Option(help=_("Who orders it, for the audit; you, if not given."), show_default=False)]
Why = Annotated[str, typer.Option(help=_("Why, for the audit."), show_default=False)]


def reactivate(context: typer.Context, error_id: Id, *, by: By = "", why: Why = "", as_json: Json = False) -> None:
    current = session(context)
    current.load()  # the reader's language
    _decide(current, error_id, Action.REACTIVATE, "", by, why, as_json=as_json)


def choose_account(
    context: typer.Context, error_id: Id, account: Account = "", *, by: By = "", why: Why = "", as_json: Json = False
) -> None:
    _choose(session(context), error_id, Action.CHOOSE_ACCOUNT, account, by, why, as_json=as_json)


def use_method(
    context: typer.Context, error_id: Id, method: Method = "", *, by: By = "", why: Why = "", as_json: Json = False
) -> None:
    _choose(session(context), error_id, Action.USE_METHOD, method, by, why, as_json=as_json)


def create_method(
    context: typer.Context,
    error_id: Id,
    *,
    credit_card: Card,
    by: By = "",
    why: Why = "",
    as_json: Json = False,
) -> None:
    sort = CREDIT_CARD if credit_card else OTHER
    current = session(context)
    current.load()  # the reader's language
    _decide(current, error_id, Action.CREATE_METHOD, sort, by, why, as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Beside the commands that need nothing but the error table."""
    for action, command, text in (
        (
            Action.REACTIVATE,
            reactivate,
            _("Made inactive in QuickBooks: make the customer or service active again there."),
        ),
        (
            Action.CHOOSE_ACCOUNT,
            choose_account,
            _("Wrong income account: choose one for the service; without ACCOUNT, show which there are."),
        ),
        (Action.CREATE_METHOD, create_method, _("Unknown payment method: create it in QuickBooks.")),
        (
            Action.USE_METHOD,
            use_method,
            _("Unknown payment method: choose one that stands for it; without METHOD, show which there are."),
        ),
    ):
        app.command(action.value, help=text)(command)


# --- how -------------------------------------------------------------------------------------------------------------


def _choose(current: Session, error_id: int, action: Action, typed: str, by: str, why: str, *, as_json: bool) -> None:
    row = _row(current, error_id)
    if action not in row.actions:  # says why, and needs no look
        _decide(current, error_id, action, typed, by, why, as_json=as_json)
    found = _choices(current, row, action)
    if not typed:
        _show(found, as_json=as_json)
        return
    name = meant(found, typed)
    if name is None:
        complain(say("{choice} cannot be chosen: QuickBooks has no such thing here.", choice=typed))
        raise typer.Exit(exits.ATTENTION)
    _decide(current, error_id, action, name, by, why, as_json=as_json)


def _show(found: Sequence[str], *, as_json: bool) -> None:
    if as_json:
        document({"choices": list(found)})
    else:
        for name in found:
            line(name)


def _choices(current: Session, row: ErrorRow, action: Action) -> Sequence[str]:
    try:
        with opened(current, row.company) as company:
            return choices(company, action)
    except ProblemError as moment:
        complain(say("It could not be looked up: {reason}", reason=sentence(moment.problem)))
        raise typer.Exit(exits.ATTENTION) from moment


def _row(current: Session, error_id: int) -> ErrorRow:
    current.load()  # the reader's language
    with reading(current.engine) as connection:
        found = list_errors(connection, Selection(ids=(error_id,)), 1)
    if not found:
        complain(say("There is no error {id} here.", id=str(error_id)))
        raise typer.Exit(exits.ATTENTION)
    return found[0]


def _decide(current: Session, error_id: int, action: Action, value: str, by: str, why: str, *, as_json: bool) -> None:
    with current.engine.begin() as connection:
        done = deciding.decide(connection, action, error_id, value, by=by or me(), why=why, now=current.now())
    if as_json:
        views.write_json(views.ordered_json(done))
    else:
        views.show_ordered(done)
    if done.refused:
        raise typer.Exit(exits.ATTENTION)
