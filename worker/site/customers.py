"""Which customer of QuickBooks ours is: searched while somebody types, chosen, created; and who is not synced."""

from __future__ import annotations

from sqlalchemy import Connection, select
from starlette.responses import Response

from connectors.documents import DocumentKind
from errors.console import orders
from errors.kinds import Action
from errors.language import _, say, sentence
from errors.listing import ErrorRow
from errors.ordering import Ordered
from errors.problem import ProblemError
from worker import customers
from worker.customers import Found
from worker.site import error_table, one_error
from worker.site.door import Page, TurnedAwayError, Visit, deed, page
from worker.site.looking import SlowError, ask, slow
from worker.site.people import Role
from worker.state import items
from worker.state.tables import items as table


@page("/errors/{error_id:int}/customers", Role.OPERATOR)
def searched(visit: Visit) -> Response:
    """A page of its own, or only the choices for the page that asks while somebody types."""
    row = one_error.row_of(visit)
    query = visit.query.get("q", "").strip()[: customers.LONGEST]
    found, trouble = _found(visit, row, query)
    with visit.reading() as connection:
        seen = orders.latest(connection)
    whole = not visit.query.get("part")
    return visit.show(
        "customers.html" if whole else "customer_choices.html",
        title=_("Choose a customer"),
        row=row,
        query=query,
        found=found,
        trouble=trouble,
        told=_told(query, found),
        seen=seen,
        name=name_of(row),
    )


@deed("/errors/{error_id:int}/customer", Role.OPERATOR)
def chosen(visit: Visit) -> Response:
    """Link the one that was chosen, or create one under a name; the tick looks whether it still can be."""
    row, target_id, name = one_error.row_of(visit), visit.field("customer"), visit.field("name").strip()
    if target_id:
        if not customers.is_id(target_id):
            raise TurnedAwayError(400, _("That cannot be ordered."))
        why = error_table.why(visit)

        def give(connection: Connection) -> Ordered:
            told = {"by": visit.by, "why": why}
            return customers.choose(connection, row.company, row.id, target_id, now=visit.now, **told)

        return one_error.order(visit, row, give)
    if reason := customers.unusable_name(name):
        raise TurnedAwayError(400, reason)
    return one_error.decide(visit, row, Action.CREATE_CUSTOMER, name)


@deed("/documents/{item_id:int}/unlink", Role.OPERATOR)
def unlinked(visit: Visit) -> Response:
    """It goes to its error, where the right customer is chosen."""
    item_id = visit.parts["item_id"]
    with visit.desk.engine.begin() as connection:
        found = connection.execute(select(table.c.company, table.c.kind, table.c.local_id).where(table.c.id == item_id))
        row = found.first()
        if row is None:
            raise TurnedAwayError(404, _("There is no such document."))
        key = (DocumentKind(row.kind), row.local_id)
        item = items.by_key(connection, row.company, {key})[key]
        done = customers.unlink(connection, item, by=visit.by, why=error_table.why(visit), now=visit.now)
    if done.refused:
        raise TurnedAwayError(409, done.refused[0].reason)
    return visit.go(f"/errors/{(*done.done, *done.already)[0]}")


@page("/accounts", Role.VIEWER)
def left_out(visit: Visit) -> Response:
    with visit.reading() as connection:
        rows = customers.left_out(connection)
        seen = orders.latest(connection)
        flash = error_table.flash(visit, connection)
    return visit.show("accounts.html", title=_("Accounts not synced"), rows=rows, seen=seen, flash=flash)


def pages() -> tuple[Page, ...]:
    return searched, chosen, unlinked, left_out


def name_of(row: ErrorRow) -> str:
    """What the customer is called, or could be called where its name is taken."""
    suggestion, name = (row.problem.facts.get(fact, "") for fact in ("suggestion", "name"))
    return next((each for each in (suggestion, name) if isinstance(each, str) and each), "")


# --- how -------------------------------------------------------------------------------------------------------------


def _found(visit: Visit, row: ErrorRow, query: str) -> tuple[list[Found], str]:
    if Action.LINK_CUSTOMER not in row.actions:
        raise TurnedAwayError(409, _("No customer can be chosen for this error any more."))
    try:
        return ask(visit.desk, row.company, lambda company: customers.search(company, query)), ""
    except ProblemError as moment:
        return [], sentence(moment.problem)
    except SlowError:
        return [], slow()


def _told(query: str, found: list[Found]) -> str:
    """For those who hear the page."""
    if len(query) < customers.SHORTEST:
        return say("Type at least {least} characters.", least=customers.SHORTEST)
    if not found:
        return say("No customer in QuickBooks has {text} in name or e-mail.", text=query)
    if len(found) == customers.SHOWN:
        return say("The first {count}; type more to see fewer.", count=customers.SHOWN)
    return _("1 customer") if len(found) == 1 else say("{count} customers", count=len(found))
