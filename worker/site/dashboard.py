"""What a morning needs, on one page: errors by category, what was posted, what waits longest, the connections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel.dates import format_skeleton
from babel.numbers import format_compact_decimal
from sqlalchemy import Connection, select
from starlette.responses import Response

from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import Category
from errors.language import _, current, say, told
from errors.tables import State
from errors.wording import category_word
from worker.site.daily import Day, days, plot
from worker.site.door import Page, Visit, page
from worker.site.error_table import banners
from worker.site.people import Role
from worker.state.items import MOVING
from worker.state.tables import items
from worker.status import standings


@page("/", Role.VIEWER)
def dashboard(visit: Visit) -> Response:
    desk = visit.desk
    with visit.reading() as connection:
        facts: dict[str, Any] = {
            "categories": _categories(connection),
            "banners": banners(connection),
            "days": days(connection, visit.now),
            "oldest": _oldest(connection),
        }
    companies = standings(desk.config, desk.engine)
    shown: list[Day] = facts["days"]
    return visit.show(
        "dashboard.html",
        title=_("Overview"),
        companies=companies,
        plot=plot(shown),
        summary=_summary(shown),
        kinds=[kind.value for kind in DocumentKind if any(day.posted.get(kind.value) for day in shown)],
        compact=lambda count: format_compact_decimal(count, locale=current()),
        short=lambda day: format_skeleton("MMMd", day, locale=current()),
        **facts,
    )


def pages() -> tuple[Page, ...]:
    return (dashboard,)


def _categories(connection: Connection) -> list[tuple[str, str, int]]:
    found = dict.fromkeys(Category, 0)
    for each in queue.counts(connection):
        if each.state is State.OPEN:
            found[each.category] += each.errors
    del found[Category.COMPANY]
    return [(each.value, category_word(each), count) for each, count in found.items()]


def _summary(days: Sequence[Day]) -> str:
    """The plot in a sentence, for who does not see it."""
    posted, failed = sum(day.all_posted for day in days), sum(day.failed for day in days)
    told_all = say(
        "Posted in {days} days: {posted}. New errors: {failed}.", days=len(days), posted=posted, failed=failed
    )
    if not posted:
        return told_all
    busiest = max(days, key=lambda day: day.all_posted)
    return told_all + " " + say("Most were posted on {day}.", day=told(busiest.day))


def _oldest(connection: Connection) -> dict[str, object] | None:
    """What is on its way for the longest time."""
    query = select(items).where(items.c.state.in_(MOVING)).order_by(items.c.seen_at).limit(1)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None
