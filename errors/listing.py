"""Errors as an operator reads them: what, why, how to mend, how much it holds up. Reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from errors.blocked import Blocked
from errors.facts import rebuild
from errors.kinds import OF_CUSTOMERS, Action, Category
from errors.problem import Fault, Problem
from errors.selection import Selection
from errors.tables import State, actions, blocked, errors

SAMPLE = 3


@dataclass(frozen=True, kw_only=True)
class ErrorRow:
    """An error with everything promise C1 wants. The sentences: errors.language.sentence(row.problem) and .fix(...).

    `blocks`: how many documents wait for it now. `sums`: their amounts for each currency ("" = the home currency).
    `documents`: the first of them, in the order in which they came. `pending`: ordered, not yet carried out.
    """

    id: int
    company: str
    category: Category
    state: State
    problem: Problem
    attempts: int
    first_at: datetime
    last_at: datetime
    closed_at: datetime | None
    blocks: int
    sums: Mapping[str, Decimal]
    documents: tuple[Blocked, ...]
    pending: tuple[Action, ...]

    @property
    def customers(self) -> tuple[str, ...]:
        """Of the documents shown."""
        return tuple(dict.fromkeys(document.customer for document in self.documents if document.customer))

    @property
    def actions(self) -> tuple[Action, ...]:
        """What may be ordered now."""
        return allowed(self.state, self.problem, self.category)


@dataclass(frozen=True, kw_only=True)
class Count:
    company: str
    category: Category
    state: State
    errors: int


def allowed(state: State, problem: Problem, category: Category) -> tuple[Action, ...]:
    """What may be ordered for an error in this state; nothing for one that is settled or deleted."""
    if state is State.OPEN:
        about_one = problem.subject.startswith("customer ")
        return tuple(each for each in problem.kind.actions(category) if about_one or each not in OF_CUSTOMERS)
    return (Action.UNSKIP,) if state is State.SKIPPED else ()


class Sort(StrEnum):
    """What comes first. WORTH: what holds up the largest sum (of all currencies, as they are)."""

    LATEST = "latest"
    OLDEST = "oldest"
    WORTH = "worth"
    BLOCKS = "blocks"
    ATTEMPTS = "attempts"


def list_errors(
    connection: Connection,
    selection: Selection,
    limit: int = 50,
    offset: int = 0,
    *,
    sample: int = SAMPLE,
    sort: Sort = Sort.LATEST,
) -> list[ErrorRow]:
    """The latest first, at most `limit`, each with at most `sample` of its documents: four statements."""
    query = _sorted(select(errors).where(selection.where()), sort)
    rows = connection.execute(query.limit(limit).offset(offset)).all()
    ids = [row.id for row in rows]
    if not ids:
        return []
    sums = _sums(connection, ids)
    documents = _documents(connection, rows, sample)
    pending = _pending(connection, ids)
    return [_row(row, sums[row.id], tuple(documents[row.id]), tuple(pending[row.id])) for row in rows]


def count_errors(connection: Connection, selection: Selection) -> int:
    """How many errors a list without a limit would show."""
    return connection.execute(select(func.count()).select_from(errors).where(selection.where())).scalar_one()


def counts(connection: Connection) -> list[Count]:
    """How many errors there are, by company, category and state."""
    group = (errors.c.company, errors.c.category, errors.c.state)
    rows = connection.execute(select(*group, func.count().label("errors")).group_by(*group).order_by(*group))
    return [
        Count(company=row.company, category=Category(row.category), state=State(row.state), errors=row.errors)
        for row in rows
    ]


def problem_of(row: Row[Any]) -> Problem:
    """The problem that a row of the table `errors` keeps."""
    fault = Fault(code=row.fault_code, detail=row.fault_detail, trace_id=row.trace_id, status=row.http_status)
    return rebuild(row.kind, row.subject, row.facts, fault)


def _row(
    row: Row[Any],
    sums: Mapping[str, tuple[int, Decimal | None]],
    documents: tuple[Blocked, ...],
    pending: tuple[Action, ...],
) -> ErrorRow:
    return ErrorRow(
        id=row.id,
        company=row.company,
        category=Category(row.category),
        state=State(row.state),
        problem=problem_of(row),
        attempts=row.attempts,
        first_at=row.first_at,
        last_at=row.last_at,
        closed_at=row.closed_at,
        blocks=sum(number for number, _ in sums.values()),
        sums={currency: total for currency, (_, total) in sums.items() if total is not None},
        documents=documents,
        pending=pending,
    )


def _sorted(query: Select[Any], sort: Sort) -> Select[Any]:
    if sort is Sort.OLDEST:
        return query.order_by(errors.c.first_at, errors.c.id)
    if sort is Sort.ATTEMPTS:
        return query.order_by(errors.c.attempts.desc(), errors.c.id.desc())
    if sort is Sort.LATEST:
        return query.order_by(errors.c.last_at.desc(), errors.c.id.desc())
    held = select(blocked.c.error_id, func.count().label("number"), func.sum(blocked.c.amount).label("total"))
    weight = held.where(blocked.c.left_at.is_(None)).group_by(blocked.c.error_id).subquery()
    by = func.coalesce(weight.c.total if sort is Sort.WORTH else weight.c.number, 0)
    return query.outerjoin(weight, weight.c.error_id == errors.c.id).order_by(by.desc(), errors.c.id.desc())


def _sums(connection: Connection, ids: Collection[int]) -> Mapping[int, dict[str, tuple[int, Decimal | None]]]:
    found: defaultdict[int, dict[str, tuple[int, Decimal | None]]] = defaultdict(dict)
    key = (blocked.c.error_id, blocked.c.currency)
    total = func.sum(blocked.c.amount, type_=blocked.c.amount.type).label("total")
    query = select(*key, func.count().label("number"), total)
    for row in connection.execute(query.where(_waiting(ids)).group_by(*key).order_by(*key)):
        found[row.error_id][row.currency] = (row.number, row.total)
    return found


def _documents(connection: Connection, rows: Sequence[Row[Any]], sample: int) -> Mapping[int, list[Blocked]]:
    owners = {row.id: row for row in rows}
    order = (blocked.c.since, blocked.c.document_kind, blocked.c.local_id)
    place = func.row_number().over(partition_by=blocked.c.error_id, order_by=order).label("place")
    numbered = select(blocked, place).where(_waiting(owners)).subquery()
    found: defaultdict[int, list[Blocked]] = defaultdict(list)
    chosen = select(numbered).where(numbered.c.place <= sample).order_by(numbered.c.error_id, numbered.c.place)
    for row in connection.execute(chosen):
        owner = owners[row.error_id]
        found[row.error_id].append(_blocked(row, owner.company, Category(owner.category)))
    return found


def _blocked(row: Row[Any], company: str, category: Category) -> Blocked:
    return Blocked(
        company=company,
        category=category,
        document_kind=row.document_kind,
        local_id=row.local_id,
        label=row.label,
        customer=row.customer,
        amount=row.amount,
        currency=row.currency,
    )


def _pending(connection: Connection, ids: Collection[int]) -> Mapping[int, list[Action]]:
    found: defaultdict[int, list[Action]] = defaultdict(list)
    waiting = select(actions.c.error_id, actions.c.action).where(
        actions.c.error_id.in_(ids), actions.c.applied_at.is_(None)
    )
    for row in connection.execute(waiting.order_by(actions.c.id)):
        found[row.error_id].append(Action(row.action))
    return found


def _waiting(ids: Collection[int]) -> Any:
    return blocked.c.error_id.in_(ids) & blocked.c.left_at.is_(None)
