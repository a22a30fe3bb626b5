"""Drawing numbers: nobody gets the same, nothing is left out without a reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine

from connectors.contract import Change, Position
from connectors.documents import DocumentKind
from worker.numbering.ranges import Range, RangeKind
from worker.state import items, numbers
from worker.state.numbers import Drawn, DrawnState, Repeats

NOW = datetime(2026, 5, 7, 9, 0, tzinfo=UTC)
DAY = date(2026, 5, 7)
KIND = RangeKind.INVOICE


def draw(engine: Engine, owner: str, day: date = DAY, expires_at: datetime | None = None) -> str:
    with engine.begin() as connection:
        found = numbers.draw(connection, "shop", KIND, day, owner=owner, now=NOW, expires_at=expires_at)
    assert isinstance(found, Drawn), found
    return found.number


def save(engine: Engine, text: str, last: int = 0, year: int = 2026) -> None:
    with engine.begin() as connection:
        range_ = Range(kind=KIND, year=year, format=text, last=last)
        numbers.save(connection, "shop", range_, by="ana", now=NOW)


def states(engine: Engine, year: int = 2026) -> list[tuple[int, int, DrawnState, str]]:
    with engine.connect() as connection:
        rows = numbers.of_range(connection, "shop", KIND, year)
    return [(row.counter, row.up_to, row.state, row.reason) for row in rows]


def ours(engine: Engine, number: str) -> None:
    change = Change(local_id=number, version="v", position=Position(changed=None, key=1))
    with engine.begin() as connection:
        items.add(connection, "shop", DocumentKind.INVOICE, [change], NOW)
        key = (DocumentKind.INVOICE, number)
        items.note(connection, items.by_key(connection, "shop", {key})[key], number=number)


def test_the_first_draw_of_a_company_makes_its_range(engine: Engine) -> None:
    assert [draw(engine, owner) for owner in "ab"] == ["2026-0001", "2026-0002"]


def test_an_owner_who_asks_again_gets_the_same_number(engine: Engine) -> None:
    assert draw(engine, "invoice 17") == draw(engine, "invoice 17")


def test_eight_at_once_never_get_the_same_and_leave_nothing_out(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda owner: draw(engine, f"form {owner}"), range(80)))
    assert sorted(drawn) == [f"2026-{counter:04}" for counter in range(1, 81)]


def test_what_our_own_documents_have_is_passed_with_its_reason(engine: Engine) -> None:
    save(engine, "PS{i;3}", last=3)
    ours(engine, "PS005")
    assert [draw(engine, owner) for owner in "ab"] == ["PS004", "PS006"]
    assert states(engine) == [
        (1, 3, DrawnState.PASSED, "set"),
        (4, 4, DrawnState.RESERVED, ""),
        (5, 5, DrawnState.PASSED, "taken"),
        (6, 6, DrawnState.RESERVED, ""),
    ]


def test_a_released_number_is_not_drawn_again_and_its_gap_has_a_reason(engine: Engine) -> None:
    first = draw(engine, "form")
    with engine.begin() as connection:
        assert numbers.release(connection, "shop", KIND, first, reason="not needed")
        assert not numbers.release(connection, "shop", KIND, first, reason="again")
    assert draw(engine, "form") == "2026-0002"
    assert states(engine)[0] == (1, 1, DrawnState.RELEASED, "not needed")


def test_a_reservation_that_nobody_used_in_time_is_released(engine: Engine) -> None:
    draw(engine, "form 1", expires_at=NOW + timedelta(hours=1))
    used = draw(engine, "form 2", expires_at=NOW + timedelta(hours=1))
    draw(engine, "invoice 9")
    ours(engine, used)
    with engine.begin() as connection:
        assert numbers.expire(connection, "shop", NOW) == []
        gone = numbers.expire(connection, "shop", NOW + timedelta(hours=1))
    assert [each.number for each in gone] == ["2026-0001"]


def test_a_new_year_takes_over_the_format(engine: Engine) -> None:
    save(engine, "R{yy}-{i;2}", last=40)
    assert draw(engine, "a", date(2027, 1, 2)) == "R27-01"
    assert draw(engine, "b") == "R26-41"


def test_a_new_year_whose_first_number_is_there_already_is_refused(engine: Engine) -> None:
    save(engine, "PS{i;3}")
    draw(engine, "a")
    with engine.begin() as connection:
        found = numbers.draw(connection, "shop", KIND, date(2027, 1, 2), owner="b", now=NOW)
    assert found == Repeats(number="PS001", year=2027)
    save(engine, "PS{i;3}", last=1, year=2027)
    assert draw(engine, "b", date(2027, 1, 2)) == "PS002"


def test_a_document_whose_date_moves_to_another_year_gives_its_number_up(engine: Engine) -> None:
    draw(engine, "invoice 17")
    assert draw(engine, "invoice 17", date(2027, 1, 2)) == "2027-0001"
    assert states(engine) == [(1, 1, DrawnState.RELEASED, "year")]


def test_a_range_that_is_edited_while_numbers_are_drawn_gives_nobody_the_same(engine: Engine) -> None:
    save(engine, "A{i}")

    def edit(place: int) -> None:
        save(engine, "A{i}" if place % 2 else "B{i}", last=0)  # somebody looked before the first draw

    with ThreadPoolExecutor(8) as pool:
        drawn = [pool.submit(draw, engine, f"form {place}") for place in range(40)]
        edits = [pool.submit(edit, place) for place in range(10)]
        numbers_drawn = [each.result() for each in drawn]
        for each in edits:
            each.result()
    assert len(set(numbers_drawn)) == 40
    assert sorted(int(text[1:]) for text in numbers_drawn) == list(range(1, 41))
