from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import House, build


@pytest.fixture(params=["sqlite", "postgres"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where Cuadre keeps its own tables: both databases that it promises."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def house(state_url: str, sqlite_url: str) -> Iterator[House]:
    built = build(state_url, sqlite_url)
    yield built
    built.company.source.close()
    built.books.dispose()
    built.engine.dispose()
