"""The first thing that anybody runs: the whole way over real HTTP, told to a person and to a machine."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

CUADRE = [sys.executable, "-m", "worker"]
KINDS = {"customer", "service", "invoice", "payment", "refund", "fee"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CUADRE, *arguments], capture_output=True, text=True, timeout=180, check=False)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("demo")
    done = run("demo", "--json", "--keep", str(folder))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), folder


def test_the_demo_posts_every_kind_balances_and_posts_nothing_twice(told: tuple[dict[str, Any], Path]) -> None:
    facts, _ = told
    assert set(facts["posted"]) == KINDS
    assert all(each["count"] > 0 for each in facts["posted"].values())
    assert facts["second_tick_posts"] == 0
    assert facts["balanced"] is True
    assert facts["qbo_calls"] > 0
    assert Decimal(facts["posted"]["invoice"]["sum"]) > 100_000


def test_every_planted_trouble_stands_in_the_error_table_with_its_fix(told: tuple[dict[str, Any], Path]) -> None:
    facts, _ = told
    kinds = {error["kind"] for error in facts["errors"]}
    assert kinds == {
        "duplicate-number",
        "customer-not-found",
        "period-closed",
        "service-inactive",
        "unknown-local-payment",
        "service-account-wrong",
    }
    assert all(error["sentence"] and error["fix"] for error in facts["errors"])
    assert {error["ordered"] for error in facts["errors"]} == {"resync", "skip", "delete", "use-number", None}


def test_what_the_demo_keeps_can_be_explored(told: tuple[dict[str, Any], Path]) -> None:
    facts, folder = told
    listed = run("--config", str(folder / "cuadre.toml"), "errors", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    assert "period-closed" in listed.stdout
    assert (folder / "sandbox.sqlite").exists()
    assert facts["open_errors"] == 2


def test_a_person_sees_the_proof_in_their_language() -> None:
    done = run("--language", "es", "demo")
    assert done.returncode == 0, done.stderr
    assert "S-0401" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "It balances" not in done.stdout


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    done = run("demo", "--keep", str(tmp_path))
    assert done.returncode == 2
    assert "mine" in {path.name for path in tmp_path.iterdir()}
    assert len(list(tmp_path.iterdir())) == 1
