"""What a person may order for many errors at once: resync, skip, unskip, leave out, delete (deciding.py: for one).

Button and clock do the same thing: an action only writes its line (and the error's state where that is all it takes);
the worker's next tick finds it with `pending_actions` and does the work. All or nothing: when one error of a selection
cannot be, nothing is done, and every refusal is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, exists, select, update

from errors.kinds import Action
from errors.language import _
from errors.ordering import AFTER, Ordered, Refusal, chosen, refusals, write
from errors.problem import Phrase, phrase
from errors.selection import Selection
from errors.tables import State, actions, blocked, errors


def resync(connection: Connection, selection: Selection, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Try again at the next tick; still there, with one attempt more, if it fails again."""
    return _order(connection, Action.RESYNC, selection, by=by, why=why, now=now)


def skip(connection: Connection, selection: Selection, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Do not try again and send no more mail about it, until `unskip`."""
    return _order(connection, Action.SKIP, selection, by=by, why=why, now=now)


def delete(connection: Connection, selection: Selection, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Services only: take the failing service out of the sync and off the local list."""
    return _order(connection, Action.DELETE, selection, by=by, why=why, now=now)


def leave_out(connection: Connection, selection: Selection, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Customers only: neither they nor their documents are synced, and nothing tells of them, until `unskip`."""
    return _order(connection, Action.LEAVE_OUT, selection, by=by, why=why, now=now)


def unskip(connection: Connection, selection: Selection, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Open a skipped error again. Where its cause is open already, its documents join that error."""
    ordered = _order(connection, Action.UNSKIP, selection, by=by, why=why, now=now)
    for error_id in ordered.done:
        _reopen(connection, error_id, now)
    return ordered


# --- how -------------------------------------------------------------------------------------------------------------


def _order(
    connection: Connection, action: Action, selection: Selection, *, by: str, why: str, now: datetime
) -> Ordered:
    if selection.names_nothing():
        reason = _("Name the errors by their ids, by a filter, or say that all are meant.")
        return Ordered(action=action, refused=(Refusal(error_id=None, reason=reason),))
    if not selection.ids and selection.state is None:
        selection = replace(selection, state=State.SKIPPED if action is Action.UNSKIP else State.OPEN)
    rows = chosen(connection, selection, action)
    already = {row.id for row in rows if row.waits or _is_so(action, State(row.state))}
    new = [row for row in rows if row.id not in already]
    if refused := refusals(action, selection, new, [row.id for row in rows]):
        return Ordered(action=action, refused=refused)
    done = tuple(row.id for row in new)
    write(connection, action, done, by=by, why=why, now=now)
    return Ordered(action=action, done=done, already=tuple(sorted(already)))


def _is_so(action: Action, state: State) -> bool:
    """An error that was only skipped is not left out."""
    if action is Action.UNSKIP:
        return state is State.OPEN
    return action is not Action.LEAVE_OUT and AFTER.get(action) is state


def _reopen(connection: Connection, error_id: int, now: datetime) -> None:
    mine = errors.alias()
    same = [errors.c[part] == mine.c[part] for part in ("company", "kind", "category", "subject")]
    twin = select(errors.c.id).join(mine, mine.c.id == error_id).where(errors.c.state == State.OPEN, *same)
    target = connection.execute(twin.with_for_update(of=errors)).scalar_one_or_none()
    if target is not None:
        _merge(connection, error_id, target, now)
        return
    empty = ~exists().where(blocked.c.error_id == error_id, blocked.c.left_at.is_(None))
    if connection.execute(select(empty)).scalar_one():
        _close(connection, error_id, now, result=phrase("It blocked nothing any more"))
        return
    opened = update(errors).where(errors.c.id == error_id).values(state=State.OPEN, closed_at=None)
    connection.execute(opened)


def _merge(connection: Connection, error_id: int, target: int, now: datetime) -> None:
    """The documents go to the open error of the same cause, and so does the order, so that the tick finds them."""
    there = blocked.alias()
    twins = exists().where(
        there.c.error_id == target,
        there.c.document_kind == blocked.c.document_kind,
        there.c.local_id == blocked.c.local_id,
    )
    mine = (blocked.c.error_id == error_id, blocked.c.left_at.is_(None))
    connection.execute(update(blocked).where(*mine, ~twins).values(error_id=target))
    connection.execute(update(blocked).where(*mine).values(left_at=now))
    line = select(actions).where(actions.c.error_id == error_id, actions.c.applied_at.is_(None))
    order = connection.execute(line.order_by(actions.c.id.desc())).first()
    assert order is not None
    write(connection, Action.UNSKIP, (target,), by=order.by, why=order.why, now=now)
    _close(connection, error_id, now, result=phrase("Joined error {id}", id=str(target)))


def _close(connection: Connection, error_id: int, now: datetime, *, result: Phrase) -> None:
    waiting = (actions.c.error_id == error_id, actions.c.applied_at.is_(None))
    connection.execute(update(actions).where(*waiting).values(applied_at=now, result=result))
    connection.execute(update(errors).where(errors.c.id == error_id).values(state=State.SETTLED, closed_at=now))
