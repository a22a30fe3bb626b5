"""The SQLite file of a sandbox: its tables, its version, and that one process has it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

MARK = 0x43756164  # "Cuad", in the file's header
VERSION = 1
BEFORE_MARKS = "snapshot"  # the one table of files that earlier versions wrote
TABLES = """
CREATE TABLE setting (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE company (realm TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (realm, name)) WITHOUT ROWID;
CREATE TABLE object (realm TEXT, kind TEXT, id TEXT, changed INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (realm, kind, id));
CREATE TABLE deleted (realm TEXT, place INTEGER, kind TEXT NOT NULL, id TEXT NOT NULL, time TEXT NOT NULL,
    PRIMARY KEY (realm, place)) WITHOUT ROWID;
CREATE TABLE reply (realm TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (realm, name));
CREATE TABLE file (realm TEXT, name TEXT, body BLOB NOT NULL, PRIMARY KEY (realm, name));
"""


class FileRefused(Exception):  # noqa: N818 - said to a person, who chooses another file
    """The data file cannot be used.

    `reason` is "foreign", "older", "newer", "busy", "unreadable", "unwritable" or "empty".
    """

    def __init__(self, reason: str, file: Path) -> None:
        super().__init__(f"{file}: {reason}")
        self.reason = reason
        self.file = file


def opened(file: Path) -> sqlite3.Connection:
    """Open or make a file, for this process alone until it is closed or the process ends.

    What is committed survives the death of the process (write-ahead log); a power cut may take the last moments.

    Raises:
        FileRefused: it is another program's, an older or newer version's, in use, or cannot be opened.
    """
    try:
        database = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError as error:
        raise FileRefused("unwritable", file) from error
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        _check(database, file)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("BEGIN EXCLUSIVE")
        if not _tables(database):
            for statement in filter(str.strip, TABLES.split(";")):
                database.execute(statement)
            database.execute(f"PRAGMA application_id = {MARK}")
            database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        database.close()
        raise FileRefused(_reason(error), file) from error
    except FileRefused:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection, file: Path) -> None:
    tables = _tables(database)
    mark = database.execute("PRAGMA application_id").fetchone()[0]
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if mark == 0 and BEFORE_MARKS in tables:
        raise FileRefused("older", file)
    if tables and mark != MARK:
        raise FileRefused("foreign", file)
    if tables and version > VERSION:
        raise FileRefused("newer", file)


def _tables(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _reason(error: sqlite3.DatabaseError) -> str:
    code = error.sqlite_errorcode & 0xFF  # extended codes hold the plain one in their low byte
    known = {sqlite3.SQLITE_BUSY: "busy", sqlite3.SQLITE_LOCKED: "busy", sqlite3.SQLITE_NOTADB: "foreign"}
    known |= {sqlite3.SQLITE_READONLY: "unwritable", sqlite3.SQLITE_CANTOPEN: "unwritable"}
    return known.get(code, "unreadable")
