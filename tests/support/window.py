"""The console in a real browser, over a whole house: books, pipeline, a sandbox QuickBooks, and the site on a port."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

from tests.support.browsing import KEY, PASSWORD
from tests.support.house import House
from tests.support.planting import Field
from worker.app import create_app
from worker.clock import Clock
from worker.config.schema import Company, Config, Site
from worker.site import people
from worker.site.people import Role
from worker.site.serving import Serving

CHROMIUM = "/usr/bin/chromium"
SERIOUS = {"serious", "critical"}
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


def chromium(playwright: Playwright) -> Browser:
    """Debian's own."""
    path = shutil.which("chromium") or CHROMIUM
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


@dataclass
class Window:
    """The site of a house, and its readers. `failures`: what scripts and policy complained of, and strangers asked."""

    house: House
    field: Field
    url: str
    browser: Browser
    failures: list[str]

    def reader(self, role: Role, *, language: str = "en-US", size: Any = None, theme: str = "light") -> Page:
        """Somebody of this role, signed in."""
        name = f"{role.value}"
        with self.house.engine.begin() as connection:
            if name not in {each.name for each in people.listed(connection)}:
                people.add(connection, name, role, PASSWORD, by="boss", now=self.house.clock.now())
        page = self.stranger(language=language, size=size, theme=theme)
        page.goto(f"{self.url}/sign-in")
        page.locator('input[name="name"]').fill(name)
        page.locator('input[name="password"]').fill(PASSWORD)
        page.locator("main button").click()
        page.wait_for_url(f"{self.url}/")
        return page

    def stranger(self, *, language: str = "en-US", size: Any = None, theme: str = "light") -> Page:
        scheme: Any = theme
        context = self.browser.new_context(locale=language, viewport=size or WIDE, color_scheme=scheme)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.failures.append(str(error)))
        page.on(
            "console", lambda line: self.failures.append(line.text) if "Content Security Policy" in line.text else None
        )
        page.on("request", lambda asked: None if asked.url.startswith(self.url) else self.failures.append(asked.url))
        return page


@contextmanager
def opened(house: House, browser: Browser) -> Iterator[Window]:
    @contextmanager
    def beside(*_anything: Any) -> Iterator[Any]:
        yield house.company

    config = Config(site=Site(secret_key=KEY, port=0, session_hours=700), companies={"shop": Company()})
    app = create_app(config, house.engine, Clock(now=house.clock.now, sleep=house.clock.sleep), opener=beside)
    serving = Serving(app, config.site)
    serving.start()
    window = Window(house, Field(house.engine, house.clock.now), serving.address, browser, [])
    try:
        yield window
    finally:
        for context in browser.contexts:
            context.close()
        serving.stop()
    assert window.failures == []


def furnish(house: House) -> None:
    """A morning: posted documents, a number that somebody else used, and some that wait."""
    house.furnish()
    for number in range(1, 7):
        house.invoice(f"i{number}", f"INV-{number:04}")
    house.tick()
    house.enters("INV-0007")
    house.invoice("i7", "INV-0007", customer=house.customer("c2", "Bob <b>Marley</b> & Sons"))
    house.invoice("i8", "INV-0008", (("missing", "1", "410.55"),))
    house.tick()
    house.clock.moment += timedelta(hours=3)


def complaints(page: Page) -> list[str]:
    """What axe finds that keeps somebody out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']} {[node['html'][:160] for node in each['nodes'][:3]]}"
        for each in found
        if each["impact"] in SERIOUS
    ]
