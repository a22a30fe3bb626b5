"""The local books of a random firm: plain rows in the reference schema, and what we know of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, delete, event, insert, update

from connectors.documents import DocumentKind
from connectors.local import reference

TABLES = {kind: reference.metadata.tables[f"{kind.value}s"] for kind in DocumentKind}
PARTS = {DocumentKind.INVOICE: reference.invoice_lines, DocumentKind.PAYMENT: reference.payment_allocations}

Key = tuple[DocumentKind, str]
Line = tuple[str | None, Decimal, Decimal]  # service, quantity, unit price


class Standing(StrEnum):
    HIDDEN = "hidden"  # a draft: no query of ours sees it
    LIVE = "live"
    REMOVED = "removed"  # cancelled, or with a deleted_at
    GONE = "gone"  # the row itself is no more


@dataclass
class Row:
    """One record of the books. `number` "" where the kind has none."""

    kind: DocumentKind
    key: str
    total: Decimal = Decimal(0)
    number: str = ""
    customer: str = ""
    standing: Standing = Standing.LIVE
    lines: Sequence[Line] = ()
    parts: dict[str, Decimal] = field(default_factory=dict)
    needs: tuple[Key, ...] = ()  # what it names
    ailing: bool = False  # written or changed so that it may rightly be refused

    @property
    def id(self) -> Key:
        return self.kind, self.key


class Books:
    """Writes rows by plain SQL, each action in a transaction of its own, as an application would."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self.rows: dict[Key, Row] = {}
        self._engine = engine
        tell_time(engine, now)

    def of(self, kind: DocumentKind, *standings: Standing) -> list[Row]:
        wanted = standings or (Standing.LIVE,)
        return [row for row in self.rows.values() if row.kind is kind and row.standing in wanted]

    def add(self, row: Row, values: Mapping[str, Any], changed: datetime | None = None) -> None:
        """`changed`: the time of change that a transaction wrote which was committed only now."""
        self.rows[row.id] = row
        with self._engine.begin() as connection:
            connection.execute(insert(TABLES[row.kind]).values(id=row.key, **values))
            self._write_parts(connection, row)
            if changed is not None:
                own = TABLES[row.kind]
                connection.execute(update(own).where(own.c.id == row.key).values(updated_at=changed.astimezone(UTC)))

    def change(self, row: Row, *, parts: bool = False, **values: Any) -> None:
        own = TABLES[row.kind]
        with self._engine.begin() as connection:
            if values:
                connection.execute(update(own).where(own.c.id == row.key).values(**values))
            if parts:
                self._clear_parts(connection, row)
                self._write_parts(connection, row)

    def drop(self, row: Row) -> None:
        """Delete the row itself, which no application should."""
        row.standing = Standing.GONE
        with self._engine.begin() as connection:
            self._clear_parts(connection, row)
            connection.execute(delete(TABLES[row.kind]).where(TABLES[row.kind].c.id == row.key))

    def _clear_parts(self, connection: Connection, row: Row) -> None:
        if row.kind in PARTS:
            table = PARTS[row.kind]
            connection.execute(delete(table).where(table.c[f"{row.kind.value}_id"] == row.key))

    def _write_parts(self, connection: Connection, row: Row) -> None:
        for position, (service, quantity, price) in enumerate(row.lines, start=1):
            line = {"service_id": service, "quantity": quantity, "unit_price": price}
            connection.execute(insert(reference.invoice_lines).values(invoice_id=row.key, position=position, **line))
        for invoice, amount in row.parts.items():
            part = {"payment_id": row.key, "invoice_id": invoice, "amount": amount}
            connection.execute(insert(reference.payment_allocations).values(**part))


def tell_time(engine: Engine, now: Callable[[], datetime]) -> None:
    """Let the triggers of a SQLite database, which move `updated_at`, read the simulated clock; and no commit waits for
    the disk, since no power cut is simulated.
    """

    def stamp(_form: str, _moment: str) -> str:
        return now().astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.create_function("strftime", 2, stamp)
        connection.execute("PRAGMA synchronous = OFF")
