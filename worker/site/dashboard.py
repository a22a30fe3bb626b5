"""What a morning needs, on one page: errors by category, what was posted, what waits longest, the connections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from errors import queue
from errors.kinds import Category
from errors.language import _, say, told
from errors.tables import State
from errors.wording import category_word
from worker.site.door import Page, Visit, page
from worker.site.error_table import banners
from worker.site.people import Role
from worker.state.items import MOVING
from worker.state.tables import items, runs
from worker.status import standings

DAYS = 14
HEIGHT, WIDTH, GAP = 120, 36, 8  # of the plot, in its own units


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A day of the plot, with its place in it."""

    day: str
    count: int
    x: int
    y: int
    height: int
    label: str


@page("/", Role.VIEWER)
def dashboard(visit: Visit) -> Response:
    desk = visit.desk
    with visit.reading() as connection:
        facts: dict[str, Any] = {
            "categories": _categories(connection),
            "banners": banners(connection),
            "posted": _posted(connection, visit.now),
            "oldest": _oldest(connection),
        }
    companies = standings(desk.config, desk.engine)
    return visit.show("dashboard.html", title=_("Overview"), companies=companies, height=HEIGHT,
                      width=DAYS * (WIDTH + GAP), **facts)  # fmt: skip


def pages() -> tuple[Page, ...]:
    return (dashboard,)


def _categories(connection: Connection) -> list[tuple[str, str, int]]:
    found = dict.fromkeys(Category, 0)
    for each in queue.counts(connection):
        if each.state is State.OPEN:
            found[each.category] += each.errors
    del found[Category.COMPANY]
    return [(each.value, category_word(each), count) for each, count in found.items()]


def _posted(connection: Connection, now: datetime) -> list[Bar]:
    """Documents posted on each of the last days, in UTC."""
    first = now.date() - timedelta(days=DAYS - 1)
    counts: dict[date, int] = {first + timedelta(days=day): 0 for day in range(DAYS)}
    since = now - timedelta(days=DAYS)
    query = select(runs.c.finished_at, runs.c.posted).where(runs.c.finished_at >= since, runs.c.calls > 0)
    for finished, posted in connection.execute(query):
        if finished.date() in counts:
            counts[finished.date()] += sum(posted.values())
    most = max(counts.values()) or 1
    return [_bar(place, day, count, most) for place, (day, count) in enumerate(counts.items())]


def _bar(place: int, day: date, count: int, most: int) -> Bar:
    height = max(1, round(HEIGHT * count / most)) if count else 0
    return Bar(
        day=str(day.day),
        count=count,
        x=place * (WIDTH + GAP) + GAP // 2,
        y=HEIGHT - height,
        height=height,
        label=say("{day}: {count} posted", day=told(day), count=count),
    )


def _oldest(connection: Connection) -> dict[str, object] | None:
    """What is on its way for the longest time."""
    query = select(items).where(items.c.state.in_(MOVING)).order_by(items.c.seen_at).limit(1)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None
