"""The tables of the error queue, and column types that SQLite and PostgreSQL keep alike. Times are aware, in UTC."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from errors import facts as facts_as_json
from errors.problem import Fact, Phrase

CENT = Decimal("0.01")
PLACES = 6
UNIT = Decimal(10) ** PLACES
READING = "cuadre_reading"  # an option of a connection: it only reads, so on SQLite it waits for no writer


class State(StrEnum):
    """Where an error stands. Only an open one waits for a person."""

    OPEN = "open"
    SKIPPED = "skipped"
    SETTLED = "settled"
    DELETED = "deleted"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment. SQLite keeps no zone: there it is stored in UTC and read back as UTC.

    Raises:
        ValueError: (wrapped by SQLAlchemy as StatementError) the moment is naive.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; a stored moment must be aware")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - interface
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An exact amount that can be compared and summed: NUMERIC, and millionths as an integer on SQLite.

    Raises:
        ValueError: (wrapped by SQLAlchemy as StatementError) more than six decimal places, or no number.
    """

    impl = Numeric(20, PLACES)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else Numeric(20, PLACES))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not value.is_finite() or value * UNIT != (value * UNIT).to_integral_value():
            raise ValueError(f"{value} is no amount with at most {PLACES} decimal places")
        return int(value * UNIT) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        amount = Decimal(value) / UNIT if dialect.name == "sqlite" else Decimal(value)
        cents = amount.quantize(CENT)
        return cents if cents == amount else amount.normalize()


class Words(TypeDecorator[str]):
    """Text from anywhere. What PostgreSQL refuses (NUL, lone surrogates) is replaced: no row stops the queue."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - interface
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


class Facts(TypeDecorator[Mapping[str, Fact]]):
    """A problem's facts with their types (errors/facts.py)."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Fact] | None, dialect: Dialect) -> Any:  # noqa: ARG002 - interface
        return None if value is None else facts_as_json.dump(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Mapping[str, Fact]:  # noqa: ARG002 - interface
        return facts_as_json.load(value or {})


class Told(TypeDecorator[Phrase]):
    """A sentence that is translated when it is read, as JSON in a text; empty for none."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Phrase | None, dialect: Dialect) -> str:  # noqa: ARG002 - interface
        return "" if value is None else json.dumps(facts_as_json.dump({"told": value}))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Phrase | None:  # noqa: ARG002 - interface
        told = facts_as_json.load(json.loads(value))["told"] if value else None
        return told if isinstance(told, Phrase) else None


metadata = MetaData()
Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER column

errors = Table(
    "errors",
    metadata,
    Column("id", Id, primary_key=True),
    Column("company", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("category", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("facts", Facts, nullable=False),
    Column("fault_code", Words, nullable=False),
    Column("fault_detail", Words, nullable=False),
    Column("trace_id", Words, nullable=False),
    Column("http_status", Integer),
    Column("attempts", Integer, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("released_at", UtcDateTime),  # a resync is under way; its first failure counts as one more attempt
    Column("mailed_at", UtcDateTime),  # told in a mail: never told again
    Column("closed_at", UtcDateTime),
    Index(
        "errors_one_open_for_each_cause",
        "company",
        "kind",
        "category",
        "subject",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("errors_by_state", "state", "company", "category"),
    Index(
        "errors_untold",
        "state",
        "mailed_at",
        sqlite_where=text("state = 'open' AND mailed_at IS NULL"),
        postgresql_where=text("state = 'open' AND mailed_at IS NULL"),
    ),
    Index("errors_told", "mailed_at", "company"),
    Index("errors_first", "first_at"),
    sqlite_autoincrement=True,  # an id that a person has seen never names another error
)

blocked = Table(
    "blocked",
    metadata,
    Column("error_id", Id, ForeignKey("errors.id", ondelete="CASCADE"), primary_key=True),
    Column("document_kind", Words, primary_key=True),
    Column("local_id", Words, primary_key=True),
    Column("label", Words, nullable=False),
    Column("customer", Words, nullable=False),
    Column("amount", Money),
    Column("currency", Words, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("released_at", UtcDateTime),  # on its way again; it still counts as blocked until it got through
    Column("left_at", UtcDateTime),  # no longer blocked by this error; kept for its history
    Index("blocked_by_document", "document_kind", "local_id"),
)

actions = Table(
    "actions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("error_id", Id, ForeignKey("errors.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("action", Words, nullable=False),
    Column("value", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("applied_at", UtcDateTime),  # empty: an order that the next tick carries out
    Column("result", Told, nullable=False),
    Index("actions_at", "at", "id"),
    Index(
        "actions_waiting",
        "error_id",
        sqlite_where=text("applied_at IS NULL"),
        postgresql_where=text("applied_at IS NULL"),
    ),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Words, nullable=False, server_default=""),  # of message: a folder of errors/mails
    Column("key", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("html", Words, nullable=False),
    Column("message_id", Words, nullable=False),  # the part before the @: a mail sent twice is shown once
    Column("thread", Words, nullable=False, server_default=""),  # message_id of the conversation's first mail
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("refused_at", UtcDateTime),  # the server said never; it is asked again once a day
    Column("last_error", Words, nullable=False),
    UniqueConstraint("key", "recipient", name="outbox_once"),
    Index(
        "outbox_waiting",
        "not_before",
        sqlite_where=text("sent_at IS NULL"),
        postgresql_where=text("sent_at IS NULL"),
    ),
    Index("outbox_by_kind", "kind", "id"),
    sqlite_autoincrement=True,
)

# What people were told and wait to hear the end of: problems of a company, a company that stopped, a token that ends.
followups = Table(
    "followups",
    metadata,
    Column("topic", Words, primary_key=True),
    Column("name", Words, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("level", Integer, nullable=False),
)
