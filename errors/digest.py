"""What one mail about problems tells: all of them in figures, and the weightiest in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from errors.kinds import Category
from errors.listing import ErrorRow, list_errors
from errors.selection import Selection
from errors.tables import State, blocked, errors

LISTED = 50  # a burst is one mail, and not an endless one


@dataclass(frozen=True, kw_only=True)
class Digest:
    """`rows`: at most LISTED of them, those that hold up most first. `counts`: all, by company and category.

    `open`: how many errors of these companies are open in all.
    """

    rows: Sequence[ErrorRow]
    counts: Mapping[tuple[str, Category], int]
    open: int

    @property
    def number(self) -> int:
        return sum(self.counts.values())

    @property
    def companies(self) -> list[str]:
        return sorted({company for company, _category in self.counts})

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.number - len(self.rows)


def digest(connection: Connection, told_at: datetime) -> Digest:
    """What was told at this moment; seven statements, however many errors that are."""
    news = and_(errors.c.mailed_at == told_at, errors.c.state == State.OPEN)
    group = (errors.c.company, errors.c.category)
    counted = connection.execute(select(*group, func.count().label("number")).where(news).group_by(*group)).all()
    counts = {(row.company, Category(row.category)): row.number for row in counted}
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
    return Digest(rows=[rows[each] for each in ids], counts=dict(sorted(counts.items())), open=still)
