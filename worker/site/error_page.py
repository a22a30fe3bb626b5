"""One error: what happened, what to do, what waits for it, what was tried, and the orders that make sense."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from connectors.documents import DocumentKind
from errors import deciding
from errors.console import orders
from errors.kinds import AFTER_A_LOOK, FOR_MANY, Action
from errors.language import say, sentence
from errors.listing import ErrorRow
from errors.ordering import Ordered
from errors.orders import history
from errors.problem import ProblemError
from worker.numbering.checking import Availability, check
from worker.site import error_table, one_error
from worker.site.customers import name_of
from worker.site.door import Page, Visit, deed, page
from worker.site.looking import SlowError, ask, slow
from worker.site.people import Role

SHOWN = 200  # documents of one error
# What Cuadre mends in QuickBooks itself: the steps for a person are told below it.
MENDS_HERE = set(Action) - FOR_MANY - {*AFTER_A_LOOK, Action.USE_NUMBER}
NUMBERED = {DocumentKind.INVOICE, DocumentKind.REFUND, DocumentKind.FEE}


@page("/errors/{error_id:int}", Role.VIEWER)
def shown(visit: Visit) -> Response:
    return _show(visit, "", "")


@page("/errors/{error_id:int}/number", Role.OPERATOR)
def checked(visit: Visit) -> Response:
    """Is this number free? Asked while somebody types."""
    number = visit.query.get("number", "").strip()
    found = _check(visit, one_error.row_of(visit), number)
    if isinstance(found, str):
        return JSONResponse({"available": None, "message": found, "suggestion": ""})
    return JSONResponse({"available": found.taken is None, "message": found.message, "suggestion": found.suggestion})


@deed("/errors/{error_id:int}/number", Role.OPERATOR)
def numbered(visit: Visit) -> Response:
    """Use the suggestion, or another number, which is looked up first."""
    row, number = one_error.row_of(visit), visit.field("number").strip()
    if number:
        found = _check(visit, row, number)
        if isinstance(found, Availability) and found.taken is not None:
            return _show(visit, found.message, number, 409)
    why = error_table.why(visit)

    def give(connection: Connection) -> Ordered:
        return deciding.use_number(connection, row.id, number or None, by=visit.by, why=why, now=visit.now)

    return one_error.order(visit, row, give)


def pages() -> tuple[Page, ...]:
    return shown, checked, numbered


# --- how -------------------------------------------------------------------------------------------------------------


def _show(visit: Visit, problem: str, number: str, status: int = 200) -> Response:
    row = one_error.row_of(visit, sample=SHOWN)
    with visit.reading() as connection:
        facts: dict[str, Any] = {
            "lines": history(connection, row.id),
            "seen": orders.latest(connection),
            "flash": error_table.flash(visit, connection),
        }
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
        mends_here=visit.may(Role.OPERATOR) and bool(MENDS_HERE & set(row.actions)),
        which_customer=Action.LINK_CUSTOMER in row.actions and visit.may(Role.OPERATOR),
        name=name_of(row),
        query=str(row.problem.facts.get("name", "")),
        searched=False,
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
