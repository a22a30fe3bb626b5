"""The sandbox itself: `handle(request) -> response`, without a web framework, a clock or a socket of its own."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import RLock
from typing import Any, Literal, Protocol

from connectors.quickbooks.sandbox import clock, routes
from connectors.quickbooks.sandbox.api import calls
from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.books import seed as seeds
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.entities.registry import POSTS
from connectors.quickbooks.sandbox.inside.journal import Entry, Journal
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.signin.grants import ANY_REALM
from connectors.quickbooks.sandbox.signin.keys import SigningKey
from connectors.quickbooks.sandbox.signin.tokens import TokenBook
from connectors.quickbooks.sandbox.storage import state
from connectors.quickbooks.sandbox.trouble import effects, meters
from connectors.quickbooks.sandbox.trouble.injection import FaultRule, Injector
from connectors.quickbooks.sandbox.trouble.limits import Limiter, Limits
from connectors.quickbooks.sandbox.webhooks.desk import Webhooks

CONTROL = "/sandbox"
REALM = re.compile(r"\d{1,20}", re.ASCII)
FIRST_REALM = "9130000000000001"


def no_pause(_: timedelta) -> None:
    """Wait for nothing: in this process, a delay is told by the response and not lived through."""


class Keeping(Protocol):
    """What writes the sandbox down after a request; `realm` "" means that any company may have changed."""

    def save(self, sandbox: Sandbox, realm: str = "") -> None: ...


class Sandbox:
    """A QuickBooks Online that runs in this process; all requests go through one lock.

    Args:
        now: reads the time, timezone-aware.
        realms: the companies that exist, or "any": a company appears when it is first asked for.
        seed: what companies made here hold: "us" (Intuit's sample company), "lists", "empty", or a dump.
        country: the country of companies made here.
        clients: registered apps, client id to secret; none means that any is accepted.
        limits: how much a client may ask; None (the default) is no limit at all.
        rotate: when a refresh gives a new refresh token: "daily" (as Intuit), "always" or "never".
        random_hex: gives 2n hexadecimal characters; tests pass a counter.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        realms: Sequence[str] | Literal["any"] = "any",
        seed: str | Mapping[str, Any] = "us",
        country: str = "US",
        clients: Mapping[str, str] | None = None,
        rotate: str = "daily",
        limits: Limits | None = None,
        random_hex: Callable[[int], str] = secrets.token_hex,
    ) -> None:
        self.clock = clock.Clock(now)
        self.tokens = TokenBook(self.clock, random_hex, rotate)
        self.key = SigningKey()
        self.keeper: Keeping | None = None
        self.companies: dict[str, Company] = {}
        self.injector = Injector()
        self.limiter = Limiter(limits)
        self.meters = meters.Meters()
        self.journal = Journal()
        self.lock = RLock()
        self.webhooks = Webhooks(self.lock, self.clock.now, random_hex)
        self._any_realm = realms == "any"
        self._first = (FIRST_REALM,) if realms == "any" else tuple(realms)
        self._seed = seed
        self._country = country
        self._clients = dict(clients or {})
        self._random = random_hex
        self.make_missing()

    def handle(self, request: Request, pause: Callable[[timedelta], None] = no_pause) -> Response:
        """Answer one request; a response that is `lost` must reach nobody.

        `pause` waits for a response's delay while the call still counts as in flight; other calls go on meanwhile.
        """
        call = calls.classify(request)
        if request.path.startswith(CONTROL):
            with self.lock:
                response = self._finished(routes.answer(self, request, call))
                for realm in self.companies:
                    self._tell(realm)
                self.webhooks.wake()
                self._keep()
                return response
        with self.limiter.flight(call.realm) as room:
            with self.lock:
                response = self._finished(self._answered(request, call, room=room))
                self._record(request, call, response)
                self._tell(call.realm)
                self.webhooks.wake()
                self._keep(call.realm)
            pause(response.delay)
            return response

    def add_company(
        self, realm: str, *, seed: str | Mapping[str, Any] = "", country: str = "", name: str = ""
    ) -> Company:
        """Make a company, or make it anew; raises `ValueError` for an unknown seed or country."""
        with self.lock:
            begun, code = seed or self._seed, country or self._country
            if isinstance(begun, Mapping):
                made = state.load(realm, begun, POSTS)
            else:
                made = seeds.company(realm, begun, POSTS, country=code, now=self.clock.now(), name=name)
            self.companies[realm] = made
            return made

    def company(self, realm: str) -> Company:
        """Return a company, made now if any realm may exist; raises `KeyError` when it may not."""
        if realm not in self.companies and self._any_realm:
            self.add_company(realm)
        return self.companies[realm]

    def may_exist(self, realm: str) -> bool:
        """Say whether a company exists, or may be made on demand."""
        return self._any_realm or realm in self.companies

    def opens(self, token: str, realm: str) -> bool:
        """Say whether an access token opens a company; where any realm may exist, it opens one never seen before."""
        realms = self.tokens.realms_of(token)
        if realm in realms or (ANY_REALM in realms and realm in self.companies):
            return self.may_exist(realm)
        if not realms or not self._any_realm or realm in self.companies or not REALM.fullmatch(realm):
            return False
        self.tokens.extend(token, realm)
        return True

    def connect(self, realm: str, *, access_token: str = "", refresh_token: str = "") -> None:
        """Accept these fixed tokens for a company, or for every one (`ANY_REALM`), without a consent page."""
        with self.lock:
            if realm != ANY_REALM:
                self.company(realm)
            self.tokens.grant(realm, access=access_token, refresh=refresh_token)

    def knows_client(self, client: str, secret: str | None = None) -> bool:
        """Say whether a client is registered (with this secret, when one is given)."""
        if not self._clients:
            return bool(client)
        return client in self._clients and secret in (None, self._clients[client])

    def company_names(self) -> dict[str, str]:
        return {realm: str(one.information["CompanyName"]) for realm, one in self.companies.items()}

    def fail(self, rule: FaultRule) -> None:
        """Order trouble; see `injection.FaultRule`."""
        with self.lock:
            self.injector.add(rule)

    def reset(self) -> None:
        """Begin again: first companies, empty journal and meters, no rules. Tokens and limits stay."""
        with self.lock:
            self.companies.clear()
            self.injector.clear()
            self.journal.clear()
            self.limiter.clear()
            self.meters.clear()
            self.webhooks.clear()
            self.make_missing()

    def _keep(self, realm: str = "") -> None:
        if self.keeper is not None:
            self.keeper.save(self, realm)

    def make_missing(self) -> None:
        """Make those of the first companies that are not there."""
        for realm in self._first:
            if realm not in self.companies:
                self.add_company(realm)

    def _answered(self, request: Request, call: Call, *, room: bool) -> Response:
        now = self.clock.now()
        weight = meters.weigh(request, call)
        limits = self.limiter.limits
        if limits is not None and not (room and self._affords(weight, limits, now) and self.limiter.admit(call, now)):
            return limits.refusal(request, now)

        def run() -> Response:
            response = routes.answer(self, request, call)
            if response.status == 200 and weight:
                self.meters.add(call.realm, weight, now)
            return response

        rule = self.injector.strike(request, call)
        return run() if rule is None else effects.under(rule, self, request, call, run)

    def _affords(self, weight: Counter[str], limits: Limits, now: datetime) -> bool:
        """Say whether the plan still covers a call: when its reads are used up, writes go on (qbo-facts section 6)."""
        most = limits.core_plus_per_month
        return most is None or not weight["core_plus"] or self.meters.core_plus(now) < most

    def _tell(self, realm: str) -> None:
        """Hand a company's news to the webhooks; a disconnected app hears no more of it (qbo-facts 8.1)."""
        company = self.companies.get(realm)
        if company is not None and company.news:
            news, company.news = company.news, []
            if self.tokens.connected(realm):
                self.webhooks.collect(realm, news)

    def _finished(self, response: Response) -> Response:
        tid = f"1-{self._random(4)}-{self._random(12)}"
        now = self.clock.now()
        headers = {"Date": format_datetime(now.astimezone(UTC), usegmt=True), "Server": "nginx", "intuit_tid": tid}
        return replace(response, headers={**response.headers, **headers})

    def _record(self, request: Request, call: Call, response: Response) -> None:
        self.journal.record(
            Entry(
                number=self.journal.next_number,
                time=clock.stamp(self.clock.now()),
                method=request.method,
                path=request.path,
                realm=call.realm,
                entity=call.entity,
                operation=call.operation,
                request_id=request.query.get("requestid", ""),
                status=response.status,
                tid=response.headers["intuit_tid"],
                lost=response.lost,
                asked=self.journal.body(request.body),
                answered=self.journal.body(response.body),
            ),
        )
