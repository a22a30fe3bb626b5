"""The cursor: a row committed late is found, nothing is skipped, resting books cost nothing, and clocks never meet."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings, strategies as st

from connectors.contract import Position
from connectors.local.cursor import SPACING, Checkpoint, Cursor, advance, floor, from_json, to_json

START = datetime(2026, 1, 1, tzinfo=UTC)
OVERLAP = 300


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


@dataclass(frozen=True)
class Row:
    """Stamped by the application's clock, visible from `visible` on by ours."""

    stamped: int
    visible: int
    key: int

    @property
    def place(self) -> tuple[int, int]:
        return self.stamped, self.key


@dataclass
class Reader:
    """A worker that polls: each poll reads from the floor to the end, over a stretch of time."""

    rows: list[Row]
    shift: int
    cursor: Cursor = field(default_factory=Cursor)

    def __post_init__(self) -> None:
        self.seen: set[int] = set()

    def poll(self, began: int, lasted: int = 0) -> int:
        """How many rows were looked at."""
        after = floor(self.cursor)
        behind = (-(10**9), 0) if after is None else (after.changed, after.key)
        found = sorted(
            (row for row in self.rows if row.visible <= began + lasted and row.place > behind),
            key=lambda row: row.place,
        )
        self.seen |= {row.key for row in found}
        reached = Position(changed=found[-1].stamped, key=found[-1].key) if found else None
        times = {"began": at(began), "ended": at(began + lasted)}
        # as JSON in between, as the worker keeps it
        stored = json.loads(json.dumps(to_json(self.cursor)))
        self.cursor = advance(from_json(stored), reached, **times, overlap=timedelta(seconds=OVERLAP))
        return len(found)


gaps = st.lists(st.tuples(st.integers(0, 2 * OVERLAP), st.integers(0, 50)), min_size=1, max_size=30)
commits = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, OVERLAP)), min_size=1, max_size=30)


@settings(max_examples=500)
@given(commits=commits, gaps=gaps, shift=st.integers(-100_000, 100_000))
def test_a_row_committed_late_is_found_and_then_the_books_rest(
    commits: list[tuple[int, int]], gaps: list[tuple[int, int]], shift: int
) -> None:
    """`shift`: the application's clock against ours. Rows commit up to OVERLAP after their time of change."""
    rows = [Row(stamped=time + shift, visible=time + late, key=key) for key, (time, late) in enumerate(commits)]
    reader, now = Reader(rows, shift), 0
    for gap, lasted in gaps:
        now += gap
        reader.poll(now, lasted)
        now += lasted
    now = max(now, 3000 + OVERLAP)
    for _ in range(3):
        reader.poll(now)
        now += OVERLAP
    assert reader.seen == {row.key for row in rows}
    assert reader.poll(now) == 0


@given(gaps=st.lists(st.integers(1, 120), min_size=20, max_size=200))
def test_a_busy_company_keeps_few_checkpoints_and_reads_little_again(gaps: list[int]) -> None:
    """A row a second, seen at once: what is read again is younger than two overlaps and two polls."""
    reader, now = Reader([], 0), 0
    for gap in gaps:
        reader.rows += [Row(stamped=time, visible=time, key=time) for time in range(now + 1, now + gap + 1)]
        now += gap
        assert reader.poll(now) <= 2 * OVERLAP + 2 * 120 + OVERLAP // SPACING
        assert len(reader.cursor.waiting) <= SPACING + 1


def test_a_row_committed_between_two_polls_that_are_an_overlap_apart_is_found() -> None:
    """The checkpoint is older than the overlap when the second poll begins, but nobody has looked since."""
    reader = Reader([Row(stamped=100, visible=100, key=1), Row(stamped=99, visible=399, key=2)], 0)
    reader.poll(100)
    reader.poll(400)
    assert reader.seen == {1, 2}


def test_a_poll_that_lasts_is_counted_from_its_end() -> None:
    """The last row was stamped at the end of the poll; a neighbour stamped just before commits an overlap later."""
    reader = Reader([Row(stamped=60, visible=60, key=2), Row(stamped=59, visible=359, key=1)], 0)
    reader.poll(0, lasted=60)
    reader.poll(310)
    reader.poll(400)
    assert reader.seen == {1, 2}


def test_without_an_overlap_a_poll_settles_what_it_reached() -> None:
    reached = Position(changed=5, key=1)
    cursor = advance(Cursor(), reached, began=at(0), ended=at(0), overlap=timedelta(0))
    assert cursor == Cursor(settled=reached)


def test_resting_books_leave_the_cursor_alone() -> None:
    cursor = Cursor(settled=Position(changed=5, key=1))
    assert advance(cursor, None, began=at(0), ended=at(0), overlap=timedelta(seconds=OVERLAP)) == cursor


def test_what_is_reached_again_keeps_the_time_it_was_reached_first() -> None:
    """Else the books would have to rest twice as long."""
    reached, overlap = Position(changed=5, key=1), timedelta(seconds=OVERLAP)
    cursor = advance(Cursor(), reached, began=at(0), ended=at(0), overlap=overlap)
    assert advance(cursor, reached, began=at(OVERLAP - 1), ended=at(OVERLAP - 1), overlap=overlap) == cursor


def test_every_type_survives_json() -> None:
    for changed in (None, 5, "2026-01-01 10:00", Decimal("2460000.5"), date(2026, 1, 1), datetime(2026, 1, 1), at(0)):  # noqa: DTZ001 - SQL's plain timestamp
        for key in (7, "a:b"):
            position = Position(changed=changed, key=key)
            cursor = Cursor(settled=position, waiting=(Checkpoint(position=position, reached_at=at(1)),))
            back = from_json(json.loads(json.dumps(to_json(cursor))))
            assert back == cursor
            assert back.settled is not None
            assert type(back.settled.changed) is type(changed)
    assert from_json(None) == Cursor()
