"""Pictures of the console for docs/: python -m tests.browser.pictures [FOLDER]"""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert

from errors import actions
from errors.selection import Selection
from tests.support.house import build
from tests.support.window import PHONE, WIDE, Window, chromium, furnish, opened
from worker.site.people import Role
from worker.state import wishes
from worker.state.tables import runs

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
    for name, email in (("Larch and Sons Ltd", "office@larch.test"), ("Larch, Pedro", "pedro@larch.test")):
        window.house.outsider("Customer", {"DisplayName": name, "PrimaryEmailAddr": {"Address": email}})
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
        wishes.pause(connection, "shop", by="ana", why="stocktaking", now=clock.now())
        wishes.resume(connection, "shop", by="ana", now=clock.now())
        connection.execute(insert(runs), [_run(clock.now() - timedelta(days=day), day) for day in range(1, 30)])


def _run(at: datetime, number: int) -> dict[str, Any]:
    """The work of a day; nobody works on Sundays."""
    invoices = 0 if at.weekday() == 6 else 20 + number * 37 % 50
    posted = {"invoice": invoices, "payment": invoices * 3 // 4, "fee": invoices // 2} if invoices else {}
    idle = {"linked": 0, "held": 0, "waiting": 0, "calls": 1}
    return {"company": "shop", "started_at": at, "finished_at": at, "posted": posted, **idle}


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
        take(page, f"{window.url}/errors/{duplicate.id}/sides", folder / f"sides-{look}.png")
        customer = next(row for row in window.house.errors() if row.customers == ("Larch & Sons",))
        page.goto(f"{window.url}/errors/{customer.id}")
        page.get_by_role("searchbox").fill("larch")
        page.locator(".picks").wait_for()
        page.screenshot(path=folder / f"customer-{look}.png")
        page.goto(f"{window.url}/errors")
        page.locator('.acts button[value^="skip"]').first.click()
        page.locator("dialog").wait_for()
        page.screenshot(path=folder / f"confirm-{look}.png")


def take(page: Page, address: str, file: Path) -> None:
    page.goto(address)
    page.screenshot(path=file, full_page=True)


if __name__ == "__main__":
    main()
