"""Every mail as a browser shows it: nobody is kept out of it, nothing runs over the edge, nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from errors.kinds import Category, CustomerNotFound
from errors.letterhead import Letterhead, Recipient
from errors.mail import deliver
from errors.message import render
from errors.notices import Habits, notice_problems
from errors.problem import Problem
from errors.samples import VALUES, sample
from tests.support.postbox import NOON, Postbox, free_port, listen, settings
from tests.support.window import PHONE, WIDE, Window, complaints
from worker.site.people import Role

SPANISH = Recipient(address="ana@example.com", language="es")
SITE = Letterhead(site="https://books.example")


@pytest.fixture(params=[("light", WIDE), ("dark", PHONE)], ids=["light", "dark phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    theme, size = request.param
    context = browser.new_context(viewport=size, color_scheme=theme)
    page = context.new_page()
    fetched: list[str] = []
    page.on("request", lambda asked: fetched.append(asked.url))
    yield page
    assert fetched == []
    context.close()


def runs_over(page: Page) -> int:
    """Pixels beyond the right edge."""
    over: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return over


@pytest.mark.parametrize("kind", VALUES)
def test_every_mail_can_be_read_by_everybody(page: Page, kind: str) -> None:
    page.set_content(sample(kind, SPANISH, SITE, NOON).html)
    assert complaints(page) == []
    assert runs_over(page) <= 0


@pytest.mark.parametrize("name", ["W" * 300, "<b>bold</b>" * 20, "الأردن " * 40], ids=["long", "markup", "rtl"])
def test_a_name_of_any_shape_stays_inside(page: Page, name: str) -> None:
    values: dict[str, Any] = VALUES["problems"](NOON)
    digest = values["digest"]
    problem = Problem(kind=CustomerNotFound, subject=name, facts={"name": name})
    many = {("main", Category.ACCOUNTS): 1_200, ("w" * 40, Category.INVOICES): 12_345}
    rows = [replace(row, problem=problem) for row in digest.rows]
    page.set_content(render("problems", SPANISH, SITE, digest=replace(digest, rows=rows, counts=many)).html)
    assert runs_over(page) <= 0
    assert page.locator("b").count() == 0


def test_the_link_in_a_mail_leads_to_the_row_that_it_tells_of(window: Window) -> None:
    postbox, port, now = Postbox(), free_port(), window.house.clock.now
    controller = listen(postbox, port)
    try:
        with window.house.engine.begin() as connection:
            notice_problems(connection, (SPANISH,), Letterhead(site=window.url), Habits(), now())
        assert deliver(window.house.engine, settings(port), now).sent == 1
    finally:
        controller.stop()
    text = postbox.mails[0][1].get_body(["plain"]).get_content()
    number = text.index("INV-0007")
    link = re.search(rf"{window.url}/errors/\d+", text[number:])
    assert link is not None
    page = window.reader(Role.OPERATOR)
    page.goto(link[0])
    assert "INV-0007" in page.locator("main").inner_text()
