"""One error: what happened, what to do, what waits for it, what was tried, and the orders that make sense."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from connectors.documents import DocumentKind
from errors import deciding
from errors.console import orders
from errors.kinds import AFTER_A_LOOK, FOR_MANY, Action
from errors.language import _, say, sentence
from errors.listing import ErrorRow, list_errors
from errors.orders import history
from errors.problem import ProblemError
from errors.selection import Selection
from worker.numbering.checking import Availability, check
from worker.site import error_table
from worker.site.door import Page, TurnedAwayError, Visit, deed, page
from worker.site.looking import SlowError, ask, slow
from worker.site.people import Role

SHOWN = 200  # documents of one error
NUMBERED = {DocumentKind.INVOICE, DocumentKind.REFUND, DocumentKind.FEE}


@page("/errors/{error_id:int}", Role.VIEWER)
def shown(visit: Visit) -> Response:
    return _show(visit, "", "")


@page("/errors/{error_id:int}/number", Role.OPERATOR)
def checked(visit: Visit) -> Response:
    """Is this number free? Asked while somebody types."""
    number = visit.query.get("number", "").strip()
    found = _check(visit, _row(visit), number)
    if isinstance(found, str):
        return JSONResponse({"available": None, "message": found, "suggestion": ""})
    return JSONResponse({"available": found.taken is None, "message": found.message, "suggestion": found.suggestion})


@deed("/errors/{error_id:int}/number", Role.OPERATOR)
def numbered(visit: Visit) -> Response:
    """Use the suggestion, or another number, which is looked up first."""
    row, number = _row(visit), visit.field("number").strip()
    if number:
        found = _check(visit, row, number)
        if isinstance(found, Availability) and found.taken is not None:
            return _show(visit, found.message, number, 409)
    here = f"/errors/{row.id}"
    with visit.desk.engine.begin() as connection:
        before = orders.latest(connection)
        if others := orders.faster(connection, Selection(ids=(row.id,)), error_table.seen(visit), visit.by):
            return error_table.conflict(visit, connection, others)
        done = deciding.use_number(
            connection, row.id, number or None, by=visit.by, why=error_table.why(visit), now=visit.now
        )
        if done.refused:
            return error_table.refused(visit, connection, done)
        last = orders.latest(connection)
    return visit.go(error_table.with_flash(here, before + 1, last))


def pages() -> tuple[Page, ...]:
    return shown, checked, numbered


# --- how -------------------------------------------------------------------------------------------------------------


def _row(visit: Visit) -> ErrorRow:
    with visit.reading() as connection:
        found = list_errors(connection, Selection(ids=(visit.parts["error_id"],)), 1)
    if not found:
        raise TurnedAwayError(404, _("There is no such error."))
    return found[0]


def _show(visit: Visit, problem: str, number: str, status: int = 200) -> Response:
    error_id = visit.parts["error_id"]
    with visit.reading() as connection:
        found = list_errors(connection, Selection(ids=(error_id,)), 1, sample=SHOWN)
        if not found:
            raise TurnedAwayError(404, _("There is no such error."))
        facts: dict[str, Any] = {
            "lines": history(connection, error_id),
            "seen": orders.latest(connection),
            "flash": error_table.flash(visit, connection),
        }
    row = found[0]
    suggestion = row.problem.facts.get("suggestion", "")
    return visit.show(
        "error.html",
        status,
        title=say("Error {id}", id=str(row.id)),
        row=row,
        plain_actions=[action for action in row.actions if action in FOR_MANY],
        numbers=Action.USE_NUMBER in row.actions,
        sided=[action for action in AFTER_A_LOOK if action in row.actions],
        suggestion=suggestion if isinstance(suggestion, str) else "",
        number_problem=problem,
        typed=number,
        more=row.blocks - len(row.documents),
        **facts,
    )


def _check(visit: Visit, row: ErrorRow, number: str) -> Availability | str:
    """What both sides say of a number; a sentence when they cannot be asked just now."""
    kind = DocumentKind(row.documents[0].document_kind) if row.documents else None
    if not number or kind not in NUMBERED or Action.USE_NUMBER not in row.actions:
        return ""
    try:
        return ask(visit.desk, row.company, lambda company: check(company, kind, number))
    except ProblemError as moment:
        return say("It could not be looked up: {reason}", reason=sentence(moment.problem))
    except SlowError:
        return slow()
