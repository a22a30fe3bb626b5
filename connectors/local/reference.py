"""The reference schema: tables that Cuadre makes, for an application that has none of its own to map.

An application writes rows here with plain SQL. Nothing is ever deleted: an invoice is cancelled, a payment, refund or
fee gets a `deleted_at`, a customer or service stops being `active`. `updated_at` is UTC and kept by the database
(reference_triggers.py). Keys are texts of up to 64 characters, so that any application's keys fit. A refund's payment
is no foreign key: refunds come from card processors too, for payments that were never entered here, and such a row
must become an error that somebody sees, not an insert that the application loses.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    true,
)
from sqlalchemy.schema import SchemaItem

from connectors.local.reference_types import MARIADB, Exact, Moment, PresentMoment

metadata = MetaData()

# Transactions, all of Unicode, and keys that differ in case are different keys, as on the other databases.
INNODB = {"engine": "InnoDB", "charset": "utf8mb4", "collate": "utf8mb4_bin"}
STORAGE: dict[str, Any] = {f"{dialect}_{name}": value for dialect in MARIADB for name, value in INNODB.items()}


def _table(name: str, *parts: SchemaItem | list[SchemaItem], timed: bool = True) -> Table:
    """A table with its parts; a synced one also gets `updated_at` and the index that polls go by."""
    items = [item for part in parts for item in (part if isinstance(part, list) else [part])]
    if timed:
        items += [
            Column("updated_at", Moment(), nullable=False, server_default=PresentMoment()),
            Index(f"{name}_by_change", "updated_at", "id"),
        ]
    return Table(name, metadata, *items, **STORAGE)


def _key() -> Column[str]:
    return Column("id", String(64), primary_key=True)


def _owner(name: str, table: str, *, needed: bool) -> Column[str]:
    """The key of a row of another table, which must exist."""
    return Column(name, String(64), ForeignKey(f"{table}.id"), nullable=not needed, index=True)


def _texts(**lengths: int) -> list[SchemaItem]:
    return [Column(name, String(length)) for name, length in lengths.items()]


def _name(table: str) -> list[SchemaItem]:
    return [
        Column("name", String(500), nullable=False),
        CheckConstraint("trim(name) <> ''", name=f"{table}_name_not_empty"),
        Column(
            "active", Boolean(create_constraint=True, name=f"{table}_active"), nullable=False, server_default=true()
        ),
    ]


def _number(table: str, name: str, rule: str, *, scale: int = 2, needed: bool = True) -> list[SchemaItem]:
    """A number with its rule; SQLite, which would take any text and any length, is told the other two."""
    exact = (
        f"typeof({name}) IN ('integer', 'real') AND abs({name}) < 1e{15 - scale} AND {name} = round({name}, {scale})"
    )
    return [
        Column(name, Exact(15, scale), nullable=not needed),
        CheckConstraint(f"{name} {rule}", name=f"{table}_{name}_in_range"),
        CheckConstraint(f"{name} IS NULL OR ({exact})", name=f"{table}_{name}_exact").ddl_if(dialect="sqlite"),
    ]


def _day(table: str, name: str, *, needed: bool) -> list[SchemaItem]:
    """A date; SQLite, which would take any text, is told that it must be one."""
    iso = f"{name} IS NULL OR {name} IS date(julianday({name}))"
    return [
        Column(name, Date, nullable=not needed),
        CheckConstraint(iso, name=f"{table}_{name}_is_date").ddl_if(dialect="sqlite"),
    ]


def _currency(table: str) -> list[SchemaItem]:
    """Three capital letters; each database has its own word for a pattern."""
    patterns = {"sqlite": "GLOB '[A-Z][A-Z][A-Z]'", "postgresql": "~ '^[A-Z]{3}$'"}
    patterns |= dict.fromkeys(MARIADB, "REGEXP '^[A-Z]{3}$' AND currency = upper(currency)")
    letters = [
        CheckConstraint(f"currency {pattern}", name=f"{table}_currency_letters").ddl_if(dialect=dialect)
        for dialect, pattern in patterns.items()
    ]
    rate = _number(table, "exchange_rate", "> 0", scale=10, needed=False)
    return [Column("currency", String(3)), *letters, *rate]


def _transaction(table: str, total: str) -> list[SchemaItem]:
    """What every money document has; empty `currency`: the company's home currency."""
    return [
        *_texts(number=64),
        *_day(table, "date", needed=True),
        *_number(table, "total", total),
        *_currency(table),
        Column("memo", Text),
    ]


def _deleted_at() -> Column[Any]:
    return Column("deleted_at", Moment())


customers = _table(
    "customers",
    _key(),
    _name("customers"),
    _texts(company_name=255, given_name=255, family_name=255, email=255, phone=64),
    _texts(address_line1=500, address_line2=500, city=255, region=255, postal_code=64, country=255),
    Column("notes", Text),
)

services = _table(
    "services",
    _key(),
    _name("services"),
    Column("description", Text),
    _number("services", "price", ">= 0", scale=6, needed=False),
    _texts(income_account=255),
)

invoices = _table(
    "invoices",
    _key(),
    _owner("customer_id", "customers", needed=True),
    _transaction("invoices", ">= 0"),
    _day("invoices", "due_date", needed=False),
    _texts(email=255, job=64, job_part=16),
    Column("status", String(16), nullable=False, server_default="draft"),
    CheckConstraint("status IN ('draft', 'issued', 'cancelled')", name="invoices_status_known"),
)

invoice_lines = _table(
    "invoice_lines",
    _owner("invoice_id", "invoices", needed=True),
    Column("position", Integer, nullable=False),
    _owner("service_id", "services", needed=False),
    Column("description", Text),
    _number("invoice_lines", "quantity", ">= 0", scale=6),
    _number("invoice_lines", "unit_price", ">= 0", scale=6),
    PrimaryKeyConstraint("invoice_id", "position"),
    timed=False,
)

payments = _table(
    "payments",
    _key(),
    _owner("customer_id", "customers", needed=True),
    _transaction("payments", "> 0"),
    _texts(method=64, reference=128, deposit_account=255),
    _deleted_at(),
)

payment_allocations = _table(
    "payment_allocations",
    _owner("payment_id", "payments", needed=True),
    _owner("invoice_id", "invoices", needed=True),
    _number("payment_allocations", "amount", "> 0"),
    PrimaryKeyConstraint("payment_id", "invoice_id"),
    timed=False,
)

refunds = _table(
    "refunds",
    _key(),
    _owner("customer_id", "customers", needed=True),
    Column("payment_id", String(64), nullable=False),
    _owner("service_id", "services", needed=False),
    _transaction("refunds", "> 0"),
    _texts(method=64, reference=128, from_account=255),
    _deleted_at(),
)

fees = _table(
    "fees",
    _key(),
    _owner("payment_id", "payments", needed=False),
    _owner("customer_id", "customers", needed=False),
    _transaction("fees", "> 0"),
    _texts(processor=255, from_account=255, expense_account=255),
    _deleted_at(),
)
