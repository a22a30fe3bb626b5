"""The wire between a process and QuickBooks: it delays, loses, repeats, cuts and garbles, as the weather says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import requests
from requests.adapters import BaseAdapter

from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.sandbox.core import Sandbox
from connectors.quickbooks.sandbox.trouble.injection import FaultRule
from connectors.quickbooks.sandbox.wire import jsontext
from tests.simulation.calls import Call, read_call
from tests.simulation.simulated_time import Time
from tests.simulation.weather import Weather

SERVER_LIMIT = 120.0  # seconds after which QuickBooks itself gives up on a call (qbo-facts section 6)
RULES: Mapping[str, Mapping[str, Any]] = {
    "request_lost": {"effect": "lose_request"},
    "reply_lost": {"effect": "lose_reply"},
    "reply_cut": {"effect": "cut"},
    "reply_empty": {"effect": "empty"},
    "reply_strange": {"effect": "status", "status": 200, "stored": True},
    "failed_before": {"effect": "status", "status": 503},
    "failed_after": {"effect": "status", "status": 500, "stored": True},
    "token_refused_before": {"effect": "unauthorized"},
    "token_refused_after": {"effect": "unauthorized", "stored": True},
    "throttled_before": {"effect": "throttle_xml"},
    "throttled_after": {"effect": "throttle", "stored": True},
    "maintenance": {"effect": "maintenance"},
    "changes_lost": {"effect": "lose_reply"},
    "renewal_lost": {"effect": "lose_reply"},
}
FAILURE = {"Fault": {"Error": [{"Message": "System Failure", "code": "10000"}], "type": "SystemFault"}}


class Watcher(Protocol):
    """Who looks at each call: `leaving` before it, `answered` after it (status 0: no answer)."""

    def leaving(self, call: Call) -> None: ...

    def answered(self, call: Call, status: int) -> None: ...


class Moments(Protocol):
    """Where a process can die, or be held up while the other one works."""

    def before_call(self, call: Call) -> None: ...

    def in_call(self, call: Call, request: requests.PreparedRequest) -> None: ...

    def after_call(self, call: Call) -> None: ...


class Wire:
    """QuickBooks at the end of a long line; every process has an adapter of its own to it."""

    def __init__(self, sandbox: Sandbox, time: Time, weather: Weather, watcher: Watcher) -> None:
        self.time = time
        self.weather = weather
        self.watcher = watcher
        self.sandbox = sandbox
        self._far_end = SandboxAdapter(sandbox)

    def carry(self, call: Call, request: requests.PreparedRequest, patience: float, moments: Moments) -> Any:
        """One call from end to end. Raises what `requests` would, or Death."""
        moments.before_call(call)
        self.time.pass_by(self.weather.delay())
        self.watcher.leaving(call)
        status = 0
        try:
            moments.in_call(call, request)
            answer = self._deliver(call, request, patience)
            status = answer.status_code
        finally:
            self.time.pass_by(self.weather.delay())
            self.watcher.answered(call, status)
        moments.after_call(call)
        return answer

    def late(self, request: requests.PreparedRequest) -> None:
        """QuickBooks carries it out some time before its own limit; nobody hears of it."""
        copy = request.copy()
        self.time.later(self.weather.between(1, SERVER_LIMIT), lambda: self.unlimited(lambda: self._hand_over(copy)))

    def unlimited(self, act: Callable[[], Any]) -> Any:
        """What was admitted long ago, or is done in QuickBooks' own pages, counts towards no limit."""
        limits, self.sandbox.limiter.limits = self.sandbox.limiter.limits, None
        try:
            return act()
        finally:
            self.sandbox.limiter.limits = limits

    def _deliver(self, call: Call, request: requests.PreparedRequest, patience: float) -> requests.Response:
        site = self._site(call)
        if site in {"reply_late", "request_hung"}:
            if site == "reply_late":
                self.late(request)
            self.time.pass_by(patience)
            raise requests.ReadTimeout("nothing came back in time", request=request)
        if site == "batch_torn":
            self._hand_over(_torn(request, self.weather))
            raise requests.ConnectionError("reset in the middle of a batch", request=request)
        if site == "token_expired":
            self._expire()
        if site in RULES:
            self.sandbox.fail(FaultRule(**RULES[site]))
        try:
            answer = self._hand_over(request, patience)
        finally:
            self.sandbox.injector.clear()
        return _with_failures(answer, self.weather) if site == "batch_item_failed" else answer

    def _hand_over(self, request: requests.PreparedRequest, patience: float | None = None) -> requests.Response:
        return self._far_end.send(request, timeout=(patience, patience))

    def _site(self, call: Call) -> str:
        """The first trouble that strikes this call."""
        if not call.is_api:
            return "renewal_lost" if call.is_renewal and self.weather.strikes("renewal_lost") else ""
        chosen = [*RULES, "reply_late", "request_hung", "token_expired"]
        chosen.remove("renewal_lost")
        if call.resource != "cdc":
            chosen.remove("changes_lost")
        if call.is_batch:
            chosen += ["batch_torn", "batch_item_failed"]
        return next((site for site in chosen if self.weather.strikes(site)), "")

    def _expire(self) -> None:
        for grant in self.sandbox.tokens._grants:
            if "outsider" not in grant.fixed:
                grant.access.clear()
                grant.fixed.clear()


def _torn(request: requests.PreparedRequest, weather: Weather) -> requests.PreparedRequest:
    """The connection broke while QuickBooks worked on the items: some are stored, the others are not."""
    torn = request.copy()
    items = jsontext.loads(request.body)["BatchItemRequest"]
    torn.body = jsontext.dumps({"BatchItemRequest": [items[place] for place in weather.some(len(items))]}).encode()
    torn.headers["Content-Length"] = str(len(torn.body))
    return torn


def _with_failures(answer: requests.Response, weather: Weather) -> requests.Response:
    """Some items of a batch are answered as if QuickBooks had failed on them; they are stored all the same."""
    body = jsontext.loads(answer.content)
    items = body.get("BatchItemResponse") or []
    for place in weather.some(len(items)) if items else []:
        items[place] = FAILURE | {"bId": items[place].get("bId", "")}
    answer._content = jsontext.dumps(body).encode()
    return answer


class Line(BaseAdapter):
    """One process' end of the wire."""

    def __init__(self, process: str, wire: Wire, moments: Moments) -> None:
        super().__init__()
        self._process = process
        self._wire = wire
        self._moments = moments

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the signature is that of requests
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        return self._wire.carry(read_call(self._process, request), request, patience, self._moments)

    def close(self) -> None:
        """Nothing to close."""
