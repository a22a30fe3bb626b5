"""What each type may hold: Intuit's documented fields, and members that recordings and SDK classes show besides.

`documented.json` is Intuit's own list of 745 types, `observed.json` what is known of the same classes from elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

TEXT, NUMBER, BOOLEAN, DATE, MOMENT, OBJECT, ANY = "text", "number", "boolean", "date", "moment", "object", "any"
SCALARS = {
    "Decimal": NUMBER,
    "BigDecimal": NUMBER,
    "Integer": NUMBER,
    "Positive Integer": NUMBER,
    "Boolean": BOOLEAN,
    "boolean": BOOLEAN,
    "Date": DATE,
    "NameValue pairs": ANY,
    "": ANY,
    "Internal use": ANY,
}
CLASSES = {"AccountBasedExpense": "AccountBasedExpenseLineDetail", "CurrencyRefType": "ReferenceType"}
LENGTH = re.compile(r"(?:max|maximum|exactly)\D{0,25}(\d{1,5})\s*(?:chars?|characters)?\b(?! digits)", re.IGNORECASE)
PLAIN_LENGTH = re.compile(r"\A(\d{1,5}) chars\Z")
REFERENCE = "ReferenceType"
ADDRESS = "PhysicalAddress"


@dataclass(frozen=True)
class Member:
    """One field: its sort, the documented types of an object, whether it is a list, and its rules."""

    name: str
    sort: str
    types: tuple[str, ...] = ()
    many: bool = False
    most: int | None = None
    read_only: bool = False
    required: bool = False


@dataclass(frozen=True)
class Shape:
    """A class of Intuit's schema; `open` means that members nobody listed are let through."""

    name: str
    members: Mapping[str, Member]
    open: bool = False


def shape(entity: str) -> Shape:
    """Return an entity's shape; raises `KeyError` for one that neither file knows."""
    return shape_of((entity,))


@cache
def shape_of(types: tuple[str, ...]) -> Shape:
    """Return the shape of a type, or of several that may stand in the same place (the lines of an invoice)."""
    members: dict[str, Member] = {}
    for name in types:
        for fields, (sort, rules) in _documented().get(name, {}).items():
            for field in fields.split():  # "Hours Minutes" are documented in one row
                members.setdefault(field, _member(field, sort, rules))
    classes = dict.fromkeys(class_name(name) for name in types)
    observed = [_observed()["classes"][one] for one in classes if one in _observed()["classes"]]
    for one in observed:
        for field in _inherited(one):
            members.setdefault(field, _guessed(field))
    if not members:
        raise KeyError(types)
    for one in classes:
        _correct(members, one)
    if any(one.get("untyped", False) for one in observed):  # Preferences are posted back as they were read
        members = {field: Member(field, ANY, read_only=one.read_only) for field, one in members.items()}
    open_ = not observed or any(one.get("open", False) for one in observed)
    return Shape(next(iter(classes)), members, open_)


def _correct(members: dict[str, Member], name: str) -> None:
    """Put right what the documentation says of a class: lengths, and members that a create may set all the same."""
    for field, most in _observed()["lengths"].get(name, {}).items():
        members[field] = replace(members[field], sort=TEXT, most=most)
    for field in _observed()["writable"].get(name, ()):
        members[field] = replace(members[field], read_only=False)


def class_name(type_name: str) -> str:
    """Return the schema class behind a documented type: `Bill_VendorRef_ReferenceType` is a `ReferenceType`."""
    last = type_name.rpartition("_")[2]
    if last in CLASSES:
        return CLASSES[last]
    if last.endswith("Line") or (last.endswith("LinkedTxn") and last != "LinkedTxn"):
        return "Line"
    return REFERENCE if last.endswith("Ref") else last


def _member(name: str, sort: str, rules: str) -> Member:
    types = _documented_types(sort)
    if not types and sort not in SCALARS and name in _observed()["members"]:
        sort = _observed()["members"][name]  # documented by the name of its class alone
        types = _documented_types(sort)
    kind = _sort(name, sort, types)
    if kind == OBJECT and not types:
        types = (REFERENCE,)
    return Member(
        name,
        kind,
        types if kind == OBJECT else (),
        many=name in _observed()["lists"],
        most=_most(rules) if kind == TEXT else None,
        read_only="read only" in rules,
        required=rules.startswith("* Required") and "update" not in rules,
    )


def _documented_types(sort: str) -> tuple[str, ...]:
    """Return the types that a field may hold: one, or several as in a bill's lines."""
    return tuple(part for part in sort.split(" | ") if part in _documented())


def _sort(name: str, sort: str, types: tuple[str, ...]) -> str:
    if name.endswith(("Date", "DateTime", "Time")) and sort.endswith(("_Date", "Date")):
        return DATE
    if sort.endswith(("_DateTime", "DateTime")):
        return MOMENT
    if types:
        return OBJECT
    if sort in SCALARS:
        return SCALARS[sort]
    return OBJECT if sort == REFERENCE or name.endswith("Ref") else TEXT


def _guessed(name: str) -> Member:
    """Say what a member holds of which only the name is known."""
    many = name in _observed()["lists"]
    if name in _observed()["members"]:
        return _member(name, _observed()["members"][name], "")
    if name in _observed()["classes"]:
        return Member(name, OBJECT, (name,), many)
    if name.endswith("Ref"):
        return Member(name, OBJECT, (REFERENCE,), many)
    if name.endswith("Addr") and name not in ("PrimaryEmailAddr", "WebAddr"):
        return Member(name, OBJECT, (ADDRESS,), many)
    return Member(name, ANY, (), many)


def _most(rules: str) -> int | None:
    for part in rules.split(" ,"):
        text = part.removeprefix("max character:").strip()
        found = LENGTH.search(text) or PLAIN_LENGTH.match(text)
        if part.startswith("max character:") and found and "digits" not in text:
            return int(found.group(1))
    return None


def _inherited(observed: dict[str, Any]) -> Iterator[str]:
    for base in observed.get("bases", ()):
        yield from _observed()["bases"][base]
    yield from observed.get("members", ())


@cache
def _documented() -> dict[str, dict[str, list[str]]]:
    types: dict[str, dict[str, list[str]]] = _loaded("documented.json")["types"]
    return types | {"Exchangerate": {}, "ExchangeRate": types["Exchangerate"] | {"AsOfDate": ["Date", ""]}}


@cache
def _observed() -> dict[str, Any]:
    return _loaded("observed.json")


def _loaded(name: str) -> dict[str, Any]:
    text = resources.files("connectors.quickbooks.sandbox.schema").joinpath(name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
