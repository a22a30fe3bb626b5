"""What people want of the daemon is kept until it is done, and no longer."""

from datetime import UTC, datetime, timedelta

import pytest

from worker.schedule.wishing import Wishes
from worker.state import database, wishes

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def engine(state_url):
    engine = database.connect(state_url)
    database.migrate(engine)
    yield engine
    engine.dispose()


def test_a_pause_lasts_until_somebody_ends_it(engine):
    seen = Wishes(engine, lambda: NOON)
    with engine.begin() as connection:
        wishes.pause(connection, "main", by="ana", why="stocktaking", now=NOON)
        wishes.pause(connection, "main", by="eva", why="still", now=NOON)
    assert (seen.paused("main"), seen.paused("branch")) == (True, False)
    with engine.begin() as connection:
        assert wishes.of(connection)["main"]["why"] == "still"
        wishes.resume(connection, "main", by="ana", now=NOON)
    assert not seen.paused("main")


def test_a_look_is_wanted_until_one_begins_and_a_later_wish_is_kept(engine):
    with engine.begin() as connection:
        wishes.want(connection, "main", by="ana", now=NOON)
        wishes.want(connection, "branch", by="ana", now=NOON + timedelta(seconds=9))
    seen = Wishes(engine, lambda: NOON + timedelta(seconds=1))
    assert sorted(seen.wanted()) == ["branch", "main"]
    for name in ("main", "branch"):
        seen.looked(name)
    assert seen.wanted() == ["branch"]
