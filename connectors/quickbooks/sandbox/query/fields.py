"""The properties of an entity as a statement names them: found without regard to case, read from an object, typed.

A property's keys are what it compares and sorts by: a tuple (rank, value), the rank keeping unlike types apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.schema import shapes
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

Key = tuple[int, Any]
ABSENT: Key = (0, 0)
RANKS = {shapes.BOOLEAN: 1, shapes.NUMBER: 2, shapes.TEXT: 3, shapes.DATE: 3, shapes.MOMENT: 4}
INSIDE = ("value", "Address", "FreeFormNumber", "URI")  # what a reference, an address or a number compares as


@dataclass(frozen=True)
class Field:
    """A property: its name as listed, its way through the object, and its sort (`schema.shapes`)."""

    name: str
    path: tuple[str, ...]
    sort: str

    @property
    def rank(self) -> int:
        return RANKS[self.sort]

    @property
    def alike(self) -> bool:
        """Whether it sorts as it compares; text does not, because of case."""
        return self.sort in (shapes.NUMBER, shapes.DATE, shapes.MOMENT)

    @property
    def single(self) -> bool:
        """Whether an object has one value at most; a way through a list may lead to several."""
        return len(self.path) < 3

    def keys(self, data: Json) -> tuple[Key, ...]:
        """Return what the property compares as, text without case; several below a list, `ABSENT` without any."""
        return tuple(_key(self, value) for value in _values(data, self.path)) or self._without()

    def order(self, data: Json) -> Key:
        """Return what the property sorts as: text bytewise ("PG&E" before "Pam Seitz", qbo-facts section 4)."""
        value = next(_values(data, self.path), None)
        if value is None:
            return self._without()[0]
        return (3, str(value)) if self.rank == 3 else _key(self, value)

    def _without(self) -> tuple[Key, ...]:
        # Every list object is active unless it says otherwise.
        return ((1, True),) if self.name == "Active" else (ABSENT,)


def queryable(kind: Kind, spelled: str) -> Field:
    """Return a property that may be filtered and sorted by; raises `Refusal` 4001 for any other."""
    return _queryable(kind.name, spelled)


def listed(kind: Kind, spelled: str) -> tuple[str, ...]:
    """Return the way to a property that may stand after SELECT; raises `Refusal` 4001 when the entity has none."""
    first, *rest = spelled.removesuffix(".*").split(".")
    return (_member(BY_NAME[kind.name], first, spelled), *rest)


@lru_cache(maxsize=4096)
def _queryable(entity: str, spelled: str) -> Field:
    kind = BY_NAME[entity]
    wanted = spelled.casefold()
    for name in kind.queryable:
        path = tuple(name.split("."))
        if wanted in (name.casefold(), *(f"{name}.{inside}".casefold() for inside in INSIDE)):
            return Field(name, path, _sort(kind, name))
        if wanted == f"{name}.name".casefold() and name.endswith("Ref"):
            return Field(f"{name}.name", (*path, "name"), shapes.TEXT)
    _member(kind, spelled.partition(".")[0], spelled)
    raise Refusal(faults.invalid_query(f"property '{spelled}' is not queryable"))


def _member(kind: Kind, first: str, spelled: str) -> str:
    """Return the real spelling of a member; raises `Refusal` 4001 when the entity has none of this name."""
    for name in (*shapes.shape(kind.name).members, *(name.partition(".")[0] for name in kind.queryable)):
        if name.casefold() == first.casefold():
            return name
    raise Refusal(faults.invalid_query(f"Property {spelled} not found for Entity {kind.name}"))


def _sort(kind: Kind, name: str) -> str:
    if name == "Id":
        return shapes.NUMBER
    if name.startswith("MetaData."):
        return shapes.MOMENT
    member = shapes.shape(kind.name).members.get(name)
    return member.sort if member is not None and member.sort in RANKS else shapes.TEXT


def _values(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    for depth, name in enumerate(path):
        if isinstance(value, list):
            for one in value:
                yield from _values(one, path[depth:])
            return
        if not isinstance(value, dict):
            return
        found = value.get(name)
        if found is None:
            # An account answers no LastUpdatedTime at first; `EntityRef.Type` is written `type`.
            found = value.get("CreateTime" if name == "LastUpdatedTime" else name[:1].lower() + name[1:])
        value = found
    if isinstance(value, dict):
        value = next((value[inside] for inside in INSIDE if inside in value), None)
    if value is not None:
        yield value


def _key(field: Field, value: Any) -> Key:
    rank = field.rank
    if field.name == "Id":
        return rank, int(value) if value.isdecimal() else 0
    if rank == 4:
        return rank, datetime.fromisoformat(value)
    if rank == 2:
        return (rank, value) if isinstance(value, (Decimal, int)) else ABSENT
    if rank == 1:
        return rank, str(value).lower() == "true"
    return rank, str(value).casefold()
