"""What a database's exception means for the company: it is away (WAIT), or it does not fit the configuration (HALT)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError as PoolTimeoutError,
)

from errors.kinds import SourceBroken, SourceUnavailable
from errors.problem import Fact, Problem, ProblemError

# SQLite: result codes; extended ones begin with these names.
SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_INTERRUPT")
# PostgreSQL: classes of SQLSTATE: connection, rollback (deadlock), resources, operator intervention, system; lock.
POSTGRESQL = ("08", "40", "53", "57", "58", "55P03", "25P03", "25P04")
# MariaDB and MySQL: too many connections, shutdown, network, locks, interrupted, gone away, lost, timeouts.
MARIADB = frozenset(
    {0, 1040, 1053, 1077, 1080, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1226, 1317, 1927, 1969}
    | {2002, 2003, 2005, 2006, 2013, 2055, 3024, 4031}
)


@contextmanager
def reported(engine: Engine, setting: str) -> Iterator[None]:
    """Every trouble with the database leaves as a ProblemError; `setting` is what the statement came from.

    Raises:
        ProblemError: SourceUnavailable or SourceBroken.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise ProblemError(_problem(error, engine, setting)) from None  # the chain could show the URL


def broken(setting: str, detail: Fact) -> Problem:
    return Problem(kind=SourceBroken, subject=setting, facts={"setting": setting, "detail": detail})


def _problem(error: SQLAlchemyError, engine: Engine, setting: str) -> Problem:
    detail = _words(error, engine)
    if _away(error):
        return Problem(kind=SourceUnavailable, subject="source", facts={"detail": detail})
    return broken(setting, detail)


def _away(error: SQLAlchemyError) -> bool:
    if isinstance(error, PoolTimeoutError | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    original: Any = error.orig
    if name := getattr(original, "sqlite_errorname", None):
        return str(name).startswith(SQLITE)
    if hasattr(original, "sqlstate"):  # psycopg; without a state no server has answered
        unanswered = original.sqlstate is None and isinstance(error, OperationalError)
        return unanswered or str(original.sqlstate).startswith(POSTGRESQL)
    code = original.args[0] if original is not None and original.args else None
    return error.connection_invalidated or code in MARIADB


def _words(error: SQLAlchemyError, engine: Engine) -> str:
    """The database's own words on one line, without the statement, the values and the password."""
    original = error.orig if isinstance(error, DBAPIError) else error
    said = original.args[-1] if original is not None and original.args else error
    words = " ".join(str(said).partition("\nLINE ")[0].split())
    if getattr(original, "sqlite_errorname", "") == "SQLITE_CANTOPEN":
        words = f"{words}: {engine.url.database}"
    password = engine.url.password
    return words.replace(str(password), "***") if password else words
