"""A statement run over a company's objects: filter, order, page, project (qbo-facts sections 4 and 12).

The rows come from the index that leaves fewest to look at, or in order from a sorted list until the page is full.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json, Row, Store
from connectors.quickbooks.sandbox.entities import kind as kinds
from connectors.quickbooks.sandbox.entities.kind import Kind
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.query import fields, matching, ordering
from connectors.quickbooks.sandbox.query.fields import Field
from connectors.quickbooks.sandbox.query.language import MOST_ROWS, Query, parse
from connectors.quickbooks.sandbox.query.matching import Span, Test
from connectors.quickbooks.sandbox.query.unserved import UNSERVED
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

KINDS = {name.casefold(): kind for name, kind in BY_NAME.items()}


def run(company: Company, statement: str, now: datetime, include: frozenset[str] = frozenset()) -> Json:
    """Answer a statement with the content of `QueryResponse`; raises `Refusal` 4000, 4001 or 2030."""
    query = parse(statement, documented_only=company.switches.undocumented_query == "refuse")
    kind = named(query.entity)
    start, most = _window(company, query)
    tests = matching.tests(kind, query.condition, now)
    shown = [fields.listed(kind, field) for field in query.fields]
    chosen = _Chosen(company.store, kind, tests, whole=kind.counted and company.switches.total_count == "all")
    if query.count:
        return {"totalCount": chosen.total()}
    rows = _page(chosen, query, start, most)
    if kind.besides is not None and start == 1:  # on each page, clients that read until an empty one would never end
        unstored = (Row(kind.name, one["Id"], one, 0) for one in kind.besides(company, query.condition, now))
        rows = [*passing(unstored, tests), *rows]  # a client's suite reads TAX as the first code
    data = [row.data if kind.present is None else kind.present(company, row.data, now, include) for row in rows]
    objects = [_projected(kinds.shown(kind, one, "listed"), shown) for one in data]
    return _answer(kind, objects, start, chosen)


def named(entity: str) -> Kind:
    """Return the kind of this name, in any case; raises `Refusal` 4001 when nothing of it can be asked."""
    kind = KINDS.get(entity.casefold())
    if kind is None:
        known = UNSERVED.get(entity.casefold())
        text = f"Metadata not found for Entity: {known}" if known else f"invalid context declaration: {entity}"
        raise Refusal(faults.invalid_query(text))
    return kind


def _window(company: Company, query: Query) -> tuple[int, int]:
    """Return the first position (from 1) and the most rows; raises `Refusal` 4001 outside what is allowed."""
    switches = company.switches
    least = 0 if switches.start_position_0 == "accept" else 1
    for value, lowest in ((query.start, least), (query.most, 1)):
        if value < lowest:
            raise Refusal(faults.invalid_query(f"value {value} is too small. Min allowed value is {lowest or 1}"))
    if query.most > MOST_ROWS and switches.over_1000_rows == "refuse":
        raise Refusal(faults.invalid_query(f"value {query.most} is too large. Max allowed value is {MOST_ROWS}"))
    return max(1, query.start), min(MOST_ROWS, query.most)


class _Chosen:
    """The rows that pass all tests, not yet looked at; `whole` says that their number is asked for besides a page."""

    def __init__(self, store: Store, kind: Kind, tests: list[Test], *, whole: bool) -> None:
        self.store, self.kind, self.tests, self.whole = store, kind, tests, whole
        sized = [(size, test) for test in tests if (size := self._size(test)) is not None]
        self._best: Test | None
        self.size, self._best = min(sized, key=lambda one: one[0], default=(store.count(kind.name), None))
        self._rows: list[Row] | None = None

    def total(self) -> int:
        """Return how many there are; looks at rows only when the indices do not say."""
        if self._rows is None and (not self.tests or (self._exact() and len(self.tests) == 1)):
            return self.size
        return len(self.rows())

    def rows(self) -> list[Row]:
        """Look at every row that may pass, and keep those that do."""
        if self._rows is None:
            others = [test for test in self.tests if test is not self._best]
            self._rows = list(passing(self.store.look(self.kind.name, self._ids()), others))
        return self._rows

    def span_of(self, field: Field) -> Span | None:
        """Return the one span that leaves fewest rows, if it is one of this field."""
        best = self._best
        if best is None or best.field is None or best.spans is None or len(best.spans) != 1:
            return None
        return best.spans[0] if best.field.name == field.name and field.alike else None

    def _exact(self) -> bool:
        return self._best is not None and self._best.field is not None and self._best.field.single

    def _ids(self) -> Iterable[str]:
        best, name = self._best, self.kind.name
        if best is None:
            return [row.id for row in self.store.rows(name)]
        if best.ids is not None:
            return best.ids
        listed = self._places(best)
        found = (
            place[-1] for low, high in best.spans or () for place in listed.irange(low, high, inclusive=(True, False))
        )
        return dict.fromkeys(found)

    def _size(self, test: Test) -> int | None:
        """Return how many places a test's index gives, None when it has no index."""
        if test.ids is not None:
            return len(test.ids)
        if test.spans is None:
            return None
        listed = self._places(test)
        sizes = (int(listed.bisect_left(high)) - int(listed.bisect_left(low)) for low, high in test.spans)
        return sum(max(0, size) for size in sizes)

    def _places(self, test: Test) -> Any:
        field = test.field
        assert field is not None
        return self.store.sorted(self.kind.name, ("value", field.name), lambda row: matching.places(field, row))


def passing(rows: Iterable[Row], tests: list[Test]) -> Iterator[Row]:
    return (row for row in rows if all(test.holds(row) for test in tests))


def _page(chosen: _Chosen, query: Query, start: int, most: int) -> list[Row]:
    """Return one page, by whichever way looks at fewer rows: sort what passes, or walk in order until it is full."""
    ranking = ordering.ranking(chosen.kind, query.orders)
    stop = start - 1 + most
    store, name = chosen.store, chosen.kind.name
    if ranking is None or (chosen.whole and len(chosen.tests) > 1):
        return ordering.arranged(chosen.kind, query.orders, chosen.rows())[start - 1 : stop]
    if not chosen.tests:
        return list(store.look(name, ranking.ids(store, name, start - 1, stop)))
    span = chosen.span_of(ranking.field)
    # Walking looks at about stop * (all / passing) rows, sorting at all that pass.
    if span is None and chosen.size * chosen.size <= stop * store.count(name):
        return ordering.arranged(chosen.kind, query.orders, chosen.rows())[start - 1 : stop]
    ids = ranking.ids(store, name) if span is None else ranking.within(store, name, *span)
    return list(islice(passing(store.look(name, ids), chosen.tests), start - 1, stop))


def _projected(data: Json, shown: list[tuple[str, ...]]) -> Json:
    """Return the members that were asked for, in their order; a part of an object is marked as sparse."""
    if not shown:
        return data
    whole = {path[0] for path in shown if len(path) == 1}
    parts = {path[0]: {one[1].casefold() for one in shown if one[0] == path[0] and len(one) > 1} for path in shown}
    chosen = {
        name: value if name in whole or not isinstance(value, dict) else _part(value, parts[name])
        for name, value in data.items()
        if name in parts
    }
    marked = {**chosen, "domain": "QBO", "sparse": True}
    return {name: marked[name] for name in (*data, "domain", "sparse") if name in marked}


def _part(value: Json, names: set[str]) -> Json:
    return {name: one for name, one in value.items() if name.casefold() in names}


def _answer(kind: Kind, objects: list[Json], start: int, chosen: _Chosen) -> Json:
    if not objects:
        return {}
    if kind.sequence == "single":  # recorded: CompanyInfo answers maxResults alone
        return {kind.wrapper: objects, "maxResults": len(objects)}
    answer: Json = {kind.wrapper: objects, "startPosition": start, "maxResults": len(objects)}
    if kind.counted:
        answer["totalCount"] = chosen.total() if chosen.whole else len(objects)
    return answer
