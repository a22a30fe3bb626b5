"""A parsed query run over a company's objects: filter, order, page, project (qbo-facts sections 4 and 12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import INDEXED, Json, Row
from connectors.quickbooks.sandbox.entities.kind import Kind
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.query.language import Condition, Order, Query, parse
from connectors.quickbooks.sandbox.schema.shapes import shape
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, "<": lt, ">": gt, "<=": le, ">=": ge}
KINDS = {name.casefold(): kind for name, kind in BY_NAME.items()}


def run(company: Company, statement: str, now: datetime) -> Json:
    """Answer a statement with the content of `QueryResponse`; raises `Refusal` 4000, 4001 or 2030."""
    query = parse(statement)
    kind = KINDS.get(query.entity.casefold())
    if kind is None:
        raise Refusal(faults.invalid_query(f"invalid context declaration: {query.entity}"))
    tests = [_test(kind, condition, now) for condition in query.conditions]
    if kind.name_field and not any(one.field.casefold() == "active" for one in query.conditions):
        tests.append(lambda row: bool(row.data.get("Active", True)))
    found = [row for row in _candidates(company, kind, query) if all(test(row) for test in tests)]
    if query.count:
        return {"totalCount": len(found)}
    return _page(kind, query, _ordered(kind, query.orders, found))


def _page(kind: Kind, query: Query, found: list[Row]) -> Json:
    rows = found[query.start - 1 : query.start - 1 + query.most]
    if not rows:
        return {}
    shown = [_projected(kind, query, row.data) for row in rows]
    answer: Json = {kind.name: shown, "startPosition": query.start, "maxResults": len(rows)}
    if kind.counted:
        answer["totalCount"] = len(found)
    return answer


def _projected(kind: Kind, query: Query, data: Json) -> Json:
    if not query.fields:
        return data
    chosen = {_known(kind, field).partition(".")[0] for field in query.fields}
    return {**{name: data[name] for name in data if name in chosen}, "domain": "QBO", "sparse": True}


def _candidates(company: Company, kind: Kind, query: Query) -> Iterable[Row]:
    """Use an index where a condition names Id, DocNumber or a name exactly; otherwise look at every row."""
    for one in query.conditions:
        if one.operator not in ("=", "IN"):
            continue
        field = _known(kind, one.field)
        if field == "Id":
            found = (company.store.get(kind.name, value) for value in dict.fromkeys(one.values))
            return [row for row in found if row is not None]
        if field in INDEXED and all(value.strip() for value in one.values):
            hits = [row for value in one.values for row in company.store.find(kind.name, field, value)]
            return list({row.id: row for row in hits}.values())
    return company.store.rows(kind.name)


def _known(kind: Kind, field: str) -> str:
    """Return a property's real spelling (names compare without case); raises `Refusal` 4001 when there is none."""
    wanted = field.casefold()
    for name in (*kind.queryable, *shape(kind.name).members):
        if name.casefold() == wanted:
            return str(name)
    raise Refusal(faults.invalid_query(f"Property {field} not found for Entity {kind.name}"))


def _queryable(kind: Kind, field: str) -> str:
    name = _known(kind, field)
    if name not in kind.queryable:
        raise Refusal(faults.invalid_query(f"property '{field}' is not queryable"))
    return name


def _test(kind: Kind, condition: Condition, now: datetime) -> Callable[[Row], bool]:
    field = _queryable(kind, condition.field)
    if field == "Id":
        _check_ids(condition)
    values = [clock.today(now) if value.upper() == "CURRENT_DATE" else value for value in condition.values]
    if condition.operator == "LIKE":
        pattern = re.compile(".*".join(re.escape(part) for part in values[0].split("%")), re.IGNORECASE | re.DOTALL)
        return lambda row: bool(pattern.fullmatch(str(_value(row.data, field) or "")))
    if condition.operator == "IN":
        return lambda row: any(_holds(_value(row.data, field), "=", value) for value in values)
    return lambda row: _holds(_value(row.data, field), condition.operator, values[0])


def _check_ids(condition: Condition) -> None:
    if condition.operator not in ("=", "IN"):
        raise Refusal(faults.invalid_query(f"operator {condition.operator} is not supported for property 'Id'"))
    for value in condition.values:
        if not value.isdecimal():
            raise Refusal(faults.invalid_id(value), timed=False)


def _value(data: Json, field: str) -> Any:
    """Return what a property compares as: a reference's value, an address's text, a time as a datetime."""
    if field.startswith("MetaData."):
        metadata = data["MetaData"]
        return datetime.fromisoformat(metadata.get(field.partition(".")[2]) or metadata["CreateTime"])
    value = data.get(field)
    if isinstance(value, dict):
        return value.get("value", value.get("Address"))
    return value


def _holds(value: Any, operator: str, text: str) -> bool:
    """Compare one value with a text of the statement, as the value's own type; text compares without case."""
    if value is None:
        return (operator == "=") == (not text.strip()) if operator in ("=", "!=") else False
    if isinstance(value, bool):
        return COMPARE[operator](str(value).lower(), text.lower())
    if isinstance(value, datetime):
        return COMPARE[operator](value, _moment(text))
    if isinstance(value, (int, Decimal)):
        return COMPARE[operator](Decimal(value), _decimal(text))
    return COMPARE[operator](str(value).casefold(), text.casefold())


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(faults.invalid_query(f"value {text} is not a valid date")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.PACIFIC)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Refusal(faults.invalid_query(f"value {text} is not a valid number")) from None


def _ordered(kind: Kind, orders: tuple[Order, ...], rows: list[Row]) -> list[Row]:
    """Sort as asked; without ORDERBY transactions by LastUpdatedTime descending, lists by name, bytewise."""
    if not orders:
        if kind.transaction:
            return sorted(rows, key=_last_change, reverse=True)
        return sorted(rows, key=lambda row: str(row.data.get(kind.sort_field, row.id)).encode())
    for order in reversed(orders):
        field = _queryable(kind, order.field)
        rows = sorted(rows, key=lambda row, field=field: _sort_key(row.data, field), reverse=order.descending)  # type: ignore[misc]
    return rows


def _last_change(row: Row) -> tuple[datetime, int]:
    return _value(row.data, "MetaData.LastUpdatedTime"), row.changed


def _sort_key(data: Json, field: str) -> tuple[int, Any]:
    """Order absent values first, ids and amounts by number, everything else (DocNumber too) as text."""
    value = _value(data, field)
    if value is None:
        return 0, 0
    if field == "Id":
        return 1, int(value)
    if isinstance(value, datetime):
        return 1, value
    return 1, value if isinstance(value, (int, Decimal)) else str(value)
