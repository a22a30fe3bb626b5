"""The last audit: every local record is linked with an equal total, or out of the sync, or in an open error."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.quickbooks.entities import ENTITIES
from tests.simulation.books import Books, Row, Standing
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
