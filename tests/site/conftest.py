"""A site on a state database of its own; nothing listens, the test client speaks to the application itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from errors import language
from tests.support.browsing import ADDRESS, KEY, Build, Reader, signed_in
from tests.support.planting import Field
from tests.support.quickbooks_desk import FakeClock
from tests.support.ready import state_engine
from tests.support.sign_in_service import CLIENT, SECRET, SignInService, serving
from worker.app import create_app
from worker.clock import Clock
from worker.config.schema import Company, Config, Site
from worker.site import people
from worker.site.people import Role


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    language.use("en")


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real ones take half a second each, on purpose; test_site_sign_in.py looks at how those are set."""
    monkeypatch.setattr(people, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def state_url(tmp_path: Path) -> str:
    """SQLite; tests/site/test_site_errors.py works on both databases."""
    return f"sqlite:///{tmp_path}/state.sqlite"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def build(state_url: str, clock: FakeClock) -> Iterator[Build]:
    """Makes the application; its arguments are those of [site]."""
    engine = state_engine(state_url)

    def made(**site: Any) -> FastAPI:
        config = Config(site=Site(secret_key=KEY, **site), companies={"shop": Company()})
        return create_app(config, engine, Clock(now=clock.now, sleep=clock.sleep))

    yield made
    engine.dispose()


@pytest.fixture
def app(build: Build) -> FastAPI:
    return build()


@pytest.fixture
def field(app: FastAPI, clock: FakeClock) -> Field:
    return Field(app.state.desk.engine, clock.now)


@pytest.fixture
def eva(app: FastAPI) -> Reader:
    return signed_in(app, Role.OPERATOR, "eva")


@pytest.fixture
def service(clock: FakeClock) -> Iterator[SignInService]:
    """A sign-in service that really listens, and may lie."""
    with serving(SignInService(clock.now)) as service:
        yield service


@pytest.fixture
def openid(service: SignInService) -> dict[str, Any]:
    """The settings that name it."""
    return {"issuer": service.issuer, "client_id": CLIENT, "client_secret": SECRET}


@pytest.fixture
def firm(build: Build, openid: dict[str, Any]) -> FastAPI:
    """A site whose people sign in there."""
    return build(address=ADDRESS, openid=openid)
