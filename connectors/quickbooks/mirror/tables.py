"""The tables of the mirror and of the meter. Rows of one realm mean nothing in another."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table

from errors.tables import UtcDateTime, Words

metadata = MetaData()

objects = Table(
    "quickbooks_objects",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("realm_id", String(32), primary_key=True),
    Column("entity", String(32), primary_key=True),
    Column("target_id", String(64), primary_key=True),
    Column("body", Words, nullable=False),  # JSON, only the fields of shapes.py
    Column("created", UtcDateTime),
    Column("updated", UtcDateTime),
    Column("doubtful", Boolean, nullable=False),  # said to be deleted: nothing is believed of it until it was asked for
)

keys = Table(
    "quickbooks_keys",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("realm_id", String(32), primary_key=True),
    Column("entity", String(32), primary_key=True),
    Column("field", String(32), primary_key=True),
    Column("value", Words, primary_key=True),  # without case, as QuickBooks compares
    Column("target_id", String(64), primary_key=True),
    Index("quickbooks_keys_of_an_object", "company", "realm_id", "entity", "target_id"),
)

freshness = Table(
    "quickbooks_freshness",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("realm_id", String(32), primary_key=True),
    Column("entity", String(32), primary_key=True),
    Column("complete_at", UtcDateTime),  # empty: being loaded, or loading was cut short
    Column("asked_at", UtcDateTime, nullable=False),  # by QuickBooks' clock: all changes up to then are in
    Column("checked_at", UtcDateTime, nullable=False),  # the same moment by ours
    Column("queried_until", UtcDateTime),  # not mirrored until then: too many objects, or no changes to be had
)

calls = Table(
    "quickbooks_calls",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("realm_id", String(32), primary_key=True),
    Column("month", String(7), primary_key=True),  # "2026-03", UTC
    Column("kind", String(16), primary_key=True),  # meter.py: Kind
    Column("calls", Integer, nullable=False),
)
