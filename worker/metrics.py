"""Cuadre's figures in Prometheus' text format, read from the state database: any process of any machine may answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, func, select

from connectors.quickbooks import meter
from connectors.tokens import CONNECTED, tokens
from errors import queue
from errors.tables import State as ErrorState
from worker import figures
from worker.config import Config
from worker.reads import Use, use
from worker.state import runs
from worker.state.database import reading
from worker.state.tables import items
from worker.status import UNDER_WAY

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(config: Config, engine: Engine, now: datetime) -> str:
    """Everything, as it is now.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the state database does not answer.
    """
    registry = CollectorRegistry()
    with reading(engine) as connection:
        registry.register(_Figures([*_families(connection, config, now), *figures.families(connection, config, now)]))
        registry.register(_Figures(figures.throttles(engine)))
    return generate_latest(registry).decode()


class _Figures(Collector):
    """Figures that were read beforehand."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def _families(connection: Connection, config: Config, now: datetime) -> Iterator[GaugeMetricFamily]:
    companies = list(config.companies)
    yield _calls(connection, now)
    yield from _reads(use(connection, config, now))
    yield _items(connection, companies)
    yield _errors(connection)
    yield _backlog(connection, companies, now)
    yield from _tokens(connection, now)
    yield _ticks(connection, companies, now)


def _calls(connection: Connection, now: datetime) -> GaugeMetricFamily:
    told = _gauge("quickbooks_calls_this_month", "Calls to QuickBooks in this month (UTC).", "company", "kind")
    for (company, kind), count in sorted(meter.made(connection, now).items()):
        told.add_metric([company, kind.value], count)
    return told


def _reads(used: Use) -> Iterator[GaugeMetricFamily]:
    projected = _gauge("quickbooks_reads_projected", "Reads by the end of this month at the pace so far.", "company")
    for company, reads in used.by_company.items():
        projected.add_metric([company], reads.projected)
    budget = _gauge("quickbooks_reads_budget", "quickbooks.reads_per_month, for all companies together.")
    budget.add_metric([], used.budget)
    yield projected
    yield budget


def _items(connection: Connection, companies: list[str]) -> GaugeMetricFamily:
    told = _gauge("items", "Local records by state and kind.", "company", "kind", "state")
    columns = (items.c.company, items.c.kind, items.c.state)
    query = select(*columns, func.count()).where(items.c.company.in_(companies)).group_by(*columns).order_by(*columns)
    for company, kind, state, count in connection.execute(query):
        told.add_metric([company, str(kind), str(state)], count)
    return told


def _errors(connection: Connection) -> GaugeMetricFamily:
    told = _gauge("open_errors", "Causes that wait for a person.", "company", "category")
    for each in queue.counts(connection):
        if each.state is ErrorState.OPEN:
            told.add_metric([each.company, each.category.value], each.errors)
    return told


def _backlog(connection: Connection, companies: list[str], now: datetime) -> GaugeMetricFamily:
    told = _gauge("backlog_age_seconds", "Since the first of what is under way was seen; 0: nothing is.", "company")
    query = select(items.c.company, func.min(items.c.seen_at)).where(items.c.state.in_(UNDER_WAY))
    oldest: dict[str, datetime] = dict(map(tuple, connection.execute(query.group_by(items.c.company))))
    for company in companies:
        told.add_metric([company], (now - oldest[company]).total_seconds() if company in oldest else 0)
    return told


def _tokens(connection: Connection, now: datetime) -> Iterator[GaugeMetricFamily]:
    age = _gauge("token_age_seconds", "Since the tokens were renewed.", "company")
    left = _gauge("connection_left_seconds", "Until the connection ends if nothing renews it.", "company")
    connected = _gauge("connected", "1: the tokens are good, as far as we know.", "company")
    columns = (tokens.c.company, tokens.c.updated_at, tokens.c.refresh_expires_at, tokens.c.status)
    for company, updated, expires, status in connection.execute(select(*columns).order_by(tokens.c.company)):
        age.add_metric([company], (now - updated).total_seconds())
        left.add_metric([company], (expires - now).total_seconds())
        connected.add_metric([company], status == CONNECTED)
    yield from (age, left, connected)


def _ticks(connection: Connection, companies: list[str], now: datetime) -> GaugeMetricFamily:
    told = _gauge("last_tick_age_seconds", "Since the last look at the company ended.", "company")
    for company in companies:
        run = runs.latest(connection, company)
        if run is not None:
            told.add_metric([company], (now - run["finished_at"]).total_seconds())
    return told


def _gauge(name: str, says: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"cuadre_{name}", says, labels=labels)
