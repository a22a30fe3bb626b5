"""The pages of number ranges: shown, tried while typing, kept, refused."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from tests.support.browsing import signed_in
from worker.site.people import Role
from worker.state import numbers

PAGE = "/numbers/shop/invoice/2026"


def kept(app: FastAPI) -> list[tuple[str, int]]:
    with app.state.desk.engine.connect() as connection:
        return [(one.format, one.last) for one in numbers.ranges(connection, "shop")]


def test_an_admin_sets_a_range_and_everybody_sees_what_comes_next(app: FastAPI) -> None:
    admin, viewer = signed_in(app, Role.ADMIN), signed_in(app, Role.VIEWER)
    assert "no range yet" in viewer.get("/numbers").text
    assert admin.post(PAGE, {"format": "PS{i;3}", "next": "4"}).status_code == 303
    assert kept(app) == [("PS{i;3}", 3)]
    assert "PS004, PS005, PS006" in viewer.get("/numbers").text
    page = viewer.get(PAGE).text
    assert "PS004, PS005, PS006" in page
    assert "left out: the next number was set higher" in page
    assert "<button>Keep</button>" not in page.split('class="range"')[1].split("</form>")[0]
    assert viewer.post(PAGE, {"format": "X{i}", "next": "9"}).status_code == 403


def test_a_mistake_is_told_with_its_place_and_nothing_is_kept(app: FastAPI) -> None:
    admin = signed_in(app, Role.ADMIN)
    answer = admin.post(PAGE, {"format": "A-{yyy}{i;3}", "next": "1"})
    assert answer.status_code == 400
    assert "column 4: unknown variable {yyy}: did you mean {yyyy} or {yy}?" in answer.text
    assert kept(app) == []


@pytest.mark.parametrize("wanted", ["0", "-3", "x", "9" * 40, "2"])
def test_a_counter_that_cannot_be_is_refused(app: FastAPI, wanted: str) -> None:
    admin = signed_in(app, Role.ADMIN)
    admin.post(PAGE, {"format": "{yyyy}-{i;4}", "next": "5"})
    assert admin.post(PAGE, {"format": "{yyyy}-{i;4}", "next": wanted}).status_code == 400
    assert kept(app) == [("{yyyy}-{i;4}", 4)]


def test_what_is_typed_is_shown_before_it_is_kept_in_the_readers_language(app: FastAPI) -> None:
    viewer = signed_in(app, Role.VIEWER, language="es")
    good = viewer.get(f"{PAGE}/preview", params={"format": "F{i;2}", "next": "7"}).json()
    assert good["numbers"] == ["F07", "F08", "F09"]
    assert "los números se repiten" in good["warnings"][0]
    bad = viewer.get(f"{PAGE}/preview", params={"format": "{foo}", "next": "1"}).json()
    assert bad["numbers"] == []
    assert bad["mistakes"][0].startswith("columna 2: variable desconocida {foo}")


@pytest.mark.parametrize("path", ["other/invoice/2026", "shop/bill/2026", "shop/invoice/20266", "shop/invoice/x"])
def test_there_is_no_page_for_what_there_is_not(app: FastAPI, path: str) -> None:
    assert signed_in(app, Role.VIEWER).get(f"/numbers/{path}").status_code == 404


def test_markup_in_a_format_is_text(app: FastAPI) -> None:
    admin = signed_in(app, Role.ADMIN)
    answer = admin.post(PAGE, {"format": "<b>{i}</b>", "next": "1"})
    assert "<b>" not in admin.get(PAGE).text + answer.text
    assert kept(app) == [("<b>{i}</b>", 0)]
