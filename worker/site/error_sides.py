"""Both sides of a document, field by field, and what may be ordered by somebody who has looked at them.

A page of its own that a person opens: it costs reads in QuickBooks, and the page of the error must not wait for them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from connectors.documents import DocumentKind
from errors.console import orders
from errors.kinds import AFTER_A_LOOK, Action
from errors.language import _, say, sentence, told
from errors.problem import ProblemError
from worker import sides_told
from worker.rules.sides import SEEN, Sides, why_not
from worker.sides import document_of, look
from worker.site import one_error
from worker.site.door import Page, TurnedAwayError, Visit, deed, page
from worker.site.looking import SlowError, ask, slow
from worker.site.people import Role
from worker.state import items
from worker.state.items import Item
from worker.state.tables import items as table


@page("/errors/{error_id:int}/sides", Role.OPERATOR)
def of_error(visit: Visit) -> Response:
    row = one_error.row_of(visit)
    with visit.reading() as connection:
        seen, item = orders.latest(connection), document_of(connection, row)
    if item is None:
        raise TurnedAwayError(409, _("No document waits for this error, so there is nothing to compare."))
    choices = [action for action in AFTER_A_LOOK if action in row.actions]
    return _shown(visit, item, f"/errors/{row.id}", say("Error {id}", id=str(row.id)), row=row, seen=seen,
                  choices=choices)  # fmt: skip


@deed("/errors/{error_id:int}/sides", Role.OPERATOR)
def ordered(visit: Visit) -> Response:
    """Only written down: the tick looks at both sides once more, and does it if they are still what was looked at."""
    row, looked = one_error.row_of(visit), visit.field("looked")
    action = next((each for each in AFTER_A_LOOK if each.value == visit.field("action")), None)
    if action is None or not SEEN.fullmatch(looked):
        raise TurnedAwayError(400, _("That cannot be ordered."))
    return one_error.decide(visit, row, action, looked)


@page("/documents/{item_id:int}/sides", Role.OPERATOR)
def of_document(visit: Visit) -> Response:
    item_id = visit.parts["item_id"]
    with visit.reading() as connection:
        found = connection.execute(select(table).where(table.c.id == item_id)).mappings().first()
        if found is None:
            raise TurnedAwayError(404, _("There is no such document."))
        key = (DocumentKind(found["kind"]), found["local_id"])
        item = items.by_key(connection, found["company"], {key})[key]
    return _shown(visit, item, f"/documents/{item_id}", told(item.name), row=None, seen=0, choices=[])


def pages() -> tuple[Page, ...]:
    return of_error, ordered, of_document


# --- how -------------------------------------------------------------------------------------------------------------


def _shown(visit: Visit, item: Item, back: str, back_word: str, **facts: Any) -> Response:
    sides, trouble = _look(visit, item)
    choices: list[tuple[Action, str]] = []
    if sides is not None:
        found = ((action, why_not(action, sides)) for action in facts["choices"])
        choices = [(action, told(reason) if reason else "") for action, reason in found]
    title = sentence_case(say("{document} on both sides", document=item.name))
    return visit.show(
        "sides.html",
        title=title,
        sides=sides,
        trouble=trouble,
        back=back,
        back_word=back_word,
        sides_told=sides_told,
        lines=sorted({row.line for row in sides.rows}) if sides else [],
        **{**facts, "choices": choices},
    )


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def _look(visit: Visit, item: Item) -> tuple[Sides | None, str]:
    try:
        return ask(visit.desk, item.company, lambda company: look(company, item)), ""
    except ProblemError as moment:
        return None, sentence(moment.problem)
    except SlowError:
        return None, slow()
