"""One browser for all tests; each has a house of its own, on SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, sync_playwright

from tests.support.house import House, build
from tests.support.window import Window, chromium, furnish, opened
from worker.site import people


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if shutil.which("chromium") is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        yield chromium(playwright)


@pytest.fixture
def house(tmp_path: Path, sqlite_url: str) -> Iterator[House]:
    built = build(f"sqlite:///{tmp_path}/state.sqlite", sqlite_url)
    yield built
    built.close()


@pytest.fixture
def window(house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setattr(people, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    furnish(house)
    with opened(house, browser) as window:
        yield window
