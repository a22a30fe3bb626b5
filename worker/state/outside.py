"""Tables for machines that speak to Cuadre: their keys, what QuickBooks told us, and how each loop of ours goes."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, String, Table

from errors.tables import UtcDateTime, Words

metadata = MetaData()

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(8), primary_key=True),  # the first part of the key, which is no secret
    Column("name", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),  # SHA-256 of the whole key: 256 random bits need no slow hash
    Column("scopes", String(100), nullable=False),  # with spaces between
    Column("created_at", UtcDateTime, nullable=False),
    Column("created_by", Words, nullable=False),
    Column("seen_at", UtcDateTime),
)

webhook_events = Table(
    "webhook_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # what makes a replay the same event
    Column("realm_id", String(32), nullable=False),
    Column("entity", String(32), nullable=False),  # in small letters, as CloudEvents write it
    Column("target_id", String(64), nullable=False),
    Column("operation", String(16), nullable=False),
    Column("happened_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime),
    Column("result", String(16), nullable=False, server_default=""),  # ours | elsewhere, once handled
    Index("webhook_events_waiting", "realm_id", "handled_at"),
    Index("webhook_events_received", "received_at"),
    sqlite_autoincrement=True,
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("loop", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
