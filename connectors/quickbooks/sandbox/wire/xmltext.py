"""Intuit's XML: the same objects as in JSON, as elements; what the Ruby, PHP, Java and .NET clients speak.

References are elements with text and a `name` attribute, lists are repeated elements, `domain`, `sparse` and `status`
are attributes, and an object's own members come after those that every object has (recorded invoices and bills).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire.jsontext import MONEY_FIELDS, number_text

NAMESPACE = "http://schema.intuit.com/finance/v3"
PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
OBJECT_ATTRIBUTES = ("domain", "status", "sparse")
ATTRIBUTES = {
    "QueryResponse": ("startPosition", "maxResults", "totalCount"),
    "BatchItemResponse": ("bId",),
    "Fault": ("type",),
    "Error": ("code", "element"),
    "Row": ("type", "group"),
    "ColData": ("value", "id", "href"),
}
REFERENCE = {"value", "name", "type"}


def dumps(body: Json) -> str:
    """Write an answer; a report stands alone, everything else inside IntuitResponse with its time."""
    if "Header" in body and "Columns" in body:
        return f'{PROLOGUE}<Report xmlns="{NAMESPACE}">{"".join(_children(body))}</Report>'
    body = _accounting_shape(body)
    time = f" time={quoteattr(str(body['time']))}" if "time" in body else ""
    inside = "".join(_element(name, value) for name, value in body.items() if name != "time")
    return f'{PROLOGUE}<IntuitResponse xmlns="{NAMESPACE}"{time}>{inside}</IntuitResponse>'


def _accounting_shape(body: Json) -> Json:
    """Write the gateway's lower-case fault, and the nested answer of change data capture, as their XML twins."""
    if "fault" in body:
        errors = [
            {"code": one["code"], "Message": one["message"], **({"Detail": one["detail"]} if one["detail"] else {})}
            for one in body["fault"]["error"]
        ]
        return {"Fault": {"type": body["fault"]["type"], "Error": errors}}
    return body


def _element(name: str, value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "".join(_element(name, one) for one in value)
    if not isinstance(value, dict):
        return f"<{name}>{escape(_text(name, value))}</{name}>"
    if value.keys() <= REFERENCE and "value" in value and name != "ColData":
        attributes = _attributes(value, ("name", "type"))
        return f"<{name}{attributes}>{escape(str(value['value']))}</{name}>"
    if value.keys() == {"any"}:
        return f"<{name}>{''.join(_element('NameValue', one['value']) for one in value['any'])}</{name}>"
    names = ATTRIBUTES.get(name, OBJECT_ATTRIBUTES)
    inside = "".join(_children({key: one for key, one in value.items() if key not in names}))
    opened = f"<{name}{_attributes(value, names)}"
    return f"{opened}>{inside}</{name}>" if inside else f"{opened}/>"


def _children(value: Json) -> Iterator[str]:
    for key in _in_order(list(value)):
        yield _element(key, value[key])


def _in_order(names: list[str]) -> Iterable[str]:
    """An object begins with its Id; what JSON puts before it comes last."""
    start = names.index("Id") if "Id" in names and "SyncToken" in names else 0
    return [*names[start:], *names[:start]]


def _attributes(value: Json, names: Iterable[str]) -> str:
    present = (name for name in names if value.get(name) is not None)
    return "".join(f" {name}={quoteattr(_text(name, value[name]))}" for name in present)


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return number_text(value, money=name in MONEY_FIELDS)
    return "" if value is None else str(value)
