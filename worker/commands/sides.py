"""cuadre errors compare | link | push | keep | recreate: a look at both sides of a document, then an order."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from errors.kinds import Action
from errors.language import _, say, sentence, told
from errors.problem import ProblemError
from errors.wording import plain
from worker import exits
from worker.commands.opened import opened
from worker.commands.ordering import By, Id, Why, decide, row_of
from worker.commands.output import Json, complain, document, line, table
from worker.commands.session import Session, session
from worker.rules.sides import Sides, why_not
from worker.sides import document_of, look
from worker.sides_told import field_word, line_word, promise, result, value_plain, value_told
from worker.state.database import reading

Push = Annotated[bool, typer.Option("--push", help=_("Write over it what your own books say."))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))]


def compare(context: typer.Context, error_id: Id, *, as_json: Json = False) -> None:
    sides = _looked(session(context), error_id)
    if as_json:
        document(_plain(sides))
    else:
        _show(sides)
    raise typer.Exit(exits.ATTENTION if sides.unread or sides.unseen else exits.OK)


def link(
    context: typer.Context,
    error_id: Id,
    *,
    push: Push = False,
    by: By = "",
    why: Why = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    _order(session(context), error_id, Action.LINK_PUSH if push else Action.LINK, by, why, yes=yes, as_json=as_json)


def push(
    context: typer.Context, error_id: Id, *, by: By = "", why: Why = "", yes: Yes = False, as_json: Json = False
) -> None:
    _order(session(context), error_id, Action.PUSH, by, why, yes=yes, as_json=as_json)


def keep(
    context: typer.Context, error_id: Id, *, by: By = "", why: Why = "", yes: Yes = False, as_json: Json = False
) -> None:
    _order(session(context), error_id, Action.KEEP, by, why, yes=yes, as_json=as_json)


def recreate(
    context: typer.Context, error_id: Id, *, by: By = "", why: Why = "", yes: Yes = False, as_json: Json = False
) -> None:
    _order(session(context), error_id, Action.RECREATE, by, why, yes=yes, as_json=as_json)


def add_to(app: typer.Typer) -> None:
    """Beside the commands that need nothing but the error table."""
    for name, command, text in (
        ("compare", compare, _("Your own document and the one in QuickBooks, field by field.")),
        ("link", link, _("Duplicate number: take the document in QuickBooks that has it as this one.")),
        ("push", push, _("Changed in QuickBooks: write over it what your own books say.")),
        ("keep", keep, _("Changed in QuickBooks: accept what stands there until your own row changes again.")),
        ("recreate", recreate, _("Deleted in QuickBooks: post it again, as a new document.")),
    ):
        app.command(name, help=text)(command)


# --- how -------------------------------------------------------------------------------------------------------------


def _order(current: Session, error_id: int, action: Action, by: str, why: str, *, yes: bool, as_json: bool) -> None:
    """What is ordered is what was shown here; the tick looks once more."""
    row = row_of(current, error_id)
    if action not in row.actions:  # says why, and needs no look
        decide(current, error_id, action, "", by, why, as_json=as_json)
    sides = _looked(current, error_id)
    if not as_json:
        _show(sides)
    if (reason := why_not(action, sides)) is not None:
        complain(say("It cannot be done now: {reason}.", reason=told(reason)))
        raise typer.Exit(exits.ATTENTION)
    if not yes:
        _confirm(action)
    decide(current, error_id, action, sides.seen, by, why, as_json=as_json)


def _confirm(action: Action) -> None:
    complain(promise(action))
    if not sys.stdin.isatty():
        raise typer.BadParameter(_("Say --yes to mean it."))
    if not typer.confirm(_("Go on?"), err=True):
        raise typer.Exit(exits.ATTENTION)


def _looked(current: Session, error_id: int) -> Sides:
    row = row_of(current, error_id)
    with reading(current.engine) as connection:
        item = document_of(connection, row)
    if item is None:
        complain(_("No document waits for this error, so there is nothing to compare."))
        raise typer.Exit(exits.ATTENTION)
    try:
        with opened(current, row.company) as company:
            return look(company, item)
    except ProblemError as moment:
        complain(say("It could not be looked up: {reason}", reason=sentence(moment.problem)))
        raise typer.Exit(exits.ATTENTION) from moment


def _show(sides: Sides) -> None:
    for side, problem in ((_("Your books"), sides.unread), ("QuickBooks", sides.unseen)):
        if problem is not None:
            complain(f"{side}: {sentence(problem)}")
    if sides.unseen is None and sides.theirs is None:
        line(_("QuickBooks has no such document."))
    if sides.owner:
        line(say("The document in QuickBooks belongs to your own {holder}.", holder=sides.owner))
    cells = [
        (
            "≠" if row.differs else "",
            " ".join(filter(None, (line_word(row.line), field_word(row.field)))),
            plain(value_told(row.field, row.ours)),
            plain(value_told(row.field, row.theirs)),
        )
        for row in sides.rows
    ]
    table(("", _("Field"), _("Your books"), "QuickBooks"), cells)
    if text := result(sides):
        line(text)
    if sides.address:
        line(sides.address)


def _plain(sides: Sides) -> dict[str, Any]:
    """For a machine."""
    return {
        "kind": sides.item.kind,
        "local_id": sides.item.local_id,
        "seen": sides.seen,
        "address": sides.address,
        "owner": str(sides.owner) if sides.owner else None,
        "ours_problem": sentence(sides.unread) if sides.unread else None,
        "theirs_problem": sentence(sides.unseen) if sides.unseen else None,
        "fields": [
            {
                "field": row.field,
                "line": row.line,
                "ours": value_plain(row.ours),
                "theirs": value_plain(row.theirs),
                "differs": row.differs,
            }
            for row in sides.rows
        ],
    }
