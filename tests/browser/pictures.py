"""Pictures of the console for docs/: python -m tests.browser.pictures [FOLDER]"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from errors import actions
from errors.selection import Selection
from tests.support.house import build
from tests.support.window import PHONE, WIDE, Window, chromium, furnish, opened
from worker.site.people import Role

SHOWN = ("", "errors", "documents", "companies", "numbers", "runs", "audit", "mail", "users", "password")


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        (Path(place) / "books.sqlite").touch()
        house = build(f"sqlite:///{place}/state.sqlite", f"sqlite:///{place}/books.sqlite")
        furnish(house)
        with opened(house, chromium(playwright)) as window:
            plant(window)
            pages(window, folder)
        house.close()


def plant(window: Window) -> None:
    """What a few days leave."""
    field, clock = window.field, window.house.clock
    clock.moment += timedelta(days=1)
    for name, documents, amount in (
        ("Larch & Sons", 41, "300.25"),
        ("Ana Ruiz Gómez", 3, "88.00"),
        ("Oak Ltd", 1, "1250.00"),
    ):
        field.missing_customer(name, documents, amount)
    field.missing_service("Stump grinding")
    skipped = field.missing_customer("Known Debtor", 2, "45.00")
    with window.house.engine.begin() as connection:
        actions.skip(connection, Selection(ids=(skipped,)), by="eva", why="pays in cash", now=clock.now())


def pages(window: Window, folder: Path) -> None:
    looks: tuple[tuple[str, dict[str, Any]], ...] = (
        ("light", {"size": WIDE}),
        ("dark", {"size": WIDE, "theme": "dark"}),
        ("phone", {"size": PHONE}),
        ("es", {"size": WIDE, "language": "es-ES"}),
    )
    for look, how in looks:
        page = window.reader(Role.ADMIN, **how)
        for path in SHOWN:
            take(page, f"{window.url}/{path}", folder / f"{path or 'overview'}-{look}.png")
        duplicate = next(row for row in window.house.errors() if row.problem.kind.code == "duplicate-number")
        take(page, f"{window.url}/errors/{duplicate.id}", folder / f"error-{look}.png")
        page.goto(f"{window.url}/errors")
        page.locator('.acts button[value^="skip"]').first.click()
        page.locator("dialog").wait_for()
        page.screenshot(path=folder / f"confirm-{look}.png")


def take(page: Page, address: str, file: Path) -> None:
    page.goto(address)
    page.screenshot(path=file, full_page=True)


if __name__ == "__main__":
    main()
