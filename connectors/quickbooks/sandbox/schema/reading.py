"""A sent body read by its shape: what is absent dropped, texts and numbers in their own types, every fault of form.

Clients in the field send nulls, empty strings, numbers as texts and whole read objects (qbo-facts 8.3, 12.15); all of
that is read. A member nobody knows is refused (2010), as recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.schema import shapes
from connectors.quickbooks.sandbox.schema.shapes import Member, Shape
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Fault, Refusal

FRAME = frozenset({"Id", "SyncToken", "MetaData", "domain", "sparse", "status"})
ZERO_DAY = "0001-01-01"  # what .NET and Go write for a date that was never set
DATE_TEXT = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2}|T.*)?\Z")
LIMIT = Decimal(10) ** 12  # documented: prices up to 99999999999
SHOWN = {"CustomerMemo.value": "Customer Memo"}  # recorded: the element is the label of the form
DEEPEST = 24  # far deeper than any documented type; a body nested deeper is refused, not followed


@dataclass
class _Reading:
    """The faults of one body; an unknown member hides all others, as QuickBooks' parser stops there."""

    sparse: bool
    faults: list[Fault] = field(default_factory=list)


class _Unreadable(Exception):  # noqa: N818 - leaves the recursion, never this module
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def read(entity: str, body: Json, *, sparse: bool = False) -> tuple[Json, list[Fault]]:
    """Return the draft a body describes and its faults: 2010 alone, or 2050, 2060, 2090 together.

    A sparse update keeps the empty strings of its first level, because there they clear a field.
    """
    reading = _Reading(sparse)
    try:
        draft = _object(reading, shapes.shape(entity), body, "", 0)
    except _Unreadable as stopped:
        return {}, [stopped.fault]
    return draft, reading.faults


def missing(required: tuple[str, ...], draft: Json) -> list[Fault]:
    """Return a 2020 for each required member that is absent or an empty list."""
    return [faults.missing(name) for name in required if draft.get(name) in (None, "", [])]


def day(text: Any, name: str) -> str:
    """Return the date part of a date text; raises `Refusal` 2060 when it is no date."""
    found = DATE_TEXT.match(str(text))
    try:
        return date.fromisoformat(found.group(1)).isoformat() if found else _no_date(text, name)
    except ValueError:
        return _no_date(text, name)


def truth(value: object) -> bool:
    return value is True or str(value).lower() == "true"


def _no_date(text: Any, name: str) -> str:
    raise Refusal(faults.invalid_date(name, str(text)))


def _object(reading: _Reading, shape: Shape, value: Any, path: str, depth: int) -> Json:
    if not isinstance(value, dict) or depth > DEEPEST:
        raise _Unreadable(faults.wrong_type() if isinstance(value, str) else faults.unreadable())
    read_members = dict(_members(reading, shape, value, path, depth))
    return _of_one_kind(read_members) if "DetailType" in read_members else read_members


def _of_one_kind(line: Json) -> Json:
    """Return a line without the details of other kinds of line: Go's client writes all of them, empty."""
    own = "DescriptionLineDetail" if line["DetailType"] == "DescriptionOnly" else line["DetailType"]
    return {name: value for name, value in line.items() if not name.endswith("LineDetail") or name == own}


def _members(reading: _Reading, shape: Shape, value: Json, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    for name, item in value.items():
        member = shape.members.get(name)
        if member is None:
            if not shape.open:
                raise _Unreadable(faults.unknown_property(name, shape.name, tuple(shape.members)))
            member = Member(name, shapes.ANY)
        if item is None or (member.read_only and not path and name not in FRAME):
            continue
        if item == "" and not (reading.sparse and not path):
            continue
        if member.sort in (shapes.DATE, shapes.MOMENT) and str(item).startswith(ZERO_DAY):
            continue
        read_value = _value(reading, member, item, path + name, depth)
        if not _empty_reference(member, read_value):
            yield name, read_value


def _empty_reference(member: Member, value: Any) -> bool:
    """A reference without a value counts as not sent; python-quickbooks writes such."""
    return member.name.endswith("Ref") and isinstance(value, dict) and value.get("value") in (None, "")


def _value(reading: _Reading, member: Member, item: Any, path: str, depth: int) -> Any:
    if member.many:
        if item != "" and not isinstance(item, list):
            raise _Unreadable(faults.unreadable())
        return [_single(reading, member, one, path, depth) for one in item or () if one is not None]
    if isinstance(item, list) and member.sort != shapes.ANY:
        raise _Unreadable(faults.unreadable())
    return item if item == "" else _single(reading, member, item, path, depth)


def _single(reading: _Reading, member: Member, item: Any, path: str, depth: int) -> Any:
    if member.sort == shapes.OBJECT:
        return _object(reading, shapes.shape_of(member.types), item, path + ".", depth + 1)
    if member.sort == shapes.ANY:
        return _anything(item, depth + 1)
    if isinstance(item, (dict, list)):
        raise _Unreadable(faults.unreadable())
    if member.sort == shapes.BOOLEAN:
        return _boolean(item)
    if member.sort == shapes.NUMBER:
        return _number(reading, item, path)
    return _text(reading, member, item, path)


def _anything(item: Any, depth: int) -> Any:
    """Pass on a member of unknown shape, without nulls and empty texts."""
    if depth > DEEPEST:
        raise _Unreadable(faults.unreadable())
    if isinstance(item, dict):
        return {key: _anything(one, depth + 1) for key, one in item.items() if one is not None and one != ""}
    return [_anything(one, depth + 1) for one in item if one is not None] if isinstance(item, list) else item


def _boolean(item: Any) -> bool:
    if isinstance(item, bool) or str(item).lower() in ("true", "false"):
        return truth(item)
    raise _Unreadable(faults.unreadable())


def _number(reading: _Reading, item: Any, path: str) -> Any:
    """Read a number sent bare or as text ("100.00": accepted, qbo-facts 11.16)."""
    try:
        number: Decimal | int = item if type(item) is int else Decimal(str(item).strip())
    except InvalidOperation:
        reading.faults.append(faults.invalid_number(path, str(item)))
        return 0
    if not Decimal(number).is_finite() or abs(Decimal(number)) >= LIMIT:
        reading.faults.append(faults.invalid_number(path, str(item)))
        return 0
    return number


def _text(reading: _Reading, member: Member, item: Any, path: str) -> str:
    text = str(item).lower() if isinstance(item, bool) else str(item)
    if member.sort == shapes.DATE:
        return _date(reading, text, path)
    if member.sort == shapes.MOMENT:
        return _moment(reading, text, path)
    if member.most is not None and len(text) > member.most:
        reading.faults.append(faults.wrong_length(SHOWN.get(path, path), 0, member.most, len(text)))
    return text


def _date(reading: _Reading, text: str, path: str) -> str:
    try:
        return day(text, path)
    except Refusal as refusal:
        reading.faults.extend(refusal.faults)
        return ""


def _moment(reading: _Reading, text: str, path: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        reading.faults.append(faults.invalid_date(path, text))
    return text
