"""The audit page: everything that somebody did is there, once, for those whom it concerns."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event, insert

from errors import actions
from errors.selection import Selection
from tests.support.browsing import ADDRESS, PASSWORD, Reader, person, signed_in, text
from tests.support.planting import Field
from tests.support.quickbooks_desk import FakeClock
from worker.site import admission
from worker.site.people import Role
from worker.state import audit, database, keys, wishes
from worker.state.audit import Question, Subject
from worker.state.deeds import Deed
from worker.state.keys import Scope
from worker.state.tables import deeds

EVERYTHING = tuple(act for subject in Subject for act in subject.acts())


@pytest.fixture
def boss(app: FastAPI) -> Reader:
    return signed_in(app, Role.ADMIN, "ana")


def table(reader: Reader, query: str = "") -> str:
    """The lines as somebody reads them, without filters and heading."""
    shown = reader.get(f"/audit?{query}").text
    return text(type("Page", (), {"text": shown.partition("<tbody>")[2]}))


def test_every_act_is_about_something_and_nothing_is_left_out() -> None:
    assert set(Deed) <= set(EVERYTHING)
    assert len(EVERYTHING) == len(set(EVERYTHING))


def test_what_is_done_to_users_is_written_down(app: FastAPI, boss: Reader) -> None:
    boss.post("/users", {"name": "eva", "role": "viewer"}, on="/users")
    boss.post("/users/eva/role", {"role": "operator"}, on="/users")
    boss.post("/users/eva/role", {"role": "operator"}, on="/users")  # it is so already
    boss.post("/users/eva/password", on="/users")
    boss.post("/users/eva/remove", on="/users")
    shown = table(boss, "act=users")
    for line in ("ana removed the user eva", "ana set another password eva", "ana added the user ( viewer ) eva"):
        assert line in shown
    assert shown.count("ana changed the role ( viewer → operator ) eva") == 1


def test_a_password_that_somebody_chooses_is_their_own_deed(app: FastAPI, boss: Reader) -> None:
    fields = {"old": PASSWORD, "new": PASSWORD + "!", "again": PASSWORD + "!"}
    boss.post("/password", fields, on="/password")
    assert "ana chose another password ana" in table(boss)


def test_what_is_done_to_companies_ranges_and_keys_is_written_down(app: FastAPI, boss: Reader) -> None:
    boss.post("/companies/shop/pause", {"why": "stocktaking"}, on="/companies")
    boss.post("/companies/shop/resume", on="/companies")
    for _again in range(2):  # the second wants what is wanted already
        boss.post("/companies/shop/sync", on="/companies")
    boss.post("/numbers/shop/invoice/2026", {"format": "PS{i;3}", "next": "7"}, on="/numbers/shop/invoice/2026")
    with app.state.desk.engine.begin() as connection:
        keys.add(connection, "erp", [Scope.ACT, Scope.READ], by="ana", now=app.state.desk.clock.now())
        assert keys.remove(connection, "erp", by="ana", now=app.state.desk.clock.now())
        assert not keys.remove(connection, "erp", by="ana", now=app.state.desk.clock.now())
    shown = table(boss)
    assert "paused the company shop stocktaking" in shown
    assert "resumed the company shop" in shown
    assert shown.count("wanted a look now") == 1
    assert "changed the range of numbers ( PS{i;3}, 7 ) invoice 2026 shop" in shown
    assert "made the API key ( act read ) erp" in shown
    assert shown.count("removed the API key") == 1


def test_signing_in_is_written_down_and_who_guesses_on_does_not_fill_the_audit(app: FastAPI, boss: Reader) -> None:
    name = person(app, Role.VIEWER, "eva")
    for _try in range(8):
        Reader(app).signs_in(name, "some guess")
    shown = table(boss, "act=sign-ins")
    assert "ana signed in ( password )" in shown
    assert shown.count("eva was locked out after too many tries") == 1


def test_who_was_moved_to_the_sign_in_service_is_told(app: FastAPI, boss: Reader) -> None:
    person(app, Role.VIEWER, "eva")
    with app.state.desk.engine.begin() as connection:
        admission.move(connection, "eva", by="root", now=app.state.desk.clock.now())
    assert "root moved the user to OpenID Connect eva" in table(boss)


def test_orders_for_errors_stand_in_between_in_their_order(
    app: FastAPI, boss: Reader, field: Field, clock: FakeClock
) -> None:
    error = field.missing_customer()
    boss.post("/companies/shop/pause", {"why": "first"}, on="/companies")
    clock.moment += timedelta(minutes=1)
    with app.state.desk.engine.begin() as connection:
        actions.skip(connection, Selection(ids=(error,)), by="eva", why="second", now=clock.now())
    clock.moment += timedelta(minutes=1)
    boss.post("/companies/shop/resume", on="/companies")
    shown = table(boss)
    assert shown.index("resumed") < shown.index("second") < shown.index("first")
    assert f"Error {error}" in shown


def test_filters_find_what_they_say(app: FastAPI, boss: Reader, field: Field, clock: FakeClock) -> None:
    error = field.missing_customer()
    boss.post("/companies/shop/pause", {"why": "long ago"}, on="/companies")
    day = clock.now().date()
    clock.moment += timedelta(days=3)
    boss.signs_in("ana")
    with app.state.desk.engine.begin() as connection:
        actions.skip(connection, Selection(ids=(error,)), by="eva", why="lately", now=clock.now())
        wishes.pause(connection, "branch", by="luis", why="elsewhere", now=clock.now())
    assert "elsewhere" in table(boss)
    for query in ("company=shop", "by=eva"):
        assert "elsewhere" not in table(boss, query), query
    for query in ("by=EV", "act=errors", "act=skip", f"since={day + timedelta(days=1)}", "company=shop&act=errors"):
        shown = table(boss, query)
        assert "lately" in shown, query
        assert "long ago" not in shown, query
    for query in (
        "act=companies",
        "act=company-paused&company=shop",
        f"until={day}",
        f"since={day}&until={day}&company=shop",
    ):
        shown = table(boss, query)
        assert "lately" not in shown, query
        assert "long ago" in shown, query
    assert "long ago" not in table(boss, f"until={day - timedelta(days=1)}")
    for nonsense in ("act=nonsense", "since=yesterday", "until=9999-12-31", "since=0001-01-01", "page=x", "by=%00"):
        assert boss.get(f"/audit?{nonsense}").status_code == 200
    assert "long ago" not in table(boss, "by=%25")  # no wildcard


def test_who_is_no_admin_is_not_told_of_users_and_their_addresses(app: FastAPI, boss: Reader) -> None:
    boss.post("/companies/shop/pause", {"why": "stocktaking"}, on="/companies")
    eva = signed_in(app, Role.OPERATOR, "eva")
    for query in ("", "act=users", "act=sign-ins", "act=sign-in", "act=keys"):
        for shown in (table(eva, query), eva.get(f"/audit/export?{query}").text):
            assert "stocktaking" in shown
            assert not [word for word in ("signed in", "added the user", "testclient") if word in shown]


def test_the_export_is_all_of_it_in_the_readers_language_and_runs_nothing(app: FastAPI, boss: Reader) -> None:
    engine, now = app.state.desk.engine, app.state.desk.clock.now()
    boss.post("/companies/shop/pause", {"why": "=HYPERLINK(1)"}, on="/companies")
    row = {"at": now - timedelta(days=1), "by": "eva", "act": Deed.RESUMED, "company": "shop"}
    with engine.begin() as connection:
        connection.execute(insert(deeds), [row for _line in range(2500)])
    reader = signed_in(app, Role.OPERATOR, "luis", language="es")
    answer = reader.get("/audit/export?act=companies")
    lines = list(csv.reader(io.StringIO(answer.text)))
    assert len(lines) == 1 + 1 + 2500
    assert lines[0][:3] == ["Cuándo", "Quién", "Qué"]
    assert lines[1][6] == "'=HYPERLINK(1)"
    assert {line[2] for line in lines[2:]} == {"reanudó la empresa"}


def test_an_export_has_each_line_once_where_orders_and_deeds_are_of_one_moment(
    app: FastAPI, field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "CHUNK", 3)
    engine, now = app.state.desk.engine, app.state.desk.clock.now()
    ids = [field.missing_customer(name) for name in ("Ana", "Eva", "Kai", "Mia", "Leo")]
    with engine.begin() as connection:
        for number, error in enumerate(ids):
            actions.skip(connection, Selection(ids=(error,)), by="eva", why=f"order {number}", now=now)
            wishes.pause(connection, "shop", by="eva", why=f"deed {number}", now=now)
    question = Question(acts=EVERYTHING)
    chunks = list(audit.all_entries(lambda: database.reading(engine), question))
    with engine.connect() as connection:
        at_once = audit.entries(connection, question, 100)
    assert [entry for chunk in chunks for entry in chunk] == at_once
    assert len(at_once) == 10
    assert [len(chunk) for chunk in chunks] == [3, 3, 3, 1]


def test_a_page_of_fifty_thousand_lines_is_found_by_three_statements(app: FastAPI) -> None:
    engine = app.state.desk.engine
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    row = {"by": "eva", "act": Deed.SYNC_WANTED, "company": "shop"}
    with engine.begin() as connection:
        connection.execute(insert(deeds), [row | {"at": begun + timedelta(seconds=n)} for n in range(50_000)])
    asked: list[tuple[Any, ...]] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    with engine.connect() as connection:
        found = audit.entries(connection, Question(acts=EVERYTHING), 50, 49_950)
        selects = [each for each in asked if each[0].startswith("SELECT")]
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {selects[0][0]}", selects[0][1]).all())
    assert [entry.at for entry in found][-1] == begun
    assert len(found) == 50
    assert len(selects) == 3
    assert selects[0][0].count("LIMIT") == 3  # neither half is read further than the page goes
    assert "SCAN deeds USING INDEX deeds_at" in plan
    assert "SCAN actions USING INDEX actions_at" in plan


def test_markup_in_a_name_or_reason_is_shown_as_text(app: FastAPI, boss: Reader) -> None:
    boss.post("/companies/shop/pause", {"why": "<b>bold</b>"}, on="/companies")
    Reader(app).signs_in("<i>nobody</i>", "guess")
    for _try in range(6):
        Reader(app).signs_in("<i>nobody</i>", "guess")
    shown = boss.get("/audit").text
    assert "<b>bold" not in shown
    assert "<i>nobody" not in shown
    assert "&lt;i&gt;nobody" in shown
    assert ADDRESS not in shown
