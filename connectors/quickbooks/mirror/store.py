"""The mirror's rows of one company: reading and writing them, no word of when. Each method is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, func, insert, select, update

from connectors.quickbooks.encoding import decode, encode
from connectors.quickbooks.mirror.shapes import ALONE, Row, gone, key, keys_of, moment, trimmed
from connectors.quickbooks.mirror.tables import freshness, keys, objects
from errors.tables import READING

CHUNK = 500  # values of one IN list


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """How much is known of one entity. Times: see tables.py."""

    entity: str
    complete_at: datetime | None
    asked_at: datetime
    checked_at: datetime
    queried_until: datetime | None


@dataclass(frozen=True)
class Kept:
    """A row as it is kept; a doubtful one may be deleted."""

    row: Row
    doubtful: bool


class Store:
    """One company's mirror."""

    def __init__(self, engine: Engine, company: str) -> None:
        self._engine = engine
        self._company = company

    # --- how fresh ----------------------------------------------------------------------------------------------------

    def freshness(self, realm: str) -> dict[str, Freshness]:
        """What is known of each entity of this realm that was ever asked for."""
        columns = [freshness.c[name] for name in Freshness.__dataclass_fields__]
        query = select(*columns).where(freshness.c.company == self._company, freshness.c.realm_id == realm)
        with self._reading() as connection:
            rows = connection.execute(query).mappings().all()
        return {row["entity"]: Freshness(**row) for row in rows}

    def note(self, realm: str, entity: str, known: Freshness) -> None:
        """What is known of an entity from here on."""
        with self._engine.begin() as connection:
            self._note(connection, realm, entity, known)

    def start(self, realm: str, entity: str, known: Freshness) -> None:
        """Forget all objects of an entity, before they are loaded or asked for by query."""
        with self._engine.begin() as connection:
            for table in (keys, objects):
                connection.execute(delete(table).where(self._of(table, realm, entity)))
            self._note(connection, realm, entity, known)

    def refreshed(self, realm: str, entities: Collection[str], asked_at: datetime, checked_at: datetime) -> None:
        """All changes of these entities up to this moment are in."""
        where = and_(
            freshness.c.company == self._company, freshness.c.realm_id == realm, freshness.c.entity.in_(entities)
        )
        with self._engine.begin() as connection:
            connection.execute(update(freshness).where(where).values(asked_at=asked_at, checked_at=checked_at))

    def expire(self, realm: str, moment: datetime) -> None:
        """All that has changes was looked at last at this moment, and no later."""
        where = and_(
            freshness.c.company == self._company, freshness.c.realm_id == realm, freshness.c.entity.not_in(ALONE)
        )
        with self._engine.begin() as connection:
            connection.execute(update(freshness).where(where).values(checked_at=moment))

    def _note(self, connection: Connection, realm: str, entity: str, known: Freshness) -> None:
        values = {name: getattr(known, name) for name in Freshness.__dataclass_fields__}
        connection.execute(delete(freshness).where(self._of(freshness, realm, entity)))
        connection.execute(insert(freshness).values(company=self._company, realm_id=realm, **values))

    # --- objects ------------------------------------------------------------------------------------------------------

    def save(self, realm: str, entity: str, rows: Sequence[Row]) -> None:
        """Put these objects in the place of what was known of them."""
        held = {str(row["Id"]): row for row in rows if "Id" in row and not gone(row)}
        with self._engine.begin() as connection:
            self._remove(connection, realm, entity, held)
            self._insert(connection, realm, entity, held)

    def drop(self, realm: str, entity: str, ids: Collection[str]) -> None:
        """Forget these objects."""
        with self._engine.begin() as connection:
            self._remove(connection, realm, entity, ids)

    def doubt(self, realm: str, entity: str, ids: Collection[str]) -> None:
        """Believe nothing of these objects until they were asked for."""
        with self._engine.begin() as connection:
            for some in _chunks(ids):
                where = and_(self._of(objects, realm, entity), objects.c.target_id.in_(some))
                connection.execute(update(objects).where(where).values(doubtful=True))

    def look(self, realm: str, entity: str, field: str, values: Collection[str]) -> list[Kept]:
        """The objects that have one of these values in a field, without case."""
        joined = objects.join(
            keys, and_(self._of(keys, realm, entity), keys.c.field == field, keys.c.target_id == objects.c.target_id)
        )
        query = select(objects.c.body, objects.c.doubtful).select_from(joined).where(self._of(objects, realm, entity))
        found: list[Kept] = []
        with self._reading() as connection:
            for some in _chunks({key(value) for value in values}):
                found += _kept(connection.execute(query.where(keys.c.value.in_(some)).distinct()).all())
        return found

    def all(self, realm: str, entity: str) -> list[Kept]:
        """Every object of an entity: for short lists."""
        query = select(objects.c.body, objects.c.doubtful).where(self._of(objects, realm, entity))
        with self._reading() as connection:
            return _kept(connection.execute(query.order_by(func.length(objects.c.target_id), objects.c.target_id)))

    def recent(self, realm: str, entity: str, field: str, prefix: str, limit: int) -> list[Row]:
        """The latest objects whose field begins so, the most recently entered first."""
        query = (
            select(objects.c.body)
            .join(keys, and_(self._of(keys, realm, entity), keys.c.target_id == objects.c.target_id))
            .where(self._of(objects, realm, entity), objects.c.doubtful.is_(False))
            .where(keys.c.field == field, keys.c.value.startswith(key(prefix), autoescape=True))
            .order_by(objects.c.created.desc(), func.length(objects.c.target_id).desc(), objects.c.target_id.desc())
            .limit(limit)
        )
        with self._reading() as connection:
            return [decode(body) for body in connection.execute(query).scalars()]

    def containing(self, realm: str, entity: str, text: str, limit: int) -> list[Row]:
        """Objects with this text in one of their keys, without case, those in doubt left out."""
        query = (
            select(objects.c.body)
            .join(keys, and_(self._of(keys, realm, entity), keys.c.target_id == objects.c.target_id))
            .where(self._of(objects, realm, entity), objects.c.doubtful.is_(False))
            .where(keys.c.value.contains(key(text), autoescape=True))
            .order_by(keys.c.value)
        )
        with self._reading() as connection:
            bodies = connection.execute(query.limit(2 * limit)).scalars()  # one may be found by name and by e-mail
            return [decode(body) for body in dict.fromkeys(bodies)][:limit]

    def _insert(self, connection: Connection, realm: str, entity: str, held: Mapping[str, Row]) -> None:
        named = {"company": self._company, "realm_id": realm, "entity": entity}
        values = [
            {
                **named,
                "target_id": target_id,
                "body": encode(trimmed(entity, row)),
                "created": moment(row, "CreateTime"),
                "updated": moment(row, "LastUpdatedTime"),
                "doubtful": False,
            }
            for target_id, row in held.items()
        ]
        found = [
            {**named, "target_id": target_id, "field": field, "value": value}
            for target_id, row in held.items()
            for field, value in keys_of(entity, row)
        ]
        for table, lines in ((objects, values), (keys, found)):
            if lines:
                connection.execute(insert(table), lines)

    def _remove(self, connection: Connection, realm: str, entity: str, ids: Collection[str]) -> None:
        for some in _chunks(ids):
            for table in (keys, objects):
                where = and_(self._of(table, realm, entity), table.c.target_id.in_(some))
                connection.execute(delete(table).where(where))

    def _reading(self) -> Connection:
        return self._engine.connect().execution_options(**{READING: True})

    def _of(self, table: Any, realm: str, entity: str) -> Any:
        return and_(table.c.company == self._company, table.c.realm_id == realm, table.c.entity == entity)


def _chunks(values: Collection[str]) -> Iterator[list[str]]:
    listed = sorted(values)
    return (listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK))


def _kept(rows: Any) -> list[Kept]:
    return [Kept(decode(body), doubtful) for body, doubtful in rows]
