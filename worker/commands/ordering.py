"""What every command that orders something for one error has in common: the error, the order, what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from errors import deciding, views
from errors.kinds import Action
from errors.language import _, say
from errors.listing import ErrorRow, list_errors
from errors.ordering import Ordered
from errors.person import me
from errors.selection import Selection
from worker import exits
from worker.commands.output import complain
from worker.commands.session import Session
from worker.state.database import reading

Id = Annotated[int, typer.Argument(metavar="ID")]
By = Annotated[str, typer.Option(help=_("Who orders it, for the audit; you, if not given."), show_default=False)]
Why = Annotated[str, typer.Option(help=_("Why, for the audit."), show_default=False)]


def row_of(current: Session, error_id: int) -> ErrorRow:
    """The error, which must be there."""
    current.load()  # the reader's language
    with reading(current.engine) as connection:
        found = list_errors(connection, Selection(ids=(error_id,)), 1)
    if not found:
        complain(say("There is no error {id} here.", id=str(error_id)))
        raise typer.Exit(exits.ATTENTION)
    return found[0]


def decide(current: Session, error_id: int, action: Action, value: str, by: str, why: str, *, as_json: bool) -> None:
    """Only written down; ends the command where it is refused."""
    current.load()
    with current.engine.begin() as connection:
        done = deciding.decide(connection, action, error_id, value, by=by or me(), why=why, now=current.now())
    answer(done, as_json=as_json)


def answer(done: Ordered, *, as_json: bool) -> None:
    if as_json:
        views.write_json(views.ordered_json(done))
    else:
        views.show_ordered(done)
    if done.refused:
        raise typer.Exit(exits.ATTENTION)
