"""A database that is away, locked or misnamed: it is said what happened, and never with a password."""

from __future__ import annotations

import socket
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import make_url

from connectors.documents import DocumentKind
from connectors.local import engine as engines
from connectors.local.settings import KindSettings, LocalSettings
from connectors.local.source import LocalSource
from errors.kinds import SourceBroken, SourceUnavailable, Verb
from errors.problem import Problem, ProblemError
from tests.support.servers import execute

KINDS = {
    DocumentKind.SERVICE: KindSettings(query="SELECT id, name FROM s", delete="DELETE FROM s WHERE id = :id"),
    DocumentKind.CUSTOMER: KindSettings(query="SELECT id, name FROM s"),
}
SECRET = "very-s3cret"


def problem_of(url: str) -> Problem:
    source = LocalSource(LocalSettings(url=url, kinds=KINDS))
    try:
        with pytest.raises(ProblemError) as caught:
            source.changes(DocumentKind.SERVICE, None, 10)
        assert source.check()[0].kind is caught.value.problem.kind
    finally:
        source.close()
    assert SECRET not in str(caught.value)
    return caught.value.problem


@pytest.mark.parametrize("database", ["postgresql", "postgresql+psycopg", "mariadb", "mysql"])
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_that_is_down_is_waited_for(database: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        problem = problem_of(f"{database}://ana:{SECRET}@127.0.0.1:{unused.getsockname()[1]}/books")
    assert problem.kind is SourceUnavailable
    assert problem.verb is Verb.WAIT


def test_an_outage_is_said_once_not_once_a_query(tmp_path: Path) -> None:
    source = LocalSource(LocalSettings(url=f"sqlite:///{tmp_path}/none.sqlite", kinds=KINDS))
    assert len(source.check()) == 1
    source.close()


def test_a_sqlite_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "a 100% name #1.sqlite"
    problem = problem_of(f"sqlite:///{path}")
    assert problem.kind is SourceUnavailable
    assert tmp_path.name in str(problem.facts["detail"])
    assert not path.exists()


def test_a_locked_sqlite_file_is_waited_for(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "CONNECT_TIMEOUT", 0)
    execute(sqlite_url, "CREATE TABLE s (id INTEGER PRIMARY KEY, name TEXT)")
    other = sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert problem_of(sqlite_url).kind is SourceUnavailable
    other.close()


def test_a_file_that_is_no_database_is_broken(sqlite_url: str) -> None:
    Path(str(make_url(sqlite_url).database)).write_text("this is not a database, but long enough to be one " * 50)
    assert problem_of(sqlite_url).kind is SourceBroken


def test_a_user_who_may_not_enter_is_named_without_the_password(mariadb_url: str) -> None:
    problem = problem_of(
        make_url(mariadb_url).set(username="ana", password=SECRET).render_as_string(hide_password=False)
    )
    assert problem.kind is SourceBroken
    assert "ana" in str(problem.facts["detail"])


def test_a_session_that_the_server_ends_is_waited_for_and_comes_back(postgres_url: str) -> None:
    execute(postgres_url, "CREATE TABLE s (id INTEGER PRIMARY KEY, name TEXT)")
    source = LocalSource(LocalSettings(url=postgres_url, kinds=KINDS))
    source.changes(DocumentKind.SERVICE, None, 10)
    execute(
        postgres_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    assert source.changes(DocumentKind.SERVICE, None, 10) == []
    source.close()


def test_a_statement_that_the_server_cancels_is_waited_for(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "ANSWER_TIMEOUT", 1)
    execute(postgres_url, "CREATE VIEW s AS SELECT 1 AS id, pg_sleep(30)::text AS name")
    assert problem_of(postgres_url).kind is SourceUnavailable


@pytest.mark.parametrize("url", ["", "books.sqlite", "oracle://x:very-s3cret@y/z", "nonsense://x:very-s3cret@y", "://"])
def test_a_url_that_is_none_is_said_with_the_setting_and_without_the_password(url: str) -> None:
    with pytest.raises(ProblemError) as caught:
        LocalSource(LocalSettings(url=url, kinds=KINDS, setting="companies.main.source"))
    assert caught.value.problem.kind is SourceBroken
    assert caught.value.problem.facts["setting"] == "companies.main.source.url"
    assert SECRET not in str(caught.value)


def test_settings_do_not_show_the_url() -> None:
    assert SECRET not in repr(LocalSettings(url=f"postgresql://a:{SECRET}@b/c", kinds=KINDS))
