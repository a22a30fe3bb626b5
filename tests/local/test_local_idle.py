"""What an idle poll examines does not grow with the books, on any database (the full size: benchmarks/idle_poll.py)."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from benchmarks import idle_poll


def test_an_idle_poll_examines_nothing_whatever_rests_there(books_url: str) -> None:
    small = idle_poll.cost(books_url, 2000)
    engine = create_engine(books_url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM customers"))
    engine.dispose()
    large = idle_poll.cost(books_url, 20_000)
    assert large == small
    if not books_url.startswith("sqlite"):
        assert large <= 3  # one look into the index for each statement


def test_the_counters_notice_a_scan(books_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [("SELECT name FROM customers WHERE name = 'nobody'", ())]
    monkeypatch.setattr(idle_poll, "idle_poll", lambda _url: whole)
    assert idle_poll.cost(books_url, 200) >= 200
