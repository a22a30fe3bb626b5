"""What reads cost this month, for a person and for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from connectors.quickbooks.meter import Kind, Meter
from connectors.tokens import Grant, TokenStore
from worker import exits, metrics, reads
from worker.clock import Clock
from worker.companies import open_state
from worker.config import Config, load

NOW = datetime(2026, 3, 11, tzinfo=UTC)
EARLIER = datetime(2026, 3, 10, 23, 59, tzinfo=UTC)


@pytest.fixture
def config(house: Any) -> Config:
    text = Path("cuadre.toml").read_text()
    Path("cuadre.toml").write_text(text.replace("[quickbooks]", "[quickbooks]\nreads_per_month = 1000"))
    return load(Path("cuadre.toml"), {}).config


@pytest.fixture
def state(config: Config) -> Iterator[Engine]:
    engine = open_state(config)
    yield engine
    engine.dispose()


def spend(state: Engine, count: int, now: datetime = NOW) -> None:
    meter = Meter("main", now=lambda: now, budget=10**9)
    meter.add("1", Kind.READ, count)
    with state.begin() as connection:
        meter.save(connection)


def told(state: Engine, config: Config) -> list[str]:
    with state.connect() as connection:
        return reads.sentences(reads.use(connection, config, NOW))


def test_a_person_is_told_more_as_the_budget_is_used_up(state: Engine, config: Config) -> None:
    spend(state, 100)
    assert told(state, config) == [
        "Reads of QuickBooks this month: 100 of 1000; 310 by its end if it goes on like this"
    ]
    spend(state, 700)
    assert told(state, config)[1] == "80 percent of the budget of reads is used up."
    spend(state, 200)
    assert told(state, config)[1].startswith("The budget of reads is used up (100 percent)")


def test_status_shows_the_reads_of_a_day_and_doctor_counts_as_well(cuadre: Any, connected: Any) -> None:
    cuadre("doctor")
    before = cuadre("status", "--json").json()[0]["reads"]
    assert before["this_month"] > 0
    cuadre("once")
    after = cuadre("status", "--json").json()[0]["reads"]
    assert after["all_this_month"] == after["this_month"] == connected.sandbox.sandbox.meters.core_plus(Clock().now())
    assert after["this_month"] > before["this_month"]
    assert after["budget"] == 500_000
    assert f"Reads of QuickBooks this month: {after['this_month']} of 500000" in cuadre("status").out
    assert "Lecturas de QuickBooks este mes" in cuadre("--language", "es", "status").out


def test_the_metrics_are_what_prometheus_reads(state: Engine, config: Config) -> None:
    spend(state, 100)
    store = TokenStore(state, [config.quickbooks.token_key.get_secret_value()], now=lambda: EARLIER)
    grant = Grant(access_token="a", refresh_token="r", access_expires_at=NOW, refresh_expires_at=NOW)
    store.connect("main", "1", "sandbox", grant)
    families = text_string_to_metric_families(metrics.exposition(config, state, NOW))
    samples = {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}
    assert samples["cuadre_quickbooks_calls_this_month", "main", "read"] == 100
    assert samples["cuadre_quickbooks_reads_projected", "main"] == 310
    assert samples["cuadre_quickbooks_reads_budget",] == 1000
    assert samples["cuadre_backlog_age_seconds", "main"] == 0
    assert samples["cuadre_token_age_seconds", "main"] == 60
    assert samples["cuadre_connected", "main"] == 1


def test_the_command_counts_items_by_state_and_errors_by_category(cuadre: Any, connected: Any) -> None:
    cuadre("once")
    shown = cuadre("metrics")
    assert shown.code == exits.OK
    assert 'cuadre_items{company="main",kind="invoice",state="linked"} 1.0' in shown.out
    assert 'cuadre_items{company="main",kind="invoice",state="held"} 1.0' in shown.out
    assert 'cuadre_open_errors{category="invoices",company="main"} 1.0' in shown.out
    assert 'cuadre_last_tick_age_seconds{company="main"}' in shown.out
