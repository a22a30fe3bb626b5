"""What QuickBooks told us by webhook: what we did not write ourselves makes our copy of its lists out of date."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, select

from connectors.quickbooks.entities import ENTITIES
from worker.state import news
from worker.state.database import reading
from worker.state.tables import links

if TYPE_CHECKING:
    from worker.pipeline import Company

CHUNK = 500
# Between QuickBooks' time of a write and ours of its link: two clocks, and the way of an answer.
SLACK = timedelta(minutes=2)
KINDS = {entity.name.lower(): kind for kind, entity in ENTITIES.items()}


def apply(company: Company) -> int:
    """Take in what was told. Returns how many events there were. Lost ones cost nothing but time: the next look at
    the changes finds the same.
    """
    total = 0
    while True:
        with reading(company.engine) as connection:
            told = news.waiting(connection, company.realm_id, CHUNK)
            ours = _ours(connection, company, told)
        if not told:
            return total
        elsewhere = [row["id"] for row in told if row["id"] not in ours]
        if elsewhere:
            company.target.expire(company.realm_id)
        with company.begin() as connection:
            now = company.clock.now()
            news.handled(connection, ours, news.OURS, now)
            news.handled(connection, elsewhere, news.ELSEWHERE, now)
        total += len(told)


def _ours(connection: Connection, company: Company, told: Sequence[RowMapping]) -> set[int]:
    """Events that our own writes raised: about what we have linked, when we wrote something."""
    if not told:
        return set()
    targets = {(KINDS[row["entity"]], row["target_id"]) for row in told if row["entity"] in KINDS}
    linked = _linked(connection, company, {target for _, target in targets})
    times = _times(connection, company, told)
    return {
        row["id"]
        for row in told
        if row["entity"] in KINDS
        and (KINDS[row["entity"]].value, row["target_id"]) in linked
        and any(abs(row["happened_at"] - time) <= SLACK for time in times)
    }


def _linked(connection: Connection, company: Company, targets: Collection[str]) -> set[tuple[str, str]]:
    query = select(links.c.kind, links.c.target_id).where(
        links.c.company == company.name, links.c.realm_id == company.realm_id, links.c.target_id.in_(sorted(targets))
    )
    return {(kind, target) for kind, target in connection.execute(query)}


def _times(connection: Connection, company: Company, told: Sequence[RowMapping]) -> list[datetime]:
    """When we wrote anything, around the time of these events."""
    first, last = min(row["happened_at"] for row in told), max(row["happened_at"] for row in told)
    query = select(links.c.linked_at).where(
        links.c.company == company.name,
        links.c.realm_id == company.realm_id,
        links.c.linked_at.between(first - SLACK, last + SLACK),
    )
    return list(connection.execute(query.distinct()).scalars())
