"""An order for one error, from a page of its own: refused when somebody was faster, told with its progress."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection
from starlette.responses import Response

from errors import deciding
from errors.console import orders
from errors.kinds import Action
from errors.language import _
from errors.listing import ErrorRow, list_errors
from errors.ordering import Ordered
from errors.selection import Selection
from worker.site import error_table
from worker.site.door import TurnedAwayError, Visit


def row_of(visit: Visit, *, sample: int = 1) -> ErrorRow:
    """The error that the address names, with so many of its documents."""
    with visit.reading() as connection:
        found = list_errors(connection, Selection(ids=(visit.parts["error_id"],)), 1, sample=sample)
    if not found:
        raise TurnedAwayError(404, _("There is no such error."))
    return found[0]


def decide(visit: Visit, row: ErrorRow, action: Action, value: str) -> Response:
    """An order that needs one word more."""
    why = error_table.why(visit)

    def give(connection: Connection) -> Ordered:
        return deciding.decide(connection, action, row.id, value, by=visit.by, why=why, now=visit.now)

    return order(visit, row, give)


def order(visit: Visit, row: ErrorRow, give: Callable[[Connection], Ordered]) -> Response:
    """Only written down: the next tick carries it out. Back on the page of the error, its progress is told."""
    with visit.desk.engine.begin() as connection:
        before = orders.latest(connection)
        if others := orders.faster(connection, Selection(ids=(row.id,)), error_table.seen(visit), visit.by):
            return error_table.conflict(visit, connection, others)
        done = give(connection)
        if done.refused:
            return error_table.refused(visit, connection, done)
        last = orders.latest(connection)
    return visit.go(error_table.with_flash(f"/errors/{row.id}", before + 1, last))
