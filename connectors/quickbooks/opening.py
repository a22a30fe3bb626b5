"""Opens companies: what they share (the app's keys, the token store) and what lasts between ticks stands here."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from threading import Lock

from connectors.quickbooks.client import Client
from connectors.quickbooks.connector import QuickBooksTarget
from connectors.quickbooks.meter import Meter
from connectors.quickbooks.mirror.mirror import Mirror
from connectors.quickbooks.mirror.store import Store
from connectors.quickbooks.oauth import OAuth
from connectors.quickbooks.settings import AppSettings, CompanySettings
from connectors.throttle import Throttle
from connectors.tokens import Renewer, TokenStore
from connectors.transport import Mount, Now, Session

_RANDOM = random.SystemRandom()


class QuickBooksConnector:
    """One for each process. Limits must be kept over all ticks, and connections, accounts and vendors last as well, so
    `open_target` gives the same target again as long as a company's settings are the same.

    Args:
        mount: attaches an adapter to every session (the sandbox in this process).
        jitter: at least 0 and less than 1, by chance; what waits is spread by it.
    """

    def __init__(
        self,
        app: AppSettings,
        store: TokenStore,
        *,
        now: Now,
        sleep: Callable[[float], None],
        mount: Mount | None = None,
        jitter: Callable[[], float] = _RANDOM.random,
    ) -> None:
        self.app = app
        self.store = store
        self.oauth = OAuth(app, now=now, mount=mount)
        self._now = now
        self._sleep = sleep
        self._mount = mount
        self._jitter = jitter
        self._lock = Lock()
        self._targets: dict[str, QuickBooksTarget] = {}

    def open_target(self, company: CompanySettings) -> QuickBooksTarget:
        """The target of a company. Nothing is asked of QuickBooks yet."""
        with self._lock:
            target = self._targets.get(company.name)
            if target is None or target.settings != company:
                target = self._opened(company)
                self._targets[company.name] = target
            return target

    def open_beside(self, company: CompanySettings) -> QuickBooksTarget:
        """Another target of the same company, for who only asks while ticks are at work: it shares their limits, but
        neither their session nor the guard of their lease.
        """
        return self._opened(company, self.open_target(company).throttle)

    def throttles(self) -> Mapping[str, Throttle]:
        """By company, of those that were opened."""
        with self._lock:
            return {name: target.throttle for name, target in self._targets.items()}

    def _opened(self, company: CompanySettings, shared: Throttle | None = None) -> QuickBooksTarget:
        throttle = shared or Throttle(
            company.name, company.limits, in_flight=company.requests_in_flight, now=self._now, sleep=self._sleep
        )
        session = Session(
            now=self._now,
            timeouts=self.app.timeouts,
            company=company.name,
            throttle=throttle,
            mount=self._mount,
        )
        renewer = Renewer(
            self.store,
            lambda refresh_token: self.oauth.refresh(company.name, refresh_token),
            environment=self.app.environment,
            now=self._now,
            sleep=self._sleep,
        )
        client = Client(
            company=company.name,
            environment=self.app.environment,
            store=self.store,
            renewer=renewer,
            session=session,
            sleep=self._sleep,
            meter=Meter(company.name, now=self._now, budget=self.app.reads_per_month),
            jitter=self._jitter,
        )
        kept = Store(self.store.engine, company.name)
        mirror = Mirror(client, kept, now=self._now, pages=self.app.pages)
        return QuickBooksTarget(client, company, mirror, now=self._now, fresh=self.app.fresh)
