"""Triggers that move `updated_at`: of a row that changed, and of an invoice or payment whose lines or allocations did.

A statement that writes `updated_at` itself is left alone (imports, restores).
"""

# ruff: noqa: S608 - constants of this file, no input

from __future__ import annotations

from collections.abc import Iterator

from connectors.local.reference_types import NOW

TIMED = ("customers", "services", "invoices", "payments", "refunds", "fees")
PARTS = {"invoice_lines": ("invoices", "invoice_id"), "payment_allocations": ("payments", "payment_id")}
EVENTS = {"INSERT": ("NEW",), "UPDATE": ("NEW", "OLD"), "DELETE": ("OLD",)}


def statements(dialect: str) -> Iterator[str]:
    """What to run, again and again if need be: every statement replaces or keeps what is there."""
    if dialect == "postgresql":
        yield from _postgresql()
    else:
        now = NOW[dialect]
        for table in TIMED:
            yield _sqlite_touch(table, now) if dialect == "sqlite" else _mariadb_touch(table, now)
        for table, (parent, column) in PARTS.items():
            for event, rows in EVENTS.items():
                yield _part(table, event, rows, parent, column, now)


def _sqlite_touch(table: str, now: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_touched AFTER UPDATE ON {table} FOR EACH ROW "
        f"WHEN NEW.updated_at IS OLD.updated_at BEGIN "
        f"UPDATE {table} SET updated_at = {now} WHERE id = NEW.id; END"
    )


def _mariadb_touch(table: str, now: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_touched BEFORE UPDATE ON {table} FOR EACH ROW "
        f"SET NEW.updated_at = IF(NEW.updated_at <=> OLD.updated_at, {now}, NEW.updated_at)"
    )


def _part(table: str, event: str, rows: tuple[str, ...], parent: str, column: str, now: str) -> str:
    """SQLite and MariaDB say it alike."""
    updates = " ".join(f"UPDATE {parent} SET updated_at = {now} WHERE id = {row}.{column};" for row in rows)
    name = f"{table}_{event.lower()}"
    return f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table} FOR EACH ROW BEGIN {updates} END"


def _postgresql() -> Iterator[str]:
    now = NOW["postgresql"]
    yield (
        "CREATE OR REPLACE FUNCTION cuadre_touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at THEN NEW.updated_at := {now}; END IF; "
        "RETURN NEW; END $$"
    )
    for table in TIMED:
        yield (
            f"CREATE OR REPLACE TRIGGER {table}_touched BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION cuadre_touch()"
        )
    for table, (parent, column) in PARTS.items():
        yield (
            f"CREATE OR REPLACE FUNCTION cuadre_touch_{parent}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP <> 'DELETE' THEN UPDATE {parent} SET updated_at = {now} WHERE id = NEW.{column}; END IF; "
            f"IF TG_OP <> 'INSERT' THEN UPDATE {parent} SET updated_at = {now} WHERE id = OLD.{column}; END IF; "
            "RETURN NULL; END $$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {table}_touched AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION cuadre_touch_{parent}()"
        )
