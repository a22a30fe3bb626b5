"""A whole house in one process: local books, state database, pipeline, and a sandbox QuickBooks behind an adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import requests
from cryptography.fernet import Fernet
from requests.adapters import BaseAdapter
from sqlalchemy import Engine, func, select

from connectors.documents import CENT, DocumentKind
from connectors.local.engine import connect
from connectors.local.reference_setup import init, settings as reference_settings
from connectors.local.settings import LocalSettings
from connectors.local.source import LocalSource
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.inside.preferences import set_preferences
from connectors.quickbooks.sandbox.trouble.injection import FaultRule
from connectors.quickbooks.settings import CompanySettings
from connectors.tokens import TokenStore
from errors import actions, deciding, queue
from errors.kinds import Action, Category, Kind
from errors.listing import ErrorRow
from errors.selection import Selection
from errors.tables import State as ErrorState
from tests.support.application import Application
from tests.support.quickbooks_desk import ACCOUNTS, URL, FakeClock, app_settings, grant
from tests.support.ready import state_engine
from worker import pipeline
from worker.clock import Clock
from worker.pipeline import Company, TickReport
from worker.state import items
from worker.state.items import Item
from worker.state.leases import Lease, length
from worker.state.machine import State
from worker.state.tables import links

NAME = "shop"
BY = "tester"
FAST: dict[str, Any] = {"requests_per_second": 10**6, "requests_per_minute": 10**6, "batches_per_minute": 10**6}


@dataclass
class House(Application):
    """One company with everything around it. Rows go in by plain SQL, as an application would write them."""

    clock: FakeClock
    engine: Engine
    sandbox: Sandbox
    company: Company
    opened: Callable[..., Company]  # opens the company anew, behind this adapter, for a worker called so

    # --- Cuadre -------------------------------------------------------------------------------------------------------

    def tick(self, **changes: Any) -> TickReport:
        """One tick; time has moved a little since the last one."""
        self.clock.moment += timedelta(minutes=3)
        report = pipeline.run(replace(self.company, **changes))
        self.examine()
        return report

    def examine(self) -> None:
        """What holds after every tick: no document of QuickBooks is two of ours (I1), no error blocks nobody."""
        with self.engine.connect() as connection:
            shared = connection.execute(
                select(links.c.realm_id, links.c.kind, links.c.target_id)
                .group_by(links.c.realm_id, links.c.kind, links.c.target_id)
                .having(func.count() > 1)
            ).all()
        assert shared == []
        assert [row for row in self.errors() if row.blocks == 0 and row.category is not Category.COMPANY] == []

    def restart(self, adapter: BaseAdapter | None = None) -> None:
        """As after the end of the process: the databases are all that is left."""
        self.company.source.close()
        self.company = self.opened(adapter or SandboxAdapter(self.sandbox))

    def close(self) -> None:
        """Give every connection back."""
        self.company.source.close()
        self.books.dispose()
        self.engine.dispose()

    def errors(self, state: ErrorState = ErrorState.OPEN) -> list[ErrorRow]:
        with self.engine.connect() as connection:
            return queue.list_errors(connection, Selection(state=state), limit=1000)

    def kinds(self) -> list[type[Kind]]:
        return [row.problem.kind for row in self.errors()]

    def order(self, action: Action, error: ErrorRow, number: str | None = None) -> None:
        with self.engine.begin() as connection:
            chosen, now = Selection(ids=(error.id,)), self.clock.now()
            done = {
                Action.RESYNC: lambda: actions.resync(connection, chosen, by=BY, now=now),
                Action.SKIP: lambda: actions.skip(connection, chosen, by=BY, now=now),
                Action.UNSKIP: lambda: actions.unskip(connection, chosen, by=BY, now=now),
                Action.DELETE: lambda: actions.delete(connection, chosen, by=BY, now=now),
                Action.USE_NUMBER: lambda: deciding.use_number(connection, error.id, number, by=BY, now=now),
            }.get(action, lambda: deciding.decide(connection, action, error.id, number or "", by=BY, now=now))()
        assert not done.refused, done.refused

    def item(self, kind: DocumentKind, key: str) -> Item:
        with self.engine.connect() as connection:
            return items.by_key(connection, NAME, {(kind, key)})[kind, key]

    def states(self) -> dict[State, int]:
        with self.engine.connect() as connection:
            return dict(items.counts(connection, NAME))

    # --- QuickBooks ---------------------------------------------------------------------------------------------------

    def rows(self, entity: str) -> list[Any]:
        return [row.data for row in self.sandbox.company(FIRST_REALM).store.rows(entity)]

    def by_number(self, number: str) -> Any:
        found = [row for row in self.rows("Invoice") if row.get("DocNumber") == number]
        assert len(found) == 1, f"{len(found)} invoices {number}"
        return found[0]

    def preferences(self, **values: Any) -> None:
        set_preferences(self.sandbox.company(FIRST_REALM), values)

    def fail(self, effect: str, **rule: Any) -> None:
        self.sandbox.fail(FaultRule(effect=effect, **rule))

    def outsider(self, entity: str, body: dict[str, Any], **params: str) -> Any:
        """Somebody else at work in the same QuickBooks."""
        session = requests.Session()
        session.mount(URL, SandboxAdapter(self.sandbox))
        self.sandbox.connect(FIRST_REALM, access_token="outsider")
        answer = session.post(
            f"{URL}/v3/company/{FIRST_REALM}/{entity.lower()}",
            json=body,
            params=params,
            headers={"Authorization": "Bearer outsider", "Accept": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()[entity]

    def enters(self, number: str, price: str = "75.00", quantity: str = "2") -> Any:
        """Somebody else enters an invoice for our customer and service, by hand."""
        customer, item = self.rows("Customer")[0], self.rows("Item")[0]
        detail = {"ItemRef": {"value": item["Id"]}, "Qty": quantity, "UnitPrice": price}
        amount = str((Decimal(quantity) * Decimal(price)).quantize(CENT))
        line = {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
        return self.outsider("Invoice", {"CustomerRef": {"value": customer["Id"]}, "DocNumber": number, "Line": [line]})

    def writes(self) -> list[Any]:
        """Every write that reached QuickBooks with a request id: ours."""
        return [entry for entry in self.sandbox.journal.entries if entry.request_id]


def build(state_url: str, books_url: str, *, settings: LocalSettings | None = None, seed: str = "empty") -> House:
    """A connected house; with `settings` its local books are those of existing tables."""
    clock = FakeClock()
    engine = state_engine(state_url)
    books = connect(books_url, "source")
    if settings is None:
        init(books)
        settings = reference_settings(books_url)
    sandbox = Sandbox(clock.now, seed=seed)
    key = Fernet.generate_key().decode()
    TokenStore(engine, [key], now=clock.now).connect(NAME, FIRST_REALM, URL, grant(clock))
    sandbox.connect(FIRST_REALM, access_token="access-1", refresh_token="refresh-1")
    numbers = count(1)

    def opened(adapter: BaseAdapter, owner: str = BY) -> Company:
        connector = QuickBooksConnector(
            app_settings(),
            TokenStore(engine, [key], now=clock.now),
            now=clock.now,
            sleep=clock.sleep,
            mount=lambda session: session.mount(URL, adapter),
            jitter=lambda: 0.5,
        )
        target = connector.open_target(
            CompanySettings(name=NAME, accounts=ACCOUNTS, payment_methods={"card": "Visa"}, **FAST)
        )
        lasts = length(connector.app.timeouts, target.settings.limits)
        lease = Lease(engine, NAME, owner, lasts=lasts, now=clock.now, memory=target.throttle)
        target.guard(lease.before_call)
        return Company(
            name=NAME,
            engine=engine,
            source=LocalSource(settings),
            target=target,
            realm_id=FIRST_REALM,
            clock=Clock(now=clock.now, sleep=clock.sleep),
            lease=lease,
            new_request_id=lambda: f"request-{next(numbers)}",
            calls=lambda: target.calls,
            save_calls=target.save_calls,
        )

    company = opened(SandboxAdapter(sandbox))
    return House(clock=clock, engine=engine, books=books, sandbox=sandbox, company=company, opened=opened)
