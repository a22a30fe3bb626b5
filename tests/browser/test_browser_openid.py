"""Signing in with a service that others wrote (oidc-provider-mock), in a real browser and under our own policy."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from tests.support.browsing import KEY
from tests.support.window import WIDE, complaints
from worker.app import create_app
from worker.clock import Clock
from worker.config.schema import Config, OpenId, Site
from worker.site import admission
from worker.site.people import Role
from worker.site.serving import Serving
from worker.state import database


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def issuer() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "1"]
    quiet = os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"}
    process = subprocess.Popen(command, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        answering(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


@retry(
    retry=retry_if_exception_type(requests.ConnectionError),
    wait=wait_fixed(0.1),
    stop=stop_after_delay(60),
    reraise=True,
)
def answering(url: str) -> None:
    requests.get(url, timeout=10)


@pytest.fixture
def site(tmp_path: Path, issuer: str) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    openid = OpenId(issuer=issuer, client_id="console", client_secret="secret", label="Firm Ltd")  # type: ignore[arg-type]
    config = Config(site=Site(secret_key=KEY, port=port, address=address, openid=openid))  # type: ignore[arg-type]
    engine = database.connect(f"sqlite:///{tmp_path}/state.sqlite")
    database.migrate(engine)
    with engine.begin() as connection:
        admission.add(connection, "eva@firm.example", Role.OPERATOR, by="boss", now=Clock().now())
    serving = Serving(create_app(config, engine, Clock()), config.site)
    serving.start()
    yield address
    serving.stop()
    engine.dispose()


def test_eva_signs_in_with_the_service_of_her_firm_and_a_stranger_does_not(browser: Browser, site: str) -> None:
    failures: list[str] = []
    for name in ("eva@firm.example", "stranger@firm.example"):
        context = browser.new_context(locale="en-US", viewport=WIDE)
        page = context.new_page()
        page.on("console", lambda line: failures.append(line.text) if "Security Policy" in line.text else None)
        page.goto(f"{site}/errors")
        expect(page.get_by_label("Password")).to_be_visible()
        assert complaints(page) == []
        page.get_by_role("link", name="Sign in with Firm Ltd").click()
        page.get_by_placeholder("sub").fill(name)
        page.get_by_role("button", name="Authorize").click()
        if name.startswith("eva"):
            expect(page.get_by_role("heading", name="Errors")).to_be_visible()
            assert page.url == f"{site}/errors"
            page.locator("details.me summary").click()
            page.get_by_role("button", name="Sign out").click()
            expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        else:
            expect(page.get_by_role("alert")).to_contain_text("nobody added you here")
        context.close()
    assert failures == []
