"""What a page asks of the database does not grow with the error table (times: benchmarks/console.py)."""

from __future__ import annotations

from benchmarks.console import PAGES, application, costs
from errors.console import orders
from errors.listing import count_errors
from errors.selection import Selection
from errors.tables import State


def test_no_page_asks_more_often_when_there_are_more_errors() -> None:
    few, many = costs(50), costs(1500)
    assert {page: many[page].statements for page in PAGES} == {page: few[page].statements for page in PAGES}
    assert max(few[page].statements for page in PAGES) <= 16


def test_an_order_for_all_that_match_is_a_handful_of_statements_for_each_thousand() -> None:
    assert costs(1500)["resync all that match"].statements <= 25


def test_an_order_for_very_many_leaves_the_database_to_others_in_between() -> None:
    with application(2500) as app:
        engine = app.state.desk.engine
        with engine.connect() as connection:
            parts = orders.stretches(connection, Selection(state=State.OPEN, all=True))
            counts = [count_errors(connection, part) for part in parts]
    assert counts == [1000, 1000, 500]
