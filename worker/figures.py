"""Figures of the service itself, beside those of the books (metrics.py): loops, mails, webhooks, waits for a turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Connection, Engine, func, select

from errors import outbox, queue
from errors.kinds import Category
from errors.tables import State as ErrorState
from worker import companies
from worker.config.schema import Config
from worker.loops import loops
from worker.state.outside import webhook_events

Rows = Iterable[tuple[tuple[str, ...], float]]


def families(connection: Connection, config: Config, now: datetime) -> Iterator[Metric]:
    """What the tables say."""
    yield _stopped(connection, config)
    mails = [((standing.value,), float(count)) for standing, count in outbox.counts(connection, now).items()]
    yield _gauge("mails", "Mails by standing: queued, sent, failed.", ("standing",), mails)
    waiting = select(func.count()).where(webhook_events.c.handled_at.is_(None))
    events = float(connection.execute(waiting).scalar_one())
    yield _gauge("webhook_events_waiting", "Events that no tick has taken in yet.", (), [((), events)])
    found = loops(config, connection, now)
    ages = [((loop.name,), loop.age) for loop in found if loop.age is not None]
    yield _gauge("loop_age_seconds", "Since a loop came round: (scheduler), (mail), each company.", ("loop",), ages)
    late = [((loop.name,), float(loop.late)) for loop in found]
    yield _gauge("loop_late", "1: a loop has not come round for too long, or never.", ("loop",), late)


def throttles(engine: Engine) -> Iterator[Metric]:
    """What this process knows: only one that ticks companies has any."""
    known = sorted(companies.throttles(engine).items())
    waits = [((name,), float(throttle.waits)) for name, throttle in known]
    waited = [((name,), throttle.waited) for name, throttle in known]
    yield _counter("throttle_waits", "Calls of this process that waited for their turn.", ("company",), waits)
    yield _counter("throttle_wait_seconds", "How long they waited, together.", ("company",), waited)


def _stopped(connection: Connection, config: Config) -> Metric:
    halts = (Category.COMPANY, ErrorState.OPEN)
    stopped = {each.company for each in queue.counts(connection) if (each.category, each.state) == halts}
    rows = [((name,), float(name in stopped)) for name in config.enabled()]
    return _gauge("company_stopped", "1: something keeps the whole company from going on.", ("company",), rows)


def _gauge(name: str, told: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    family = GaugeMetricFamily(f"cuadre_{name}", told, labels=labels)
    for values, figure in rows:
        family.add_metric(values, figure)
    return family


def _counter(name: str, told: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    family = CounterMetricFamily(f"cuadre_{name}", told, labels=labels)
    for values, figure in rows:
        family.add_metric(values, figure)
    return family
