"""Opening a company: both its ends and what the pipeline must know of it, from the configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from uuid import uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from connectors.local.source import LocalSource
from connectors.quickbooks.connector import QuickBooksTarget
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.settings import AppSettings
from connectors.throttle import Throttle
from connectors.tokens import TokenStore, require_connected
from connectors.transport import Mount
from worker.clock import Clock
from worker.config import settings
from worker.config.schema import Config
from worker.pipeline import Company
from worker.state import database
from worker.state.leases import Lease, length, new_owner

_lock = Lock()
_connectors: WeakKeyDictionary[Engine, tuple[AppSettings, QuickBooksConnector]] = WeakKeyDictionary()


def open_state(config: Config) -> Engine:
    """The state database, brought to the present schema.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: it cannot be reached.
    """
    os.umask(0o077)  # tokens live here: nobody else of this machine may read what we create
    engine = database.connect(config.state.url.get_secret_value())
    try:
        database.migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def connector(config: Config, engine: Engine, clock: Clock, mount: Mount | None = None) -> QuickBooksConnector:
    """The one connector of this process and state database: limits hold over all its companies' ticks."""
    app = settings.app(config)
    with _lock:
        known = _connectors.get(engine)
        if known is None or known[0] != app:
            store = TokenStore(engine, settings.token_keys(config), now=clock.now)
            known = (app, QuickBooksConnector(app, store, now=clock.now, sleep=clock.sleep, mount=mount))
            _connectors[engine] = known
        return known[1]


@contextmanager
def open_company(config: Config, name: str, engine: Engine, clock: Clock) -> Iterator[Company]:
    """Both ends of one company. Nothing is asked of either yet.

    Raises:
        ProblemError: ConnectionLost, the company is not connected; SourceBroken, its source has no usable address.
    """
    quickbooks = connector(config, engine, clock)
    token = require_connected(quickbooks.store.load(name), name, quickbooks.app.environment)
    target = quickbooks.open_target(settings.company(config, name))
    company = _company(config, name, engine, clock, target, token.realm_id)
    target.guard(company.lease.before_call)
    try:
        yield company
    finally:
        target.guard(None)
        company.lease.release()
        company.source.close()
        _save_calls(engine, target)  # of a tick that was cut short, or of no tick at all: `cuadre doctor`


@contextmanager
def open_beside(config: Config, name: str, engine: Engine, clock: Clock) -> Iterator[Company]:
    """For who only asks, while ticks of the same process may be at work: the limits are theirs, too, and nothing else.

    Raises:
        ProblemError: as `open_company`.
    """
    quickbooks = connector(config, engine, clock)
    token = require_connected(quickbooks.store.load(name), name, quickbooks.app.environment)
    target = quickbooks.open_beside(settings.company(config, name))
    company = _company(config, name, engine, clock, target, token.realm_id)
    try:
        yield company
    finally:
        company.source.close()
        _save_calls(engine, target)


def _save_calls(engine: Engine, target: QuickBooksTarget) -> None:
    if target.has_unsaved_calls:
        with engine.begin() as connection:
            target.save_calls(connection)


def throttles(engine: Engine) -> Mapping[str, Throttle]:
    """What keeps the limits of each company that this process has opened."""
    with _lock:
        known = _connectors.get(engine)
    return known[1].throttles() if known else {}


def _company(
    config: Config, name: str, engine: Engine, clock: Clock, target: QuickBooksTarget, realm_id: str
) -> Company:
    chosen = config.companies[name]
    lasts = length(settings.app(config).timeouts, target.settings.limits)
    return Company(
        name=name,
        engine=engine,
        source=LocalSource(settings.local(config, name)),
        target=target,
        realm_id=realm_id,
        clock=clock,
        lease=Lease(engine, name, new_owner(), lasts=lasts, now=clock.now, memory=target.throttle),
        new_request_id=lambda: uuid4().hex,  # QBO: at most 36 characters leaves room for batches
        create_customers=chosen.policies.customers == "create",
        create_services=chosen.policies.services == "create",
        default_service=chosen.policies.default_service,
        draws_numbers=chosen.numbers.sync,
        job_numbers=chosen.numbers.jobs,
        hears=bool(config.webhooks.verifier_token.get_secret_value()),
        overlap=timedelta(seconds=chosen.source.overlap),
        settle=timedelta(seconds=config.quickbooks.settle),
        calls=lambda: target.calls,
        save_calls=target.save_calls,
    )
