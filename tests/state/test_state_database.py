"""The state database: migrations make what the code expects, one process at a time, and moves are compare-and-set."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from connectors.contract import Change, Position
from connectors.documents import DocumentKind
from worker.state import database, items
from worker.state.machine import MOVES, State

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite"
    chosen: str = request.getfixturevalue("postgres_url")
    return chosen


@pytest.fixture
def engine(url: str) -> Any:
    opened = database.connect(url)
    database.migrate(opened)
    yield opened
    opened.dispose()


def seen(engine: Any, key: str = "1") -> items.Item:
    change = Change(local_id=key, version="v", position=Position(changed=None, key=1))
    with engine.begin() as connection:
        items.add(connection, "shop", DocumentKind.INVOICE, [change], NOW)
        return items.by_key(connection, "shop", {(DocumentKind.INVOICE, key)})[DocumentKind.INVOICE, key]


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(engine: Any) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, list(database.TABLES)) == []  # type: ignore[arg-type]


def test_processes_that_start_together_migrate_one_after_the_other(url: str) -> None:
    engines = [database.connect(url) for _ in range(4)]
    try:
        with ThreadPoolExecutor(4) as pool:
            changed = list(pool.map(database.migrate, engines))
    finally:
        for each in engines:
            each.dispose()
    assert sorted(changed) == [False, False, False, True]


def test_a_process_that_opens_a_new_file_while_another_writes_its_first_lines_waits_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.sqlite"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(database._write_ahead.retry, "sleep", lambda _seconds: other.close())  # type: ignore[attr-defined]
    engine = database.connect(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


def test_of_two_who_move_an_item_one_is_told_that_somebody_was_faster(engine: Any) -> None:
    item = seen(engine)
    with engine.begin() as connection:
        assert items.move(connection, item, State.PREPARED, NOW)
        assert not items.move(connection, item, State.PREPARED, NOW)


def test_a_move_that_the_state_machine_does_not_have_is_refused(engine: Any) -> None:
    item = seen(engine)
    with engine.begin() as connection, pytest.raises(ValueError, match="cannot go from seen to sending"):
        items.move(connection, item, State.SENDING, NOW)


def test_every_state_can_be_left_but_the_one_a_person_chose_for_good() -> None:
    assert {state for state, moves in MOVES.items() if not moves} == {State.DELETED}
    assert set(MOVES) == set(State)


def test_sqlite_keeps_what_is_committed_through_a_power_cut(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/state.sqlite")
    with engine.connect() as connection:
        names = ("journal_mode", "synchronous")
        settings = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    engine.dispose()
    assert settings == {"journal_mode": "wal", "synchronous": 2}


def test_who_only_reads_waits_for_no_writer(tmp_path: Path) -> None:
    engine = database.connect(f"sqlite:///{tmp_path}/state.sqlite")
    database.migrate(engine)
    with engine.begin() as writer:
        items.add(writer, "shop", DocumentKind.INVOICE, [], NOW)
        with database.reading(engine) as reader:  # a second BEGIN IMMEDIATE would wait for half a minute and fail
            assert items.counts(reader, "shop") == {}
    engine.dispose()


def test_a_commit_outlives_the_death_of_a_server_that_is_tuned_for_speed(postgres_url: str) -> None:
    """The tests' own server has synchronous_commit off."""
    engine = database.connect(postgres_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"
    engine.dispose()
