"""A row that is committed late, with an older time of change, is found all the same: the overlap window."""

from __future__ import annotations

from datetime import timedelta

from tests.support.house import House


def test_a_row_that_is_committed_late_is_posted(house: House) -> None:
    """A long transaction of the application: its rows say when they were written, not when they could be seen."""
    written = house.clock.now()
    house.customer("c1", "Ana Ruiz", updated_at=written)
    house.tick()
    house.customer("c2", "Luis Gil", updated_at=written - timedelta(seconds=100))
    house.tick()
    assert house.errors() == []
    assert sorted(row["DisplayName"] for row in house.rows("Customer")) == ["Ana Ruiz", "Luis Gil"]
