"""In which order rows come: as ORDERBY says, else transactions by last change and lists by name (qbo-facts 12.1).

Equal rows come by Id, except that changes of one second come by their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.quickbooks.sandbox.books.store import Place, Row, Store
from connectors.quickbooks.sandbox.entities.kind import Kind
from connectors.quickbooks.sandbox.query import fields
from connectors.quickbooks.sandbox.query.fields import Field
from connectors.quickbooks.sandbox.query.language import Order
from connectors.quickbooks.sandbox.schema import shapes

CHANGED = Field("MetaData.LastUpdatedTime", ("MetaData", "LastUpdatedTime"), shapes.MOMENT)


@dataclass(frozen=True)
class Ranking:
    """One sorted list of a kind's rows, read forwards or backwards; `place` says where a row stands in it."""

    name: Any
    field: Field
    place: Callable[[Row], Place]
    backwards: bool

    def ids(self, store: Store, kind: str, start: int = 0, stop: int | None = None) -> Iterator[str]:
        """Give the Ids in order, without touching those outside [start, stop)."""
        listed = store.sorted(kind, self.name, lambda row: (self.place(row),))
        last = len(listed) if stop is None else min(stop, len(listed))
        if self.backwards:
            places = listed.islice(len(listed) - last, max(0, len(listed) - start), reverse=True)
        else:
            places = listed.islice(start, last)
        return (place[-1] for place in places)

    def within(self, store: Store, kind: str, low: Place, high: Place) -> Iterator[str]:
        """Give the Ids of a span in order; the field must sort as it compares (`Field.alike`)."""
        listed = store.sorted(kind, self.name, lambda row: (self.place(row),))
        return (place[-1] for place in listed.irange(low, high, inclusive=(True, False), reverse=self.backwards))


def changed_since(store: Store, kind: str, start: datetime) -> Iterator[str]:
    """Give the Ids of a kind that changed at this time or later, oldest change first."""
    listed = store.sorted(kind, "changed", lambda row: (_change(row),))
    return (place[-1] for place in listed.irange((CHANGED.rank, start)))


def ranking(kind: Kind, orders: Sequence[Order]) -> Ranking | None:
    """Return the sorted list that answers this order, None when it takes several keys."""
    if len(orders) > 1:
        return None
    if not orders:
        return _default(kind)
    field, descending = fields.queryable(kind, orders[0].field), orders[0].descending
    sign = -1 if descending else 1
    return Ranking(
        ("order", field.name, descending),
        field,
        lambda row: (*field.order(row.data), sign * row.number, row.id),
        backwards=descending,
    )


def arranged(kind: Kind, orders: Sequence[Order], rows: Iterable[Row]) -> list[Row]:
    """Sort rows at hand."""
    one = ranking(kind, orders)
    if one is not None:
        return sorted(rows, key=one.place, reverse=one.backwards)
    found = sorted(rows, key=lambda row: row.number)
    for order in reversed(orders):
        field = fields.queryable(kind, order.field)
        found.sort(key=lambda row, field=field: field.order(row.data), reverse=order.descending)  # type: ignore[misc]
    return found


def _default(kind: Kind) -> Ranking:
    if kind.transaction:
        return Ranking("changed", CHANGED, _change, backwards=True)
    name = Field(kind.sort_field, (kind.sort_field,), shapes.TEXT)
    return Ranking("listed", name, lambda row: (*name.order(row.data), row.number, row.id), backwards=False)


def _change(row: Row) -> Place:
    return (*CHANGED.order(row.data), row.changed, row.id)
