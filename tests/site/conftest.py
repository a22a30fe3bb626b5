"""A site on a state database of its own; nothing listens, the test client speaks to the application itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from errors import language
from tests.support.browsing import KEY, Build
from tests.support.quickbooks_desk import FakeClock
from worker.app import create_app
from worker.clock import Clock
from worker.config.schema import Company, Config, Site
from worker.state import database


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    language.use("en")


@pytest.fixture
def state_url(tmp_path: Path) -> str:
    """SQLite; what depends on the database is tried on both in tests/site/test_site_both.py."""
    return f"sqlite:///{tmp_path}/state.sqlite"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def build(state_url: str, clock: FakeClock) -> Iterator[Build]:
    """Makes the application; its arguments are those of [site]."""
    engine = database.connect(state_url)
    database.migrate(engine)

    def made(**site: Any) -> FastAPI:
        config = Config(site=Site(secret_key=KEY, **site), companies={"shop": Company()})
        return create_app(config, engine, Clock(now=clock.now, sleep=clock.sleep))

    yield made
    engine.dispose()


@pytest.fixture
def app(build: Build) -> FastAPI:
    return build()
