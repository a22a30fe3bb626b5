"""The site on a whole house; nothing listens, the test client speaks to the application itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from errors import language
from tests.support.browsing import ADDRESS, KEY
from tests.support.house import NAME, House
from worker.app import create_app
from worker.clock import Clock
from worker.config.schema import Api, Company, Config, Site, Webhooks
from worker.pipeline import Company as Opened
from worker.state import keys
from worker.state.keys import Scope

VERIFIER = "verifier-token"
Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    yield
    language.use("en")


@pytest.fixture
def build(house: House) -> Callable[..., FastAPI]:
    """Makes the application; its arguments are those of [api]."""

    @contextmanager
    def opener(*_: Any) -> Iterator[Opened]:
        yield house.company

    def made(verifier: str = VERIFIER, **api: Any) -> FastAPI:
        config = Config(
            site=Site(secret_key=KEY),
            api=Api(**api),
            webhooks=Webhooks(verifier_token=verifier),
            companies={NAME: Company(), "away": Company(enabled=False)},
        )
        return create_app(config, house.engine, Clock(now=house.clock.now, sleep=house.clock.sleep), opener=opener)

    return made


@pytest.fixture
def app(build: Callable[..., FastAPI]) -> FastAPI:
    return build()


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)


@pytest.fixture
def new_key(house: House) -> Callable[..., str]:
    """A key that may do this."""

    def made(*scopes: Scope, name: str = "erp") -> str:
        with house.engine.begin() as connection:
            return keys.add(connection, name, scopes, by="tester", now=house.clock.now())

    return made


@pytest.fixture
def ask(client: TestClient, new_key: Callable[..., str]) -> Ask:
    """One call with a key that may do everything."""
    headers = {"Authorization": f"Bearer {new_key(*Scope)}"}

    def asked(method: str, path: str, *, language: str = "en", **more: Any) -> Any:
        return client.request(method, path, headers={**headers, "Accept-Language": language}, **more)

    return asked
