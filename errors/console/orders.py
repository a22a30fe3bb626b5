"""Orders from a page: what one would do, who was faster, and how it goes on afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, case, func, select

from errors import action_words, actions as orders
from errors.kinds import FOR_MANY, Action
from errors.language import _, say
from errors.listing import count_errors
from errors.ordering import Ordered
from errors.orders import AuditLine, audit
from errors.selection import Selection
from errors.tables import State, actions, blocked, errors
from errors.wording import worth

STRETCH = 1000
MOST_TOLD = 20  # of those who were faster
AFTER = {Action.UNSKIP: State.SKIPPED}


@dataclass(frozen=True, kw_only=True)
class Impact:
    """What an order is about: errors, the documents that wait for them, and their amounts by currency."""

    errors: int
    documents: int
    sums: Mapping[str, Decimal]

    def worth(self) -> str:
        """41 documents, 12,310.55 USD"""
        return worth(self.documents, self.sums)


def meant(selection: Selection, action: Action) -> Selection:
    """An order that names no state is for those that it can be for."""
    return replace(selection, state=AFTER.get(action, State.OPEN)) if not selection.ids else selection


def impact(connection: Connection, selection: Selection) -> Impact:
    """Three statements, however many errors are meant."""
    held = blocked.alias()  # the selection may look into `blocked` itself
    query = (
        select(held.c.currency, func.count(), func.sum(held.c.amount, type_=held.c.amount.type))
        .join(errors, errors.c.id == held.c.error_id)
        .where(selection.where(), held.c.left_at.is_(None))
        .group_by(held.c.currency)
        .order_by(held.c.currency)
    )
    rows = connection.execute(query).all()
    return Impact(
        errors=count_errors(connection, selection),
        documents=sum(count for _currency, count, _total in rows),
        sums={currency: total for currency, _count, total in rows if total is not None},
    )


def promise(action: Action, about: Impact) -> str:
    """What will happen, in a sentence, before anybody confirms it."""
    errors_ = _("1 error") if about.errors == 1 else say("{count} errors", count=about.errors)
    told = about.worth()
    if action is Action.RESYNC:
        return say("Tries {errors} again at the next tick. If it goes well this unblocks {worth}.", errors=errors_,
                   worth=told)  # fmt: skip
    if action is Action.SKIP:
        return say("Skips {errors}: {worth} are not posted and no mail tells of them, until somebody undoes it.",
                   errors=errors_, worth=told)  # fmt: skip
    if action is Action.LEAVE_OUT:
        return say("Leaves the accounts of {errors} out of the sync: {worth} and all that comes later wait silently, "
                   "until somebody undoes it.", errors=errors_, worth=told)  # fmt: skip
    if action is Action.UNSKIP:
        return say("Opens {errors} again and tries {worth} at the next tick.", errors=errors_, worth=told)
    return say("Takes the services of {errors} out of the sync and off your own list. This cannot be undone. {worth} "
               "wait for them.", errors=errors_, worth=told)  # fmt: skip


def latest(connection: Connection) -> int:
    """The last audit line there is: what a page that is shown now knows of."""
    return int(connection.execute(select(func.coalesce(func.max(actions.c.id), 0))).scalar_one())


def faster(connection: Connection, selection: Selection, seen: int, by: str) -> list[AuditLine]:
    """What others ordered for these errors since a page was shown that knew of `seen`."""
    concerned = select(errors.c.id).where(replace(selection, state=None).where())
    theirs = (actions.c.id > seen, actions.c.by != by, actions.c.error_id.in_(concerned))
    found = connection.execute(select(actions.c.error_id).where(*theirs).distinct().limit(MOST_TOLD)).scalars().all()
    if not found:
        return []
    return [line for line in audit(connection, Selection(ids=tuple(found)), MOST_TOLD) if line.id > seen]


def stretches(connection: Connection, selection: Selection) -> list[Selection]:
    """The same, in parts of at most STRETCH errors: nobody else who writes waits for more than one of them."""
    ids = connection.execute(select(errors.c.id).where(selection.where()).order_by(errors.c.id)).scalars().all()
    if len(ids) <= STRETCH:
        return [selection]
    parts = (ids[start : start + STRETCH] for start in range(0, len(ids), STRETCH))
    return [replace(selection, first_id=part[0], last_id=part[-1]) for part in parts]


def give(connection: Connection, action: Action, selection: Selection, *, by: str, why: str, now: datetime) -> Ordered:
    order = {
        Action.RESYNC: orders.resync,
        Action.SKIP: orders.skip,
        Action.UNSKIP: orders.unskip,
        Action.LEAVE_OUT: orders.leave_out,
        Action.DELETE: orders.delete,
    }[action]
    return order(connection, selection, by=by, why=why, now=now)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far an order has come. `again`: tried, and failed once more."""

    action: Action
    ordered: int
    waiting: int
    under_way: int
    again: int

    @property
    def going(self) -> bool:
        return bool(self.waiting or self.under_way)

    @property
    def through(self) -> int:
        return self.ordered - self.waiting - self.under_way - self.again

    def told(self) -> str:
        if self.action is Action.SKIP:
            return say("Skipped: {count}", count=self.ordered)
        if self.action is Action.LEAVE_OUT:
            return say("Not synced any more: {count}", count=self.ordered)
        if self.action is Action.DELETE:
            return say("Deleted: {count}", count=self.ordered)
        if self.action not in FOR_MANY:
            return self._told_of_one()
        if self.going:
            left = self.waiting + self.under_way
            return say("Trying again: {left} of {count} to go", left=left, count=self.ordered)
        return say("Tried again: {through} went through, {again} failed once more", through=self.through,
                   again=self.again)  # fmt: skip

    def _told_of_one(self) -> str:
        if self.waiting:
            return action_words.ordered(self.action, self.ordered)
        if self.under_way:
            return _("It was carried out; its documents are on their way.")
        return (
            _("It was carried out.") if self.through else _("It was not to be, or failed once more: see the history.")
        )


def progress(connection: Connection, first: int, last: int, by: str) -> Progress | None:
    """Of the lines from `first` to `last` that this person wrote: one statement. None: there are none."""
    mine = (actions.c.id >= first, actions.c.id <= last, actions.c.by == by)
    waiting = actions.c.applied_at.is_(None)
    is_open = errors.c.state == State.OPEN
    moving = ~waiting & is_open & errors.c.released_at.is_not(None)
    failed = ~waiting & is_open & errors.c.released_at.is_(None)
    query = (
        select(actions.c.action, func.count(), _number(waiting), _number(moving), _number(failed))
        .join(errors, errors.c.id == actions.c.error_id)
        .where(*mine)
        .group_by(actions.c.action)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    return Progress(action=Action(row[0]), ordered=row[1], waiting=row[2], under_way=row[3], again=row[4])


def ids_of(connection: Connection, first: int, last: int, by: str) -> tuple[int, ...]:
    """The errors of an order, to undo it."""
    mine = (actions.c.id >= first, actions.c.id <= last, actions.c.by == by)
    return tuple(connection.execute(select(actions.c.error_id).where(*mine).distinct()).scalars())


def _number(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
