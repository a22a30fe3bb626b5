"""What a person may order: resync, skip, unskip, delete, use a number.

Button and clock do the same thing: an action only writes its line (and the error's state where that is all it takes);
the worker's next tick finds it with `pending_actions` and does the work. All or nothing: when one error of a selection
cannot be, nothing is done, and every refusal is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from errors.kinds import Action, Category
from errors.language import _, say
from errors.listing import allowed, problem_of
from errors.problem import Phrase, Problem, phrase
from errors.selection import Selection
from errors.tables import State, actions, blocked, errors

LONGEST_NUMBER = 21  # QBO: DocNumber at most 21 characters, qbo-facts section 3

AFTER = {Action.SKIP: State.SKIPPED, Action.DELETE: State.DELETED}


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Why an order cannot be, in the reader's language. `error_id` None: it is about the order as a whole."""

    error_id: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """`done`: ordered now. `already`: ordered before, nothing added. With a refusal, nothing was done."""

    action: Action
    done: tuple[int, ...] = ()
    already: tuple[int, ...] = ()
    refused: tuple[Refusal, ...] = ()


def resync(connection: Connection, selection: Selection, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Try again at the next tick; still there, with one attempt more, if it fails again."""
    return _order(connection, Action.RESYNC, selection, by=by, why=why, now=now)


def skip(connection: Connection, selection: Selection, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Do not try again and send no more mail about it, until `unskip`."""
    return _order(connection, Action.SKIP, selection, by=by, why=why, now=now)


def delete(connection: Connection, selection: Selection, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Services only: take the failing service out of the sync and off the local list."""
    return _order(connection, Action.DELETE, selection, by=by, why=why, now=now)


def unskip(connection: Connection, selection: Selection, *, by: str, why: str = "", now: datetime) -> Ordered:
    """Open a skipped error again. Where its cause is open already, its documents join that error."""
    ordered = _order(connection, Action.UNSKIP, selection, by=by, why=why, now=now)
    for error_id in ordered.done:
        _reopen(connection, error_id, now)
    return ordered


def use_number(
    connection: Connection, error_id: int, number: str | None = None, *, by: str, why: str = "", now: datetime
) -> Ordered:
    """Give the document another number; None: the one that the error suggests. A later order replaces a waiting one."""
    action = Action.USE_NUMBER
    rows = _chosen(connection, Selection(ids=(error_id,)), action)
    refused = _missing(Selection(ids=(error_id,)), rows) or _refusals(action, rows)
    if refused:
        return Ordered(action=action, refused=tuple(refused))
    chosen = problem_of(rows[0]).facts.get("suggestion", "") if number is None else number
    if not isinstance(chosen, str):  # words such as "another number": no free number of this shape was found
        reason = say("No free number can be suggested; give one: `cuadre errors use-number {id} NUMBER`.", id=error_id)
        return Ordered(action=action, refused=(Refusal(error_id=error_id, reason=reason),))
    if reason := _unusable(chosen):
        return Ordered(action=action, refused=(Refusal(error_id=error_id, reason=reason),))
    waiting = (actions.c.error_id == error_id, actions.c.action == action, actions.c.applied_at.is_(None))
    if chosen in connection.execute(select(actions.c.value).where(*waiting)).scalars().all():
        return Ordered(action=action, already=(error_id,))
    replaced = update(actions).where(*waiting).values(applied_at=now, result=phrase("Replaced by a later order"))
    connection.execute(replaced)
    _write(connection, action, (error_id,), by=by, why=why, now=now, value=chosen)
    return Ordered(action=action, done=(error_id,))


# --- how -------------------------------------------------------------------------------------------------------------


def _order(
    connection: Connection, action: Action, selection: Selection, *, by: str, why: str, now: datetime
) -> Ordered:
    if selection.names_nothing():
        reason = _("Name the errors by their ids, by a filter, or say that all are meant.")
        return Ordered(action=action, refused=(Refusal(error_id=None, reason=reason),))
    if not selection.ids and selection.state is None:
        selection = replace(selection, state=State.SKIPPED if action is Action.UNSKIP else State.OPEN)
    rows = _chosen(connection, selection, action)
    already = [row.id for row in rows if row.waits or _is_so(action, State(row.state))]
    refused = [*_missing(selection, rows), *_refusals(action, [row for row in rows if row.id not in set(already)])]
    if refused:
        return Ordered(action=action, refused=tuple(refused))
    done = tuple(row.id for row in rows if row.id not in set(already))
    _write(connection, action, done, by=by, why=why, now=now)
    return Ordered(action=action, done=done, already=tuple(already))


def _chosen(connection: Connection, selection: Selection, action: Action) -> Sequence[Row[Any]]:
    """The errors that are meant, locked, each with whether this very order already waits."""
    waits = exists().where(
        actions.c.error_id == errors.c.id, actions.c.action == action, actions.c.applied_at.is_(None)
    )
    query = select(errors, waits.label("waits")).where(selection.where()).order_by(errors.c.id)
    return connection.execute(query.with_for_update(of=errors)).all()


def _is_so(action: Action, state: State) -> bool:
    return AFTER.get(action) is state or (action is Action.UNSKIP and state is State.OPEN)


def _missing(selection: Selection, rows: Sequence[Row[Any]]) -> list[Refusal]:
    found = {row.id for row in rows}
    missing = [error_id for error_id in selection.ids if error_id not in found]
    return [Refusal(error_id=each, reason=say("There is no error {id} here.", id=str(each))) for each in missing]


def _refusals(action: Action, rows: Iterable[Row[Any]]) -> list[Refusal]:
    refused = []
    for row in rows:
        state, problem, category = State(row.state), problem_of(row), Category(row.category)
        if action not in allowed(state, problem, category):
            refused.append(Refusal(error_id=row.id, reason=_why_not(action, state, problem, category)))
    return refused


def _why_not(action: Action, state: State, problem: Problem, category: Category) -> str:
    if state is State.SETTLED or state is State.DELETED:
        return _("It is settled already; there is nothing left to order.")
    if state is State.SKIPPED:
        return _("It is skipped; unskip it first.")
    if action is Action.DELETE:
        return _("Only services can be deleted; skip it instead, or correct it in your own system.")
    if action is Action.SKIP and category is Category.COMPANY:
        return _("It stops the whole company and cannot be skipped; it has to be mended.")
    if action is Action.USE_NUMBER:
        return _("Another number would not help here; only a duplicate number is mended like that.")
    return say("{action} does not make sense for {kind}.", action=action.value, kind=problem.kind.code)


def _unusable(number: str) -> str:
    if not number.strip() or number != number.strip() or not number.isprintable():
        return say("{number} is no number: it is empty, or begins or ends with a space.", number=repr(number))
    if len(number) > LONGEST_NUMBER:
        return say("{number} is longer than the 21 characters that QuickBooks takes.", number=number)
    return ""


def _write(
    connection: Connection, action: Action, ids: Iterable[int], *, by: str, why: str, now: datetime, value: str = ""
) -> None:
    line = {"action": action, "value": value, "by": by, "why": why, "at": now, "result": None}
    lines = [line | {"error_id": error_id} for error_id in ids]
    if not lines:
        return
    connection.execute(insert(actions), lines)
    if action in AFTER:
        closed = update(errors).where(errors.c.id == bindparam("error")).values(state=AFTER[action], closed_at=now)
        connection.execute(closed, [{"error": line["error_id"]} for line in lines])


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
    _write(connection, Action.UNSKIP, (target,), by=order.by, why=order.why, now=now)
    _close(connection, error_id, now, result=phrase("Joined error {id}", id=str(target)))


def _close(connection: Connection, error_id: int, now: datetime, *, result: Phrase) -> None:
    waiting = (actions.c.error_id == error_id, actions.c.applied_at.is_(None))
    connection.execute(update(actions).where(*waiting).values(applied_at=now, result=result))
    connection.execute(update(errors).where(errors.c.id == error_id).values(state=State.SETTLED, closed_at=now))
