"""The last audit: every local record is linked with an equal total, or out of the sync, or in an open error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.notes import marker_of
from tests.simulation.books import Books, Key, Row, Standing
from tests.simulation.invariants import marker_of_item
from tests.simulation.outsider import Outsider
from tests.simulation.view import MONEY, View
from worker.state.machine import State


def lost(view: View, books: Books, outsider: Outsider) -> Iterator[str]:
    """What the books have and nobody accounts for."""
    for row in books.rows.values():
        if row.standing in {Standing.LIVE, Standing.REMOVED}:
            yield from _one(view, row, outsider)


def _one(view: View, row: Row, outsider: Outsider) -> Iterator[str]:
    item = view.items.get(row.id)
    name = f"{row.kind} {row.key}"
    if item is None:
        yield f"{name} was never seen"
    elif item["state"] == State.LINKED:
        yield from _linked(view, row, outsider)
    elif item["state"] == State.SKIPPED:
        if item["error_id"] is None and row.standing is Standing.LIVE:
            yield f"{name} was left out though nobody said so"
    elif item["state"] != State.DELETED and not view.blocking.get(row.id):
        yield f"{name} is {item['state']} and in no open error"


def _linked(view: View, row: Row, outsider: Outsider) -> Iterator[str]:
    link = view.link(view.items[row.id])
    if link is None or row.kind not in MONEY or (ENTITIES[row.kind].name, link["target_id"]) in outsider.touched:
        return
    remote = view.remote(link)
    total = remote["TotalAmt"] if remote is not None else None
    if row.standing is Standing.REMOVED:
        if total not in {None, 0}:
            yield f"{row.kind} {row.key} was cancelled, and QuickBooks still has {total}"
    elif total != row.total:
        yield f"{row.kind} {row.key} has {row.total} in the books and {total} in QuickBooks"


def delayed(view: View, books: Books, outsider: Outsider) -> Iterator[str]:
    """I11: nothing is wrong with it or with what it names, nobody has touched either, and it has not arrived."""
    well = {row.id for row in books.rows.values() if _well(view, row, outsider)} - _rivals(view, books)
    for row in books.rows.values():
        if row.id in well and well.issuperset(_all_needs(books, row)) and view.items[row.id]["state"] != State.LINKED:
            codes = [view.errors[error_id]["kind"] for error_id in view.blocking.get(row.id, ())]
            yield f"{row.kind} {row.key} is well, and {view.items[row.id]['state']} ({', '.join(codes)})"


def _well(view: View, row: Row, outsider: Outsider) -> bool:
    item = view.items.get(row.id)
    if item is None or row.ailing or row.standing is not Standing.LIVE:
        return False
    link = view.link(item)
    touched = link is not None and (ENTITIES[row.kind].name, link["target_id"]) in outsider.touched
    return not touched and item["state"] not in {State.SKIPPED, State.DELETED}


def _rivals(view: View, books: Books) -> set[Key]:
    """Records whose number another one has, here or in QuickBooks."""
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (entity, _), remote in view.remotes.items():
        if number := remote.get("DocNumber"):
            holders[entity, number.casefold()].add(marker_of(str(remote.get("PrivateNote", ""))))
    mine = {key: marker_of_item(item) for key, item in view.items.items()}
    for (kind, _), item in view.items.items():  # the number it had when it was prepared last
        if item["number"]:
            holders[ENTITIES[kind].name, item["number"].casefold()].add(marker_of_item(item))
    for row in books.rows.values():
        if row.number:
            holders[_number(row)].add(mine.get(row.id, ""))
    return {row.id for row in books.rows.values() if row.number and holders[_number(row)] != {mine.get(row.id, "")}}


def _number(row: Row) -> tuple[str, str]:
    return ENTITIES[row.kind].name, row.number.casefold()


def _all_needs(books: Books, row: Row) -> Iterator[Key]:
    for key in row.needs:
        yield key
        if key in books.rows:
            yield from _all_needs(books, books.rows[key])
