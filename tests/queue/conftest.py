"""A real database for the error queue: SQLite always, PostgreSQL where its fixture has one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Connection, Engine, create_engine, event

from errors import language
from errors.tables import metadata
from tests.support.postbox import Postbox, free_port, listen

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request, tmp_path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'state.sqlite'}"


@pytest.fixture
def engine(state_url) -> Iterator[Engine]:
    engine = create_engine(state_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys = ON"))
    metadata.drop_all(engine)
    metadata.create_all(engine)
    yield engine
    metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def connection(engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        yield connection


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    language.use("en")
    yield
    language.use("en")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def serve(port) -> Iterator[Callable[..., Controller]]:
    """A mail server on `port`, stopped at the end."""
    running = []

    def start(postbox: Postbox, **options) -> Controller:
        running.append(listen(postbox, port, **options))
        return running[-1]

    yield start
    for controller in running:
        controller.stop()
