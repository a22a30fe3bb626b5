"""No call to QuickBooks inside a transaction: read from the syntax tree of every file of the engine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.support.calling import Module, callers, transactions, violations

ROOT = Path(__file__).parents[2]
PACKAGES = ("worker", "connectors")
FILES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if "sandbox" not in path.parts)

DIRECT = """
def f(company):
    with company.begin() as connection:
        company.target.post([])
"""
LATER = """
def f(company):
    with a, company.begin():
        if x:
            x = [company.target.get(1, 2)]
"""
WAITING = """
def f(company):
    with company.begin():
        company.target.take_turn(1)
"""
BY_HELPERS = """
def h(client):
    client.read("")
def g(x):
    h(x)
def f(engine):
    with reading(engine):
        g(1)
"""
BY_A_METHOD = """
class A:
    def g(self):
        self._session.get("")
    def f(self):
        with self.e.begin():
            self.g()
"""
AS_A_VALUE = """
def g(client):
    client.read("")
def f(engine):
    with engine.begin():
        map(g, [])
"""
GIVEN_A_CONNECTION = """
def f(connection: Connection, target):
    target.find([])
"""
BY_ANOTHER_FILE = """
from worker.steps import post
def f(company):
    with company.begin():
        post.send(company, [])
"""


@cache
def modules() -> list[Module]:
    names = (path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in FILES)
    return [Module.parse(name, path.read_text()) for name, path in zip(names, FILES, strict=True)]


def test_nothing_calls_quickbooks_while_a_transaction_is_open() -> None:
    assert violations(modules()) == []


@pytest.mark.parametrize(
    "text", [DIRECT, LATER, WAITING, BY_HELPERS, BY_A_METHOD, AS_A_VALUE, GIVEN_A_CONNECTION, BY_ANOTHER_FILE]
)
def test_a_call_in_a_transaction_is_seen(text: str) -> None:
    assert [found.split(":")[0] for found in violations([*modules(), Module.parse("wrong", text)])] == ["wrong"]


def test_the_walk_knows_who_calls_and_who_does_not() -> None:
    """If it recognised nothing, the first test could not fail."""
    known = callers(modules())
    calling = {("worker.pipeline", "run"), ("worker.steps.recover", "run"), ("connectors.quickbooks.finding", "find")}
    assert calling <= known
    assert not {("worker.steps.link", "link"), ("worker.state.items", "move"), ("errors.queue", "record")} & known
    assert sum(1 for module in modules() for _ in transactions(module)) > 50
