"""A QuickBooks target on the sandbox in this process, with a clock that only tests move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import requests
from cryptography.fernet import Fernet
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from connectors.contract import Operation, Outcome, Posted, Posting, References, Remote
from connectors.documents import (
    Allocation,
    Customer,
    Document,
    DocumentKind,
    Fee,
    Invoice,
    Line,
    Payment,
    Refund,
    Service,
    name_of,
)
from connectors.quickbooks.connector import QuickBooksTarget
from connectors.quickbooks.mirror.tables import metadata as mirror_tables
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.inside.preferences import set_preferences
from connectors.quickbooks.sandbox.trouble.injection import FaultRule
from connectors.quickbooks.settings import Accounts, AppSettings, CompanySettings
from connectors.tokens import Grant, TokenStore, metadata
from connectors.transport import Timeouts

URL = "http://127.0.0.1:1"  # nothing listens there: the adapter is mounted on it
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)
RECORDED = Path(__file__).parents[3] / "shared" / "recorded"

ACCOUNTS = Accounts(
    income="Services",
    deposit="Undeposited Funds",
    refunds_from="Checking",
    fees_from="Checking",
    fees_expense="Bank Charges",
)
COMPANY = CompanySettings(name="shop", accounts=ACCOUNTS, payment_methods={"card": "Visa"}, default_service="s1")


class FakeClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.moment = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


def app_settings(environment: str = URL, timeouts: Timeouts | None = None) -> AppSettings:
    return AppSettings(
        environment=environment,
        client_id="app-id",
        client_secret="app-secret",
        redirect_uri="http://localhost:8400/callback",
        timeouts=timeouts or Timeouts(),
    )


_opened: list[Engine] = []


def close_all() -> None:
    """Give back the connections of every store that was made."""
    while _opened:
        _opened.pop().dispose()


def token_store(clock: FakeClock, key: str = "") -> TokenStore:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    _opened.append(engine)
    metadata.create_all(engine)
    mirror_tables.create_all(engine)
    return TokenStore(engine, [key or Fernet.generate_key().decode()], now=clock.now)


def grant(clock: FakeClock, *, access: str = "access-1", refresh: str = "refresh-1", minutes: int = 60) -> Grant:
    return Grant(
        access_token=access,
        refresh_token=refresh,
        access_expires_at=clock.now() + timedelta(minutes=minutes),
        refresh_expires_at=clock.now() + timedelta(days=100),
    )


@dataclass
class Desk:
    """A company connected to a sandbox; `ids` are what its documents are called in QuickBooks."""

    clock: FakeClock = field(default_factory=FakeClock)
    settings: CompanySettings = COMPANY
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    ids: dict[tuple[DocumentKind, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(self.clock.now, seed="lists", rotate="always")
        self.sandbox.connect(FIRST_REALM, access_token="access-1", refresh_token="refresh-1")
        self.store = token_store(self.clock)
        self.store.connect("shop", FIRST_REALM, URL, grant(self.clock))
        self.connector = QuickBooksConnector(
            app_settings(), self.store, now=self.clock.now, sleep=self.clock.sleep, mount=self.mount
        )

    def mount(self, session: requests.Session) -> None:
        session.mount(URL, SandboxAdapter(self.sandbox))

    @property
    def target(self) -> QuickBooksTarget:
        return self.connector.open_target(self.settings)

    def configure(self, **settings: Any) -> None:
        self.settings = replace(self.settings, **settings)

    def preferences(self, **values: Any) -> None:
        set_preferences(self.sandbox.company(FIRST_REALM), values)

    def fail(self, effect: str, **rule: Any) -> None:
        self.sandbox.fail(FaultRule(effect=effect, **rule))

    def journal(self) -> list[Any]:
        return [entry for entry in self.sandbox.journal.entries if entry.path.startswith("/v3/")]

    def rows(self, entity: str) -> list[Any]:
        return [row.data for row in self.sandbox.company(FIRST_REALM).store.rows(entity)]

    # --- documents ----------------------------------------------------------------------------------------------------

    def references(self) -> References:
        return References(ids=self.ids)

    def posting(
        self,
        document: Document,
        operation: Operation = Operation.CREATE,
        current: Remote | None = None,
    ) -> Posting:
        body = self.target.prepare(document, self.references(), operation, current, marker(document))
        assert isinstance(body, str), body
        return Posting(
            company="shop",
            kind=document.kind,
            local_id=document.local_id,
            operation=operation,
            request_id=f"request-{next(self.numbers)}",
            body=body,
            name=name_of(document),
            marker=marker(document),
        )

    def send(
        self, document: Document, operation: Operation = Operation.CREATE, current: Remote | None = None
    ) -> Outcome:
        outcome = self.target.send(self.posting(document, operation, current))
        if isinstance(outcome, Posted):
            self.ids[document.kind, document.local_id] = outcome.remote.target_id
        return outcome

    def find(self, posting: Posting) -> Remote | None:
        """What QuickBooks holds of a posting whose answer was lost."""
        return self.target.find([posting]).get(posting.subject)

    def post(
        self, document: Document, operation: Operation = Operation.CREATE, current: Remote | None = None
    ) -> Remote:
        outcome = self.send(document, operation, current)
        assert isinstance(outcome, Posted), outcome
        return outcome.remote

    def furnish(self) -> None:
        """A customer and a service, so that documents can name them."""
        self.post(customer())
        self.post(service())


def marker(document: Document) -> str:
    return f"cuadre:shop:{document.kind}:{document.local_id}:1"


def customer(**changes: Any) -> Customer:
    return replace(
        Customer(local_id="c1", name="Ana Ruiz", given_name="Ana", family_name="Ruiz", email="ana@example.com"),
        **changes,
    )


def service(**changes: Any) -> Service:
    return replace(Service(local_id="s1", name="Tree care", price=Decimal("75.00")), **changes)


def line(**changes: Any) -> Line:
    base = Line(service_id="s1", quantity=Decimal(2), unit_price=Decimal("75.00"), amount=Decimal("150.00"))
    return replace(base, **changes)


def invoice(**changes: Any) -> Invoice:
    base = Invoice(
        local_id="17",
        number="INV-1042",
        date=DAY,
        due_date=date(2026, 4, 1),
        customer_id="c1",
        total=Decimal("150.00"),
        lines=(line(),),
        memo="Thank you",
    )
    return replace(base, **changes)


def payment(**changes: Any) -> Payment:
    base = Payment(
        local_id="p1",
        date=DAY,
        customer_id="c1",
        total=Decimal("150.00"),
        allocations=(Allocation(invoice_id="17", amount=Decimal("150.00")),),
        method="card",
        reference="ch_1",
    )
    return replace(base, **changes)


def refund(**changes: Any) -> Refund:
    base = Refund(
        local_id="r1", number="R-1", date=DAY, customer_id="c1", payment_id="p1", total=Decimal("50.00"), method="card"
    )
    return replace(base, **changes)


def fee(**changes: Any) -> Fee:
    return replace(Fee(local_id="f1", number="F-1", date=DAY, total=Decimal("4.65"), payment_id="p1"), **changes)
