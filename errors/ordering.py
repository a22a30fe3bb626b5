"""What every order has in common: whom it is for, whether it can be, and its line in the audit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, insert, select, update

from errors.kinds import Action, Category
from errors.language import _, say
from errors.listing import allowed, problem_of
from errors.problem import Problem
from errors.selection import Selection
from errors.tables import State, actions, errors

AFTER = {Action.SKIP: State.SKIPPED, Action.LEAVE_OUT: State.SKIPPED, Action.DELETE: State.DELETED}


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


def chosen(connection: Connection, selection: Selection, action: Action) -> Sequence[Row[Any]]:
    """The errors that are meant, locked, each with whether this very order already waits."""
    waits = exists().where(
        actions.c.error_id == errors.c.id, actions.c.action == action, actions.c.applied_at.is_(None)
    )
    query = select(errors, waits.label("waits")).where(selection.where()).order_by(errors.c.id)
    return connection.execute(query.with_for_update(of=errors)).all()


def refusals(action: Action, selection: Selection, rows: Sequence[Row[Any]], ids: Sequence[int]) -> tuple[Refusal, ...]:
    """Why the order cannot be for these `rows` of the selection; `ids` are all that were found of it."""
    missing = [error_id for error_id in selection.ids if error_id not in set(ids)]
    unknown = [Refusal(error_id=each, reason=say("There is no error {id} here.", id=str(each))) for each in missing]
    return (*unknown, *(refusal for row in rows if (refusal := _refusal(action, row))))


def write(
    connection: Connection, action: Action, ids: Iterable[int], *, by: str, why: str, now: datetime, value: str = ""
) -> None:
    """The audit lines; where the order itself ends an error, it is closed with them."""
    line = {"action": action, "value": value, "by": by, "why": why, "at": now, "result": None}
    lines = [line | {"error_id": error_id} for error_id in ids]
    if not lines:
        return
    connection.execute(insert(actions), lines)
    if action in AFTER:
        closed = update(errors).where(errors.c.id == bindparam("error")).values(state=AFTER[action], closed_at=now)
        connection.execute(closed, [{"error": line["error_id"]} for line in lines])


def _refusal(action: Action, row: Row[Any]) -> Refusal | None:
    state, problem, category = State(row.state), problem_of(row), Category(row.category)
    if action in allowed(state, problem, category):
        return None
    return Refusal(error_id=row.id, reason=_why_not(action, state, problem, category))


def _why_not(action: Action, state: State, problem: Problem, category: Category) -> str:
    if state is State.SETTLED or state is State.DELETED:
        return _("It is settled already; there is nothing left to order.")
    if state is State.SKIPPED:
        return _("It is skipped; unskip it first.")
    if action is Action.SKIP and category is Category.COMPANY:
        return _("It stops the whole company and cannot be skipped; it has to be mended.")
    return {
        Action.DELETE: _("Only services can be deleted; skip it instead, or correct it in your own system."),
        Action.LEAVE_OUT: _("Only a customer's own error leaves an account out of the sync."),
        Action.USE_NUMBER: _("Another number would not help here; only a duplicate number is mended like that."),
    }.get(action) or say("{action} does not make sense for {kind}.", action=action.value, kind=problem.kind.code)
