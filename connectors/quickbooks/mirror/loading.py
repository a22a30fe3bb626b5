"""Loading an entity whole: page after page of what QuickBooks holds now, so that nothing between two pages is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from connectors.quickbooks import query
from connectors.quickbooks.answers import Answer
from connectors.quickbooks.client import Client
from connectors.quickbooks.mirror.shapes import LISTS, Row, instant

TRIES = 3  # a page that does not join on to the one before it means: from the beginning


class TooMuchError(Exception):
    """More pages than wanted, or they would not join."""


def load(
    client: Client, entity: str, pages: int, *, start: Callable[[], None], save: Callable[[Sequence[Row]], None]
) -> datetime | None:
    """Every object of an entity, inactive ones included. `start` forgets what was saved before.

    Returns:
        QuickBooks' time at the first page: what changes later is asked for from then on. None: it did not say.

    Raises:
        TooMuchError: it has more than so many pages.
        ProblemError: QuickBooks does not answer or refuses.
    """
    for _ in range(TRIES):
        start()
        answer = _page(client, entity, 1)
        if _is_full(_rows(answer, entity)) and _count(client, entity) > pages * query.PAGE:
            break
        if _rest(client, entity, _rows(answer, entity), save):
            return instant((answer.body or {}).get("time"))
    raise TooMuchError(entity)


def _rest(client: Client, entity: str, first: list[Row], save: Callable[[Sequence[Row]], None]) -> bool:
    """All pages, each of which begins with the last row of the one before: a deletion in between would move the rows
    up, and one would be overlooked. False: that happened.
    """
    rows, position = first, 1
    save(rows)
    while _is_full(rows):
        position += query.PAGE - 1
        last = rows[-1]["Id"]
        rows = _rows(_page(client, entity, position), entity)
        if not rows or rows[0]["Id"] != last:
            return False
        save(rows)
    return True


def _page(client: Client, entity: str, position: int) -> Answer:
    state = query.ANY_STATE if entity in LISTS else ""
    statement = query.select(entity, state, order_by="Id", start=position, limit=query.PAGE)
    return client.read("POST", "query", body=statement)


def _count(client: Client, entity: str) -> int:
    statement = query.count(entity, query.ANY_STATE if entity in LISTS else "")
    answer = client.read("POST", "query", body=statement)
    return int((answer.body or {}).get("QueryResponse", {}).get("totalCount", 0))


def _rows(answer: Answer, entity: str) -> list[Any]:
    return list((answer.body or {}).get("QueryResponse", {}).get(entity, []))


def _is_full(rows: Sequence[Row]) -> bool:
    return len(rows) >= query.PAGE
