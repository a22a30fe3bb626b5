"""Orders for one error that need a word more than their name: which number, which customer, which account.

A later order of the same sort, or one that mends the same in another way, replaces one that still waits. Like every
order it is only written down here; the tick carries it out (worker/steps/ordered), and looks once more whether it still
can be.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from errors import queue
from errors.blocked import Blocked
from errors.kinds import AFTER_A_LOOK, WHICH_CUSTOMER, Action
from errors.language import _, say
from errors.listing import problem_of
from errors.ordering import Ordered, Refusal, chosen, refusals, write
from errors.problem import Problem, phrase
from errors.selection import Selection
from errors.tables import actions

# Each of a group mends the same document, each in another way: who orders a second one has changed their mind.
MENDING = (
    (Action.USE_NUMBER, *AFTER_A_LOOK),
    (*WHICH_CUSTOMER, Action.REACTIVATE),
    (Action.CREATE_METHOD, Action.USE_METHOD),
)
LONGEST_NUMBER = 21  # QBO: DocNumber at most 21 characters, qbo-facts section 3


def decide(
    connection: Connection, action: Action, error_id: int, value: str, *, by: str, why: str = "", now: datetime
) -> Ordered:
    """Order this for one error. `value` is what the caller has found to be right; the tick gets it as it stands."""
    if refused := _cannot(connection, action, error_id):
        return Ordered(action=action, refused=refused)
    rivals = next((group for group in MENDING if action in group), (action,))
    waiting = (actions.c.error_id == error_id, actions.c.action.in_(rivals), actions.c.applied_at.is_(None))
    ordered = connection.execute(select(actions.c.action, actions.c.value).where(*waiting))
    if (action, value) in {(row.action, row.value) for row in ordered}:
        return Ordered(action=action, already=(error_id,))
    replaced = update(actions).where(*waiting).values(applied_at=now, result=phrase("Replaced by a later order"))
    connection.execute(replaced)
    write(connection, action, (error_id,), by=by, why=why, now=now, value=value)
    return Ordered(action=action, done=(error_id,))


def use_number(
    connection: Connection, error_id: int, number: str | None = None, *, by: str, why: str = "", now: datetime
) -> Ordered:
    """Give the document another number; None: the one that the error suggests."""
    action, selection = Action.USE_NUMBER, Selection(ids=(error_id,))
    if refused := _cannot(connection, action, error_id):
        return Ordered(action=action, refused=refused)
    (row,) = chosen(connection, selection, action)
    wanted = problem_of(row).facts.get("suggestion", "") if number is None else number
    if not isinstance(wanted, str):  # words such as "another number": no free number of this shape was found
        reason = _("No free number can be suggested; give one.")
        return Ordered(action=action, refused=(Refusal(error_id=error_id, reason=reason),))
    if reason := _unusable(wanted):
        return Ordered(action=action, refused=(Refusal(error_id=error_id, reason=reason),))
    return decide(connection, action, error_id, wanted, by=by, why=why, now=now)


def unlink(
    connection: Connection, problem: Problem, blocked: Blocked, *, by: str, why: str = "", now: datetime
) -> Ordered:
    """A customer is linked to the wrong one: its error is open from now on, and the tick ends the link."""
    action, error_id = Action.UNLINK, queue.record(connection, problem, blocked, now)
    waiting = (actions.c.error_id == error_id, actions.c.action == action, actions.c.applied_at.is_(None))
    if connection.execute(select(actions.c.id).where(*waiting)).first() is not None:
        return Ordered(action=action, already=(error_id,))
    write(connection, action, (error_id,), by=by, why=why, now=now)
    return Ordered(action=action, done=(error_id,))


def _cannot(connection: Connection, action: Action, error_id: int) -> tuple[Refusal, ...]:
    selection = Selection(ids=(error_id,))
    rows = chosen(connection, selection, action)
    return refusals(action, selection, rows, [row.id for row in rows])


def _unusable(number: str) -> str:
    if not number.strip() or number != number.strip() or not number.isprintable():
        return say("{number} is no number: it is empty, or begins or ends with a space.", number=repr(number))
    if len(number) > LONGEST_NUMBER:
        return say("{number} is longer than the 21 characters that QuickBooks takes.", number=number)
    return ""
