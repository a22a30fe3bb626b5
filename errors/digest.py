"""What one mail about problems tells: all of them in figures, and the weightiest in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, true

from errors.kinds import Category
from errors.listing import ErrorRow, list_errors
from errors.selection import Selection
from errors.tables import State, blocked, errors

LISTED = 50  # a burst is one mail, and not an endless one
FEW = 3  # so many problems are told with every step to their end


@dataclass(frozen=True, kw_only=True)
class Digest:
    """`rows`: at most LISTED of them, those that hold up most first. `counts`: all, by company and category.

    `open`: how many errors of these companies are open in all. `gone`: how many were told with these and are not open
    any more, by state.
    """

    rows: Sequence[ErrorRow]
    counts: Mapping[tuple[str, Category], int]
    open: int
    gone: Mapping[str, int] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    @property
    def few(self) -> bool:
        return self.number <= FEW

    @property
    def companies(self) -> list[str]:
        return sorted({company for company, _category in self.counts})

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.number - len(self.rows)


def digest(connection: Connection, told_at: datetime, of: frozenset[str] | None = None) -> Digest:
    """What was told at this moment, of these companies (None: of all); seven statements, however many errors it is."""
    told = and_(errors.c.mailed_at == told_at, true() if of is None else errors.c.company.in_(of))
    news = and_(told, errors.c.state == State.OPEN)
    counts, gone = _counted(connection, told)
    waits = and_(blocked.c.error_id == errors.c.id, blocked.c.left_at.is_(None))
    weighty = (
        select(errors.c.id)
        .select_from(errors.outerjoin(blocked, waits))
        .where(news)
        .group_by(errors.c.id)
        .order_by(func.count(blocked.c.error_id).desc(), errors.c.id)
        .limit(LISTED)
    )
    ids = tuple(connection.execute(weighty).scalars())
    rows = {row.id: row for row in list_errors(connection, Selection(ids=ids), LISTED)}
    companies = sorted({company for company, _category in counts})
    query = select(func.count()).select_from(errors).where(errors.c.state == State.OPEN)
    still = connection.execute(query.where(errors.c.company.in_(companies))).scalar_one()
    return Digest(rows=[rows[each] for each in ids], counts=counts, open=still, gone=gone)


def _counted(
    connection: Connection, told: ColumnElement[bool]
) -> tuple[dict[tuple[str, Category], int], dict[str, int]]:
    """What is open, by company and category; and what is not any more, by state."""
    group = (errors.c.company, errors.c.category, errors.c.state)
    query = select(*group, func.count().label("number")).where(told).group_by(*group).order_by(*group)
    counts: dict[tuple[str, Category], int] = {}
    gone: dict[str, int] = {}
    for row in connection.execute(query):
        if row.state == State.OPEN:
            counts[row.company, Category(row.category)] = row.number
        else:
            gone[row.state] = gone.get(row.state, 0) + row.number
    return counts, gone
