"""A body in Intuit's XML read as the JSON it stands for; the shapes say what is a list and what is a reference."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.schema import shapes
from connectors.quickbooks.sandbox.schema.shapes import Member, Shape

BATCH, ITEM = "IntuitBatchRequest", "BatchItemRequest"
NOTHING = Shape("", {}, open=True)


def loads(body: bytes) -> Json:
    """Return the JSON body of an XML request; raises `ValueError` for text that is not XML."""
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise ValueError(str(error)) from error
    if _name(root) == BATCH:
        return {ITEM: [_batch_item(one) for one in root if _name(one) == ITEM]}
    return _entity(root)


def _batch_item(node: Element) -> Json:
    item: Json = dict(node.attrib)
    for child in node:
        name = _name(child)
        if name == "CDCQuery":
            item[name] = {_name(one): _own_text(one) for one in child}
        else:
            item[name] = _own_text(child) if name in ("Query", "ReportQuery") else _entity(child)
    return item


def _entity(node: Element) -> Json:
    try:
        shape = shapes.shape(_name(node))
    except KeyError:
        shape = NOTHING
    return _object(node, shape)


def _object(node: Element, shape: Shape) -> Json:
    read: Json = {name: text for name, text in node.attrib.items() if name in ("sparse", "domain", "status")}
    for child in node:
        name = _name(child)
        member = shape.members.get(name) or Member(name, shapes.ANY)
        value = _value(child, member)
        if member.many:
            read.setdefault(name, []).append(value)
        elif name in read:
            read[name] = [*_listed(read[name]), value]
        else:
            read[name] = value
    return read


def _value(node: Element, member: Member) -> Any:
    if member.sort in (shapes.OBJECT, shapes.ANY):
        if len(node):
            shape = shapes.shape_of(member.types) if member.types else NOTHING
            return _object(node, shape)
        if member.sort == shapes.OBJECT or node.attrib:
            attributes = {name: text for name, text in node.attrib.items() if name in ("name", "type")}
            return {"value": _own_text(node), **attributes} if _own_text(node) else {}
    return _own_text(node)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _own_text(node: Element) -> str:
    return (node.text or "").strip()


def _name(node: Element) -> str:
    """Return an element's name without its namespace; clients write the default one or `ns0:`."""
    return str(node.tag).rpartition("}")[2]
