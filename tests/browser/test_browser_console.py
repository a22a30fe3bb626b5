"""What people do in the console, in a real browser, down to the document in QuickBooks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from errors.kinds import DuplicateNumber
from errors.tables import State
from tests.support.browsing import PASSWORD
from tests.support.window import PHONE, Window, complaints
from worker.site import people
from worker.site.people import Role

PAGES = ("", "errors", "documents", "documents/1", "companies", "numbers", "runs", "audit", "mail", "users", "password")


def duplicate(window: Window) -> int:
    return next(row.id for row in window.house.errors() if row.problem.kind is DuplicateNumber)


def confirm(page: Page, name: str, why: str = "") -> str:
    """The dialog says what will happen; returns that."""
    dialog = page.get_by_role("dialog")
    promise = dialog.locator(".promise").inner_text()
    dialog.get_by_role("textbox").fill(why)
    dialog.get_by_role("button", name=name).click()
    return promise


def test_a_newcomer_signs_in_with_a_one_time_password_and_chooses_another(window: Window) -> None:
    with window.house.engine.begin() as connection:
        given = people.add(connection, "ana", Role.OPERATOR, None, by="boss", now=window.house.clock.now())
    page = window.stranger()
    page.goto(f"{window.url}/errors")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    page.get_by_label("Password").fill(given)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Present password").fill(given)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_a_duplicate_number_is_mended_down_to_quickbooks(window: Window) -> None:
    page = window.reader(Role.OPERATOR)
    page.get_by_role("link", name="Errors").click()
    page.get_by_role("link", name="Duplicate document number").click()
    field = page.get_by_label("Or enter another")
    field.press_sequentially("INV-0007")  # as somebody types it: looked up live, on both sides
    expect(page.locator("#number-told")).to_contain_text("to avoid duplicates")
    field.fill("INV-0100")
    expect(page.locator("#number-told")).to_have_text("INV-0100 is free.")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("waits for the next tick")).to_be_visible()
    window.house.tick()
    assert window.house.by_number("INV-0100")["CustomerRef"]["name"].startswith("Bob")
    page.reload()
    expect(page.get_by_text("settled", exact=True)).to_be_visible()


def test_the_suggestion_is_one_click(window: Window) -> None:
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/errors/{duplicate(window)}")
    page.get_by_role("button", name="Use INV-").click()
    expect(page.get_by_text("gave it another number")).to_be_visible()


def test_a_selection_is_resynced_and_its_progress_is_seen_without_reloading(window: Window) -> None:
    window.house.service("missing", "Hedge trimming")
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/errors")
    page.get_by_label("This page").check()
    page.get_by_role("group").get_by_role("button", name="Resync").click()
    assert "unblocks 2 documents" in confirm(page, "Resync", "all mended")
    note = page.locator("[data-progress]")
    expect(note).to_contain_text("Trying again: 2 of 2 to go")
    window.house.tick()
    expect(note).to_contain_text("Tried again: 1 went through, 1 failed once more")
    assert [row.problem.kind for row in window.house.errors()] == [DuplicateNumber]


def test_skip_and_undo(window: Window) -> None:
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/errors")
    chosen = duplicate(window)
    page.get_by_role("button", name=f"Skip: error {chosen}").click()
    assert "are not posted" in confirm(page, "Skip", "a test")
    expect(page.get_by_role("status")).to_contain_text("Skipped: 1")
    assert window.field.state(chosen) is State.SKIPPED
    page.get_by_role("button", name="Undo skip").click()
    expect(page.get_by_role("link", name="Duplicate document number")).to_be_visible()
    assert window.field.state(chosen) is State.OPEN


def test_nothing_happens_when_the_dialog_is_left(window: Window) -> None:
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/errors")
    page.get_by_role("button", name=f"Skip: error {duplicate(window)}").click()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name=f"Skip: error {duplicate(window)}")).to_be_focused()
    assert window.field.state(duplicate(window)) is State.OPEN


def test_all_that_match_a_filter(window: Window) -> None:
    for number in range(60):
        window.field.missing_customer(f"Customer {number}", amount="7.00")
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/errors?category=accounts")
    page.get_by_label("All 60 that match").check()
    page.get_by_role("group").get_by_role("button", name="Skip").click()
    assert "Skips 60 errors: 60 documents, 420.00 USD" in confirm(page, "Skip")
    expect(page.get_by_role("status")).to_contain_text("Skipped: 60")
    assert len(window.house.errors()) == 2


def test_a_viewer_looks_and_may_do_nothing(window: Window) -> None:
    page = window.reader(Role.VIEWER)
    page.goto(f"{window.url}/errors")
    expect(page.get_by_role("link", name="Duplicate document number")).to_be_visible()
    for word in ("Resync", "Skip", "Use number"):
        expect(page.get_by_role("button", name=word)).to_have_count(0)
    expect(page.get_by_role("link", name="Users")).to_have_count(0)
    page.goto(f"{window.url}/users")
    expect(page.get_by_role("alert")).to_have_text("Your role does not allow this. Nothing was done.")


def test_spanish_by_the_browser_and_by_choice(window: Window) -> None:
    page = window.reader(Role.OPERATOR, language="es-MX")
    page.goto(f"{window.url}/errors")
    expect(page.get_by_role("heading", name="Errores")).to_be_visible()
    expect(page.get_by_role("link", name="Número de documento duplicado")).to_be_visible()
    page.locator("details.me summary").click()
    page.get_by_label("Idioma").select_option("en")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("heading", name="Errors")).to_be_visible()


def test_everything_works_without_scripts_too(window: Window) -> None:
    reader = window.reader(Role.OPERATOR)
    context = window.browser.new_context(java_script_enabled=False, storage_state=reader.context.storage_state())
    page = context.new_page()
    page.goto(f"{window.url}/errors")
    page.get_by_role("button", name=f"Skip: error {duplicate(window)}").click()
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("status")).to_contain_text("Skipped: 1")


def test_the_keyboard_is_enough(window: Window) -> None:
    page = window.reader(Role.OPERATOR)
    page.goto(f"{window.url}/errors")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    button = page.get_by_role("button", name=f"Skip: error {duplicate(window)}")
    for _ in range(40):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_axe_finds_nothing_that_keeps_somebody_out_and_nothing_is_wider_than_its_window(
    window: Window, look: str
) -> None:
    window.field.missing_service()
    window.field.lost_connection()
    page = window.reader(
        Role.ADMIN, size=PHONE if look == "phone" else None, theme="dark" if look == "dark" else "light"
    )
    for path in (*PAGES, f"errors/{duplicate(window)}"):
        page.goto(f"{window.url}/{path}")
        assert complaints(page) == [], path
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, path
