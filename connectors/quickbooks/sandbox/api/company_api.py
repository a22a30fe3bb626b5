"""The accounting API of one company: /v3/company/{realm}/..."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.api.resources import dispatch
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.wire import dialect, faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

ACCEPTED = {
    "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
    "Expires": "0",
    "Qbo-Version": "1994.100",
    "Service-Time": "total=1, db=1",
}
CHALLENGE = 'Bearer realm="Intuit", error="invalid_token"'


def answer(sandbox: Sandbox, request: Request, call: Call) -> Response:
    """Check the token, then answer the call; every refusal becomes its recorded body."""
    now = sandbox.clock.now()
    refused = _gate(sandbox, request, call, now)
    if refused is not None:
        return refused
    company = sandbox.company(call.realm)
    company.address = request.header("Host")
    try:
        answered = dispatch(Asked(company, request, call, now))
    except Refusal as refusal:
        return _refused(request, refusal, now)
    if isinstance(answered, Response):
        return replace(answered, headers={**ACCEPTED, **answered.headers})
    status, body = answered
    timed = {**body, "time": body.get("time", clock.envelope_time(now))}
    return dialect.answer(request, status, timed, ACCEPTED if status == 200 else {})


def _gate(sandbox: Sandbox, request: Request, call: Call, now: datetime) -> Response | None:
    """401 in the gateway's shape without a living token, 403 with one of another company."""
    scheme, _, token = request.header("Authorization").partition(" ")
    realms = sandbox.tokens.realms_of(token) if scheme.lower() == "bearer" else set()
    if not realms:
        detail = f"Token expired: {token[:6]}..." if sandbox.tokens.expired(token) else None
        body = faults.unauthenticated(detail, now)
        return dialect.answer(request, 401, body, {"WWW-Authenticate": CHALLENGE})
    if call.realm not in realms or not sandbox.may_exist(call.realm):
        return dialect.answer(request, 403, faults.forbidden(now))
    return None


def _refused(request: Request, refusal: Refusal, now: datetime) -> Response:
    body = refusal.body()
    if refusal.timed:
        body["time"] = clock.envelope_time(now)
    return dialect.answer(request, 400, body)
