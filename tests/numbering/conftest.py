from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.ready import state_engine


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = (
        f"sqlite:///{tmp_path}/state.sqlite"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_state_url")
    )
    opened = state_engine(url)
    yield opened
    opened.dispose()
