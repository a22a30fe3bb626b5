"""The audit: orders for errors and what else people did, read together, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, literal, or_, select, true, union_all

from errors.kinds import Action
from errors.problem import Phrase
from errors.tables import actions, errors
from worker.state.deeds import Deed
from worker.state.tables import deeds

CHUNK = 1000

Act = Action | Deed


class Subject(StrEnum):
    """What is acted upon."""

    ERRORS = "errors"
    COMPANIES = "companies"
    NUMBERS = "numbers"
    MAIL = "mail"
    KEYS = "keys"
    USERS = "users"
    SIGN_INS = "sign-ins"

    def acts(self) -> tuple[Act, ...]:
        if self is Subject.ERRORS:
            return tuple(Action)
        begin = self.value.removesuffix("s") if self is not Subject.COMPANIES else "company"
        return tuple(deed for deed in Deed if deed.startswith(f"{begin}-") or deed == begin)


OPEN_TO_ALL = (Subject.ERRORS, Subject.COMPANIES, Subject.NUMBERS, Subject.MAIL)  # the rest tells of people: for admins


@dataclass(frozen=True, kw_only=True)
class Question:
    """Every part that is given must hold. `by`: a part of the name. `since` counts, `until` does not any more.

    `below`: only what stands below this line.
    """

    acts: tuple[Act, ...]
    by: str = ""
    company: str = ""
    since: datetime | None = None
    until: datetime | None = None
    below: Entry | None = None

    def of(self, table: Table, act: ColumnElement[str], company: ColumnElement[str]) -> ColumnElement[bool]:
        ours = Action if table is actions else Deed
        conditions = [true(), act.in_([each for each in self.acts if isinstance(each, ours)])]
        if self.by:
            conditions.append(table.c.by.icontains(self.by, autoescape=True))
        if self.company:
            conditions.append(company == self.company)
        if self.since:
            conditions.append(table.c.at >= self.since)
        if self.until:
            conditions.append(table.c.at < self.until)
        if self.below:
            conditions.append(_below(table, self.below))
        return and_(*conditions)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Who did what, when and why. `error_id` None: `subject` says what it was about.

    `waits`: an order that no tick carried out yet. `result`: where there is more to say than that it was done.
    """

    id: int
    at: datetime
    by: str
    act: Act
    subject: str
    value: str
    company: str
    why: str
    error_id: int | None = None
    waits: bool = False
    result: Phrase | None = None


def entries(connection: Connection, question: Question, limit: int, offset: int = 0) -> list[Entry]:
    """Three statements, however many lines there are: which lines these are, then the lines of either table."""
    halves = [_ordered(half.where(where), limit + offset) for half, where in _halves(question)]
    both = union_all(*(select(half) for half in halves)).subquery()
    latest = select(both).order_by(both.c.at.desc(), both.c.half, both.c.id.desc()).limit(limit).offset(offset)
    found = connection.execute(latest).all()
    lines = {0: _orders(connection, _ids(found, 0)), 1: _deeds(connection, _ids(found, 1))}
    return [lines[row.half][row.id] for row in found]


def count(connection: Connection, question: Question) -> int:
    counts = (select(func.count()).select_from(half.where(where).subquery()) for half, where in _halves(question))
    return sum(connection.execute(query).scalar_one() for query in counts)


def all_entries(reading: Callable[[], AbstractContextManager[Connection]], question: Question) -> Iterator[list[Entry]]:
    """A chunk at a time, each below the last line of the one before: what is done meanwhile moves no line."""
    while True:
        with reading() as connection:
            found = entries(connection, question, CHUNK)
        yield found
        if len(found) < CHUNK:
            return
        question = replace(question, below=found[-1])


# --- how -------------------------------------------------------------------------------------------------------------


def _below(table: Table, line: Entry) -> ColumnElement[bool]:
    """In the order of `entries`: the latest first; of one moment orders first, and the last of them."""
    earlier, then = table.c.at < line.at, table.c.at == line.at
    if (table is actions) == isinstance(line.act, Action):
        return or_(earlier, and_(then, table.c.id < line.id))
    return or_(earlier, then) if table is deeds else earlier


def _halves(question: Question) -> list[tuple[Any, ColumnElement[bool]]]:
    orders = select(actions.c.at, actions.c.id, literal(0).label("half")).join(
        errors, actions.c.error_id == errors.c.id
    )
    others = select(deeds.c.at, deeds.c.id, literal(1).label("half"))
    return [
        (orders, question.of(actions, actions.c.action, errors.c.company)),
        (others, question.of(deeds, deeds.c.act, deeds.c.company)),
    ]


def _ordered(half: Any, most: int) -> Any:
    """No more of either half than could be needed: an index answers in this order."""
    columns = half.selected_columns
    return half.order_by(columns.at.desc(), columns.id.desc()).limit(most).subquery()


def _ids(found: Sequence[Any], half: int) -> list[int]:
    return [row.id for row in found if row.half == half]


def _orders(connection: Connection, ids: list[int]) -> dict[int, Entry]:
    query = select(actions, errors.c.company).join(errors, actions.c.error_id == errors.c.id)
    return {
        row.id: Entry(
            id=row.id,
            at=row.at,
            by=row.by,
            act=Action(row.action),
            subject="",
            value=row.value,
            company=row.company,
            why=row.why,
            error_id=row.error_id,
            waits=row.applied_at is None,
            result=row.result,
        )
        for row in connection.execute(query.where(actions.c.id.in_(ids)))
    }


def _deeds(connection: Connection, ids: list[int]) -> dict[int, Entry]:
    names = ("id", "at", "by", "subject", "value", "company", "why")
    return {
        row["id"]: Entry(act=Deed(row["act"]), **{name: row[name] for name in names})
        for row in connection.execute(select(deeds).where(deeds.c.id.in_(ids))).mappings()
    }
