"""A tick with nothing to do asks QuickBooks nothing, and the state database little, however large the books are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.support.house import House
from worker import pipeline

MOST = 10


@contextmanager
def listening(engine: Engine) -> Iterator[list[str]]:
    """Every statement, those of the lease and the fence among them; beginnings and ends of transactions are none."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def statements(house: House, minutes: int) -> list[str]:
    house.clock.moment += timedelta(minutes=minutes)
    with listening(house.engine) as said:
        report = pipeline.run(house.company)
    assert (report.calls, report.linked, report.halted) == (0, 0, None)
    return said


@pytest.mark.parametrize("minutes", [0, 30])  # soon after the last tick, and when the lease has run out meanwhile
def test_an_idle_tick_says_at_most_ten_things_to_the_state_database(house: House, minutes: int) -> None:
    house.furnish()
    house.tick()
    statements(house, 60)
    few = statements(house, minutes)
    for number in range(60):
        house.customer(f"c{number + 10}", f"Client {number}")
        house.invoice(str(number), customer=f"c{number + 10}")
        house.payment(f"p{number}", {str(number): "150.00"}, customer=f"c{number + 10}")
    house.invoice("bad", customer="nobody")  # held: it stays so, and costs an idle tick nothing
    house.tick()
    house.tick()
    statements(house, 60)
    many = statements(house, minutes)
    assert len(many) <= MOST, "\n".join(many)
    assert len(many) == len(few)
