"""A few seeds in every test run; and that a seed always gives the same run; and that each invariant can fail."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from connectors import throttle
from tests.simulation.run import quiet
from tests.simulation.world import NARROW, Result, Setting, make_template, simulate
from worker.steps import post, recover

SHORT = {"documents": 50, "steps": 5}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(autouse=True)
def _without_log() -> Iterator[None]:
    quiet()
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_doubled_lost_or_stuck(seed: int, template: Path) -> None:
    result = simulate(seed, template)

    assert result.violations == []
    assert result.documents >= 200
    assert result.faults > 0


def test_a_seed_always_gives_the_same_run(template: Path) -> None:
    """In another process with other hashes: no order of a set decides anything."""
    program = (
        "import sys; from pathlib import Path; from tests.simulation import run, world;"
        "run.quiet(); setting = world.Setting(documents=50, steps=5);"
        "print(world.simulate(7, Path(sys.argv[1]), setting).digest)"
    )

    def digest(hashes: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hashes}
        command = [sys.executable, "-c", program, str(template)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()

    first = digest("1")
    assert first
    assert digest("2") == first
    assert simulate(8, template, Setting(**SHORT)).digest != first


def _blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has an unknown outcome is sent again without a look."""
    monkeypatch.setattr(recover, "_held", lambda *_: {})


def _unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The intent is not committed before the call."""
    plain = post.intend

    def intend(company: Any, chosen: Any) -> Any:
        intended = plain(company, chosen)
        with company.begin() as connection:
            post.items.move_all(connection, [(item, {}) for item in intended], post.State.NUMBERED, company.clock.now())
        return intended

    monkeypatch.setattr(post, "intend", intend)


def _other_body(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every document leaves under one and the same request id."""
    plain = post._intended
    monkeypatch.setattr(post, "_intended", lambda item, _fresh, place, together: plain(item, "same", place, together))


def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """No call ever waits."""
    monkeypatch.setattr(throttle, "wait_needed", lambda *_, **__: 0.0)


def _unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody answered stays under way for ever."""
    monkeypatch.setattr(recover, "run", lambda _company: None)


@pytest.mark.parametrize(
    ("breakage", "sites", "blamed"),
    [
        (_blind, {"reply_lost"}, "I1"),
        (_unwritten, set(), "I2"),
        (_other_body, set(), "I3"),
        (_unlimited, set(), "I7"),
        (_unsettled, {"reply_lost"}, "I10"),
    ],
)
def test_a_missing_guard_is_noticed(
    breakage: Callable[[pytest.MonkeyPatch], None],
    sites: set[str],
    blamed: str,
    template: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    breakage(monkeypatch)
    switches = {"replay": "ignore", "duplicates": "allow"}
    setting = Setting(**SHORT, sites=frozenset(sites), switches=switches, pace=NARROW)

    assert any(blamed in _invariants(simulate(seed, template, setting)) for seed in range(1, 9))


def _invariants(result: Result) -> set[str]:
    return {line.partition(":")[0] for line in result.violations}
