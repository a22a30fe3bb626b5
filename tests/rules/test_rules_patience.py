"""Waiting grows, has an end, and is spread."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies

from worker.rules.patience import LONGEST_OUTAGE_PAUSE, LONGEST_RETRY, fraction, probe_at, retry_at

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@given(lasted=strategies.timedeltas(timedelta(0), timedelta(days=9)), name=strategies.text())
def test_an_outage_is_waited_for_as_long_again_and_never_longer_than_a_quarter_of_an_hour(
    lasted: timedelta, name: str
) -> None:
    pause = probe_at(name, NOW, NOW + lasted) - (NOW + lasted)
    whole = min(lasted, LONGEST_OUTAGE_PAUSE)
    assert whole * 0.75 - MINUTE / 60 <= pause <= whole


def test_retries_come_later_each_time_and_at_last_every_few_hours() -> None:
    delays = [retry_at("7", attempts, NOW) - NOW for attempts in range(40)]
    for attempts, delay in enumerate(delays[:9]):
        assert MINUTE * 2**attempts <= delay < MINUTE * 2**attempts * 1.5
    assert all(LONGEST_RETRY <= delay < LONGEST_RETRY * 1.5 for delay in delays[9:])


def test_a_thousand_documents_are_not_tried_again_in_the_same_second() -> None:
    seconds = Counter((retry_at(str(number), 0, NOW) - NOW) // timedelta(seconds=1) for number in range(1000))
    assert len(seconds) == 30
    assert max(seconds.values()) < 60


def test_what_is_drawn_is_even_and_the_same_for_everybody_who_asks() -> None:
    drawn = [fraction("shop", number) for number in range(1000)]
    assert 0 <= min(drawn) < max(drawn) < 1
    assert 0.45 < sum(drawn) / len(drawn) < 0.55
    assert drawn == [fraction("shop", number) for number in range(1000)]
