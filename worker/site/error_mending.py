"""What Cuadre mends by itself, ordered on an error's page. Choosing from a list of QuickBooks has a page of its own."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from errors import action_words
from errors.console import orders
from errors.kinds import Action
from errors.language import _, sentence
from errors.listing import ErrorRow
from errors.problem import ProblemError
from worker.mending import CREDIT_CARD, OTHER, choices, chooses
from worker.site import one_error
from worker.site.door import Page, TurnedAwayError, Visit, deed, page
from worker.site.looking import SlowError, ask, slow
from worker.site.people import Role


@deed("/errors/{error_id:int}/reactivate", Role.OPERATOR)
def reactivated(visit: Visit) -> Response:
    return one_error.decide(visit, one_error.row_of(visit), Action.REACTIVATE, "")


@deed("/errors/{error_id:int}/create-method", Role.OPERATOR)
def method_created(visit: Visit) -> Response:
    sort = visit.field("sort")
    if sort not in {CREDIT_CARD, OTHER}:
        raise TurnedAwayError(400, _("That cannot be ordered."))
    return one_error.decide(visit, one_error.row_of(visit), Action.CREATE_METHOD, sort)


@page("/errors/{error_id:int}/choose", Role.OPERATOR)
def choosing(visit: Visit) -> Response:
    """It costs reads in QuickBooks, so that the page of the error does not wait for them."""
    row, action, seen = _chooses(visit)
    found, trouble = _choices(visit, row, action)
    word = action_words.word(action)
    return visit.show("choose.html", title=word, row=row, action=action, choices=found, trouble=trouble, seen=seen)


@deed("/errors/{error_id:int}/choose", Role.OPERATOR)
def chosen(visit: Visit) -> Response:
    row, action, _seen = _chooses(visit)
    if not visit.field("choice"):
        raise TurnedAwayError(400, _("Nothing was chosen."))
    return one_error.decide(visit, row, action, visit.field("choice"))


def pages() -> tuple[Page, ...]:
    return reactivated, method_created, choosing, chosen


# --- how -------------------------------------------------------------------------------------------------------------


def _chooses(visit: Visit) -> tuple[ErrorRow, Action, int]:
    """The error, what is chosen for it, and the last order that the page knows of."""
    with visit.reading() as connection:
        seen = orders.latest(connection)
    row = one_error.row_of(visit)
    action = chooses(row)
    if action is None:
        raise TurnedAwayError(409, _("There is nothing to choose for this error, or not any more."))
    return row, action, seen


def _choices(visit: Visit, row: ErrorRow, action: Action) -> tuple[Sequence[str], str]:
    try:
        return ask(visit.desk, row.company, lambda company: choices(company, action)), ""
    except ProblemError as moment:
        return (), sentence(moment.problem)
    except SlowError:
        return (), slow()
