"""Opening a company: both its ends and what the pipeline must know of it, from the configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Lock
from uuid import uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from connectors.local.source import LocalSource
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.settings import AppSettings
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
    source = LocalSource(settings.local(config, name))
    lasts = length(quickbooks.app.timeouts, target.settings.limits)
    lease = Lease(engine, name, new_owner(), lasts=lasts, now=clock.now, memory=target.throttle)
    target.guard(lease.before_call)
    chosen = config.companies[name]
    try:
        yield Company(
            name=name,
            engine=engine,
            source=source,
            target=target,
            realm_id=token.realm_id,
            clock=clock,
            lease=lease,
            new_request_id=lambda: uuid4().hex,  # QBO: at most 36 characters leaves room for batches
            create_customers=chosen.policies.customers == "create",
            create_services=chosen.policies.services == "create",
            default_service=chosen.policies.default_service,
            draws_numbers=chosen.numbers.sync,
            job_numbers=chosen.numbers.jobs,
            overlap=timedelta(seconds=chosen.source.overlap),
            settle=timedelta(seconds=config.quickbooks.settle),
            calls=lambda: target.calls,
            save_calls=target.save_calls,
        )
    finally:
        target.guard(None)
        lease.release()
        source.close()
        if target.has_unsaved_calls:  # of a tick that was cut short, or of no tick at all: `cuadre doctor`
            save = target.save_calls
            with engine.begin() as connection:
                save(connection)
