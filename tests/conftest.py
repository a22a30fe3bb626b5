"""Databases for all tests: each test that asks for one gets a fresh, empty database of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL

from tests.support import servers
from tests.support.house import House, build
from tests.support.ready import state_engine

_numbers = count(1)

# One commit gets one answer, and a busy machine is no finding. `--hypothesis-profile=exploring` looks for new examples.
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("exploring", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


@pytest.fixture(scope="session")
def _server_directory() -> Iterator[Path]:
    """A short path, because sockets lie in it."""
    directory = Path(tempfile.mkdtemp(prefix="cuadre-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def _postgres_server(_server_directory: Path) -> Iterator[URL]:
    (_server_directory / "pg").mkdir()
    try:
        with servers.postgres(_server_directory / "pg") as url:
            yield url
    except servers.NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")


@pytest.fixture(scope="session")
def _mariadb_server(_server_directory: Path) -> Iterator[URL]:
    (_server_directory / "mariadb").mkdir()
    try:
        with servers.mariadb(_server_directory / "mariadb") as url:
            yield url
    except servers.NoServerError as error:
        pytest.skip(f"no MariaDB: {error}")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an empty SQLite file."""
    path = tmp_path / "books.sqlite"
    path.touch()
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(_postgres_server: URL) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with servers.database(_postgres_server, f"cuadre_test_{next(_numbers)}") as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def _postgres_model(_postgres_server: URL) -> Iterator[str]:
    """The name of a state database as a first start leaves it, to be copied."""
    with servers.database(_postgres_server, "cuadre_model") as url:
        state_engine(url.render_as_string(hide_password=False)).dispose()
        yield "cuadre_model"


@pytest.fixture
def postgres_state_url(_postgres_server: URL, _postgres_model: str) -> Iterator[str]:
    """The URL of such a copy."""
    with servers.database(_postgres_server, f"cuadre_test_{next(_numbers)}", like=_postgres_model) as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture
def mariadb_url(_mariadb_server: URL) -> Iterator[str]:
    """The URL of an empty MariaDB database."""
    with servers.database(_mariadb_server, f"cuadre_test_{next(_numbers)}") as url:
        yield url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def books_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, on each database that local books may live in."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where Cuadre keeps its own tables: both databases that it promises."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite"
    url: str = request.getfixturevalue("postgres_state_url")
    return url


@pytest.fixture
def house(state_url: str, sqlite_url: str) -> Iterator[House]:
    """A whole house in one process, on each of them."""
    built = build(state_url, sqlite_url)
    yield built
    built.close()
