"""Connections to the local books: drivers, timeouts, one snapshot for each transaction."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from errors.kinds import SourceBroken
from errors.problem import Fact, Problem, ProblemError, phrase

CONNECT_TIMEOUT = 10  # seconds
ANSWER_TIMEOUT = 120  # seconds that one statement may take
DRIVERS = {"sqlite": "pysqlite", "postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql"}


def connect(url: str, setting: str, *, create: bool = False) -> Engine:
    """An engine for the local books; nothing is connected yet. A SQLite file is made only with `create`.

    Raises:
        ProblemError: SourceBroken, when the URL is none or names a database that Cuadre does not speak to.
    """
    parsed = _parsed(url, setting)
    name = parsed.get_backend_name()
    if name == "sqlite":
        return _sqlite(parsed, "rwc" if create else "rw")
    if name == "postgresql":
        return _postgresql(parsed)
    timeouts = {"connect_timeout": CONNECT_TIMEOUT, "read_timeout": ANSWER_TIMEOUT, "write_timeout": ANSWER_TIMEOUT}
    engine = create_engine(
        parsed, pool_pre_ping=True, pool_recycle=300, isolation_level="REPEATABLE READ", connect_args=timeouts
    )
    _on_connect(engine, "SET SESSION time_zone = '+00:00'")
    return engine


def _parsed(url: str, setting: str) -> URL:
    """The URL with the driver that Cuadre brings along."""
    try:
        parsed = make_url(url)
        name = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        name = ""
    if name not in DRIVERS:
        detail = phrase("expected sqlite:///FILE, postgresql://USER:PASSWORD@HOST/DATABASE or mariadb://...")
        facts: dict[str, Fact] = {"setting": f"{setting}.url", "detail": detail}
        raise ProblemError(Problem(kind=SourceBroken, subject=setting, facts=facts))
    return parsed.set(drivername=f"{name}+{DRIVERS[name]}")


def _sqlite(url: URL, mode: str) -> Engine:
    """Opened, and created only on request: a file that is not there is a missing database, not an empty one."""
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        query = {**url.query, "uri": "true", "mode": mode}
        url = url.set(database=f"file:{quote(url.database)}", query=query)
    engine = create_engine(url, connect_args={"timeout": CONNECT_TIMEOUT})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for a snapshot of several reads
        connection.text_factory = _text

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _text(raw: bytes) -> str:
    """Text, also where an application wrote bytes that are none: one such row must not stop the others."""
    return raw.decode("utf-8", "surrogateescape")


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_recycle=300,
        isolation_level="REPEATABLE READ",
        connect_args={"connect_timeout": CONNECT_TIMEOUT, "prepare_threshold": None},  # PgBouncer keeps no statements
    )
    _on_connect(engine, f"SET statement_timeout = '{ANSWER_TIMEOUT}s'")
    return engine


def _on_connect(engine: Engine, statement: str) -> None:
    @event.listens_for(engine, "connect")
    def _run(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.commit()
