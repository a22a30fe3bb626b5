"""The counts of `make bench` stay within their bounds, and a count that does not is told by the exit status."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from benchmarks import engine


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    """Each measurement logs as a daemon does, into a file of its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("measure", engine.QUICK, ids=lambda measure: measure.__name__)
def test_counts_stay_within_their_bounds(measure) -> None:
    figures = measure()
    assert engine.missed(figures) == [], figures


def run(monkeypatch, capsys, **figures: float) -> tuple[int, list[str]]:
    monkeypatch.setattr(engine, "QUICK", (lambda: figures,))
    monkeypatch.setattr(engine, "LONG", ())
    monkeypatch.setattr(sys, "argv", ["engine"])
    status = engine.main()
    return status, capsys.readouterr().out.splitlines()


def test_the_last_line_is_one_json_object(monkeypatch, capsys) -> None:
    status, lines = run(monkeypatch, capsys, bulk_calls_per_document=0.05, loop_calls_per_document=3.0)
    assert status == 0
    assert json.loads(lines[-1]) == {"bulk_calls_per_document": 0.05, "loop_calls_per_document": 3.0}
    assert lines[1].endswith("PASS")


@pytest.mark.parametrize(("name", "value"), [("single_calls", 2), ("drain_ratio", 0.94)])
def test_a_count_past_its_bound_is_a_failure(monkeypatch, capsys, name, value) -> None:
    status, lines = run(monkeypatch, capsys, **{name: value})
    assert status == 1
    assert lines[1].endswith("FAIL")


def test_a_slow_machine_is_shown_and_not_judged(monkeypatch, capsys) -> None:
    status, lines = run(monkeypatch, capsys, speedup_vs_loop=2, rss_growth=3)
    assert status == 0
    assert all(line.endswith("FAIL") for line in lines[1:3])
