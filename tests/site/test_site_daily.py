"""The plot of the overview: what was posted and what failed on each of the last thirty days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, insert, update

from errors.tables import errors
from tests.support.browsing import signed_in, text
from tests.support.planting import Field
from worker.site.daily import DAYS, HEIGHT, Day, days, plot
from worker.site.people import Role
from worker.state import database
from worker.state.tables import runs

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The state database, once on each."""
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/days.sqlite" if sqlite else request.getfixturevalue("postgres_state_url")
    engine = database.connect(url)
    database.migrate(engine)
    yield engine
    engine.dispose()


def ran(engine: Engine, at: datetime, posted: dict[str, int], calls: int = 1) -> None:
    row: dict[str, Any] = {"company": "shop", "started_at": at, "finished_at": at, "posted": posted}
    with engine.begin() as connection:
        connection.execute(insert(runs).values(**row, linked=0, held=0, waiting=0, calls=calls))


def shown(engine: Engine) -> dict[date, Day]:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # a day is one of UTC, wherever the server stands
            connection.exec_driver_sql("SET TIME ZONE 'America/Mexico_City'")
        return {each.day: each for each in days(connection, NOW)}


def test_each_day_has_what_was_posted_by_kind_and_what_failed_from_midnight_to_midnight(engine: Engine) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    ran(engine, midnight, {"invoice": 3, "payment": 1})
    ran(engine, midnight + timedelta(hours=23, minutes=59), {"invoice": 2})
    ran(engine, midnight - timedelta(seconds=1), {"invoice": 40})
    ran(engine, midnight, {})
    field = Field(engine, lambda: NOW)
    first, _second = field.missing_customer("Ana"), field.missing_customer("Eva")
    with engine.begin() as connection:
        connection.execute(update(errors).where(errors.c.id == first).values(first_at=midnight))
    found = shown(engine)
    assert found[date(2026, 3, 1)] == Day(day=date(2026, 3, 1), posted={"invoice": 5, "payment": 1}, failed=1)
    assert found[date(2026, 2, 28)].all_posted == 40
    assert found[TODAY].failed == 1


def test_thirty_days_and_no_more_are_told_and_days_without_anything_too(engine: Engine) -> None:
    ran(engine, NOW - timedelta(days=DAYS), {"invoice": 7})
    ran(engine, NOW - timedelta(days=DAYS - 1), {"invoice": 9})
    found = shown(engine)
    assert [min(found), max(found), len(found)] == [TODAY - timedelta(days=DAYS - 1), TODAY, DAYS]
    assert sum(each.all_posted for each in found.values()) == 9


def made(*counts: tuple[int, int]) -> list[Day]:
    return [
        Day(day=TODAY - timedelta(days=place), posted={"invoice": posted}, failed=failed)
        for place, (posted, failed) in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("most", "lines"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (23, [0, 5, 10, 15, 20, 25]),
        (48_100, [0, 10_000, 20_000, 30_000, 40_000, 50_000]),
    ],
)
def test_the_scale_has_few_round_numbers_and_holds_the_highest_bar(most: int, lines: list[int]) -> None:
    drawn = plot(made((most, 0), (0, 0)))
    assert [count for count, _y in drawn.scale] == lines
    assert drawn.scale[0][1] == HEIGHT
    assert drawn.scale[-1][1] == 0


def test_bars_are_as_high_as_they_count_and_little_is_still_seen() -> None:
    first, second = plot(made((1000, 1), (500, 0))).places
    assert (first.posted.height, first.posted.y) == (HEIGHT, 0)
    assert second.posted.height == HEIGHT // 2
    assert first.failed.height == 1
    assert second.failed.height == 0
    assert first.posted.x + 9 < first.failed.x < second.posted.x


def test_today_is_named_and_every_fifth_day_before(app: FastAPI) -> None:
    places = plot(made(*[(0, 0)] * DAYS)).places
    assert [place.named for place in places[-6:]] == [True, False, False, False, False, True]


def test_the_overview_tells_the_plot_in_words_and_as_a_table_in_the_readers_language(
    app: FastAPI, field: Field
) -> None:
    engine, now = app.state.desk.engine, app.state.desk.clock.now()
    ran(engine, now - timedelta(days=1), {"invoice": 1200, "payment": 34})
    field.missing_customer()
    shown = signed_in(app, Role.VIEWER, "luis", language="es").get("/")
    told = text(shown).replace("1.2", "12")
    assert "Contabilizados en 30 días: 1234. Errores nuevos: 1. El día con más fue el 1 mar 2026." in told
    assert "1 mar 2026 1200 34 1234 0" in told
    assert "style=" not in shown.text
    assert 'role="img" aria-labelledby="plot-title plot-summary"' in shown.text
