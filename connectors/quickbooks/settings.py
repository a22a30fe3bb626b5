"""What the QuickBooks connector must be told: plain frozen values that the worker builds from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from connectors.quickbooks.environments import require_environment
from connectors.throttle import Limit
from connectors.transport import Timeouts


@dataclass(frozen=True, kw_only=True)
class AppSettings:
    """The keys of your app at Intuit, the same for every company, and what reads it may cost (qbo-facts section 6).

    `environment` is "production", "sandbox", or the address of a `cuadre sandbox` (http://127.0.0.1:8765).
    `fresh`: how old our copy of QuickBooks' lists may be; `pages`: an entity with more pages of 1000 is not copied.

    Raises:
        ValueError: the environment is none of these.
    """

    environment: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    timeouts: Timeouts = field(default_factory=Timeouts)
    fresh: timedelta = timedelta(minutes=5)
    pages: int = 100
    reads_per_month: int = 500_000

    def __post_init__(self) -> None:
        require_environment(self.environment)


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Accounts by name, full name ("Bank:Checking") or number; the field's name is the setting accounts.<name>."""

    income: str
    deposit: str
    refunds_from: str
    fees_from: str
    fees_expense: str


@dataclass(frozen=True, kw_only=True)
class CompanySettings:
    """One company. `payment_methods`: local word -> payment method in QuickBooks; other words are tried as they are."""

    name: str
    accounts: Accounts
    payment_methods: Mapping[str, str] = field(default_factory=dict)
    default_service: str = ""  # local id of the service for lines that name none
    default_processor: str = "Card processor"
    job_numbers: bool = False
    requests_per_second: int = 8
    requests_per_minute: int = 400
    batches_per_minute: int = 40
    requests_in_flight: int = 10

    @property
    def limits(self) -> tuple[Limit, ...]:
        return (
            Limit(count=self.requests_per_second, seconds=1),
            Limit(count=self.requests_per_minute, seconds=60),
            Limit(count=self.batches_per_minute, seconds=60, batches=True),
        )
