"""What trouble does to a call: an answer in its place, a worse answer, or somebody at work just before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connectors.quickbooks.sandbox.api import company_api
from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.trouble import interference
from connectors.quickbooks.sandbox.trouble.interference import Interference
from connectors.quickbooks.sandbox.trouble.limits import throttled
from connectors.quickbooks.sandbox.wire import faults, jsontext

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox
    from connectors.quickbooks.sandbox.trouble.injection import FaultRule

OUTAGE = "<html><head><title>{0}</title></head><body><h1>{0} Service Unavailable</h1></body></html>"
SERVER_LIMIT_MS = 120_000  # qbo-facts section 6: Intuit gives up after 120 s
LATENCY_MS = 1_000

Instead = Callable[["FaultRule", Request, datetime], Response]
Worsen = Callable[["FaultRule", Response], Response]


@dataclass(frozen=True)
class Effect:
    """One sort of trouble: `instead` answers in the operation's place (or after it, when the rule says `stored`),
    `worsen` changes the operation's own answer, `before` lets somebody else act first.
    """

    instead: Instead | None = None
    worsen: Worsen | None = None
    before: Interference | None = None


def _lost(_rule: FaultRule, _request: Request, _now: datetime) -> Response:
    return Response(0, lost=True)


def _hung(rule: FaultRule, _request: Request, _now: datetime) -> Response:
    return Response(0, lost=True, delay=_delay(rule, SERVER_LIMIT_MS))


def _throttled_json(rule: FaultRule, _request: Request, now: datetime) -> Response:
    return throttled(now, xml=False, headers=rule.headers)


def _throttled_xml(rule: FaultRule, _request: Request, now: datetime) -> Response:
    return throttled(now, xml=True, headers=rule.headers)


def _unauthorized(_rule: FaultRule, request: Request, now: datetime) -> Response:
    return company_api.unauthenticated(request, None, now)


def _status(rule: FaultRule, _request: Request, _now: datetime) -> Response:
    if rule.body is None:
        page = OUTAGE.format(rule.status).encode()
        return Response(rule.status, {"Content-Type": "text/html", **rule.headers}, page)
    text = rule.body if isinstance(rule.body, str) else jsontext.dumps(rule.body)
    return Response(rule.status, {"Content-Type": "application/json", **rule.headers}, text.encode())


def _one_at_a_time(rule: FaultRule, request: Request, now: datetime) -> Response:
    del rule
    things = "product or service" if "/item" in request.path.lower() else "name"
    return company_api.refused(request, faults.Refusal(faults.one_at_a_time(things)), now)


def _maintenance(rule: FaultRule, request: Request, now: datetime) -> Response:
    refusal = faults.Refusal(faults.unavailable(rule.code or "150"), kind="AuthorizationFault")
    return company_api.refused(request, refusal, now)


def _delay(rule: FaultRule, usual: int) -> timedelta:
    return timedelta(milliseconds=usual if rule.delay_ms is None else rule.delay_ms)


EFFECTS: dict[str, Effect] = {
    "lose_request": Effect(instead=_lost),
    "lose_reply": Effect(worsen=lambda _, answer: replace(answer, lost=True)),
    "cut": Effect(worsen=lambda _, answer: replace(answer, cut=True)),
    "empty": Effect(worsen=lambda _, answer: replace(answer, body=b"")),
    "latency": Effect(worsen=lambda rule, answer: replace(answer, delay=_delay(rule, LATENCY_MS))),
    "hang": Effect(instead=_hung),
    "throttle": Effect(instead=_throttled_json),
    "throttle_xml": Effect(instead=_throttled_xml),
    "unauthorized": Effect(instead=_unauthorized),
    "status": Effect(instead=_status),
    "one_at_a_time": Effect(instead=_one_at_a_time),
    "maintenance": Effect(instead=_maintenance),
    "stale": Effect(before=interference.edit_first),
    "number_taken": Effect(before=interference.take_number),
    "token_revoked": Effect(before=interference.revoke_token),
    "subscription_ended": Effect(before=interference.end_subscription),
}


def under(rule: FaultRule, sandbox: Sandbox, request: Request, call: Call, run: Callable[[], Response]) -> Response:
    """Answer a call that a rule has struck; `run` is the call without trouble."""
    effect = EFFECTS[rule.effect]
    if effect.before is not None:
        effect.before(sandbox, rule, request, call)
    if effect.instead is None:
        answer = run()
        return answer if effect.worsen is None else effect.worsen(rule, answer)
    if rule.stored:
        run()
    return effect.instead(rule, request, sandbox.clock.now())
