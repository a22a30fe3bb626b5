"""Who asks beside the ticks of the same process shares their limits, and takes nothing of theirs away."""

from __future__ import annotations

from cryptography.fernet import Fernet
from sqlalchemy import create_engine

from connectors.quickbooks.opening import QuickBooksConnector
from connectors.throttle import Limit, Throttle
from connectors.tokens import TokenStore
from tests.support.quickbooks_desk import COMPANY, FakeClock, app_settings


def test_another_target_shares_the_throttle_and_leaves_the_guard_alone() -> None:
    clock, engine = FakeClock(), create_engine("sqlite://")
    store = TokenStore(engine, [Fernet.generate_key().decode()], now=clock.now)
    connector = QuickBooksConnector(app_settings(), store, now=clock.now, sleep=clock.sleep)
    asked: list[str] = []
    ticks = connector.open_target(COMPANY)
    ticks.guard(lambda: asked.append("lease"))
    beside = connector.open_beside(COMPANY)
    beside.guard(None)
    assert beside is not ticks
    assert beside.throttle is ticks.throttle
    assert connector.open_target(COMPANY) is ticks
    assert connector.throttles() == {COMPANY.name: ticks.throttle}
    before_call = ticks._client.session.before_call
    assert before_call is not None
    before_call()
    assert asked == ["lease"]
    engine.dispose()


def test_a_throttle_counts_how_often_and_how_long_calls_waited() -> None:
    clock = FakeClock()
    throttle = Throttle("shop", [Limit(count=1, seconds=10)], now=clock.now, sleep=clock.sleep)
    for _ in range(3):
        throttle.acquire()
        throttle.done()
    assert throttle.waits == 2
    assert 20 <= throttle.waited < 21
