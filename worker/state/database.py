"""The state database: SQLite by default, PostgreSQL by one URL. Opened, locked, and brought to the present schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, event, make_url, text
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random

from connectors.quickbooks.mirror.tables import metadata as quickbooks_tables
from connectors.tokens import metadata as token_tables
from errors.tables import READING, metadata as error_tables
from worker.state.outside import metadata as outside_tables
from worker.state.tables import metadata as worker_tables

TABLES: tuple[MetaData, ...] = (error_tables, token_tables, quickbooks_tables, worker_tables, outside_tables)
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
MIGRATION_LOCK = 0x63756164  # "cuad": one number for all migrators on a PostgreSQL server


def connect(url: str) -> Engine:
    """An engine with the settings that Cuadre's promises need; nothing is touched yet."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgres(connection: Any, _record: Any) -> None:
    # A server tuned for speed may forget its last commits when it dies: an intent must outlive that.
    connection.execute("SET synchronous_commit = on")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, see below
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")  # an intent must outlive a power cut
    connection.execute("PRAGMA foreign_keys = ON")


# SQLite answers at once, whatever the timeout, when two connections change the journal of a new file together.
@retry(
    retry=retry_if_exception(lambda error: getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY),
    stop=stop_after_delay(BUSY_SECONDS),
    wait=wait_random(0.01, 0.1),
    reraise=True,
)
def _write_ahead(connection: Any) -> None:
    connection.execute("PRAGMA journal_mode = WAL")


def reading(engine: Engine) -> Connection:
    """A connection for reading alone: on SQLite it waits for no writer, and no writer waits for it."""
    return engine.connect().execution_options(**{READING: True})


def _begin_sqlite(connection: Connection) -> None:
    # Taken at once: a transaction that reads first and writes later would fail instead of waiting for the lock.
    alone = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql("BEGIN" if alone else "BEGIN IMMEDIATE")


def migrate(engine: Engine) -> bool:
    """Bring the schema up to date, one process at a time; True when something was changed."""
    with _locked(engine) as connection:
        before = MigrationContext.configure(connection).get_current_revision()
        settings = AlembicConfig()
        settings.set_main_option("script_location", str(MIGRATIONS))
        settings.attributes["connection"] = connection
        newest = ScriptDirectory.from_config(settings).get_current_head()
        if before != newest:
            command.upgrade(settings, "head")
        return before != newest


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        yield connection
