"""cuadre errors reactivate | choose-account | create-method | use-method: what Cuadre mends by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from errors.kinds import Action
from errors.language import _, say, sentence
from errors.listing import ErrorRow
from errors.problem import ProblemError
from worker import exits
from worker.commands.opened import opened
from worker.commands.ordering import By, Id, Why, decide, row_of
from worker.commands.output import Json, complain, document, line
from worker.commands.session import Session, session
from worker.mending import CREDIT_CARD, OTHER, choices, meant

Account = Annotated[str, typer.Argument(metavar="[ACCOUNT]", show_default=False)]
Method = Annotated[str, typer.Argument(metavar="[METHOD]", show_default=False)]
Card = Annotated[
    bool, typer.Option("--credit-card/--other", help=_("Whether it is marked as a credit card."), show_default=False)
]


def reactivate(context: typer.Context, error_id: Id, *, by: By = "", why: Why = "", as_json: Json = False) -> None:
    decide(session(context), error_id, Action.REACTIVATE, "", by, why, as_json=as_json)


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
    decide(session(context), error_id, Action.CREATE_METHOD, sort, by, why, as_json=as_json)


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
    row = row_of(current, error_id)
    if action not in row.actions:  # says why, and needs no look
        decide(current, error_id, action, typed, by, why, as_json=as_json)
    found = _choices(current, row, action)
    if not typed:
        _show(found, as_json=as_json)
        return
    name = meant(found, typed)
    if name is None:
        complain(say("{choice} cannot be chosen: QuickBooks has no such thing here.", choice=typed))
        raise typer.Exit(exits.ATTENTION)
    decide(current, error_id, action, name, by, why, as_json=as_json)


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
