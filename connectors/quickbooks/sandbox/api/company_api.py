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
from connectors.quickbooks.sandbox.signin.grants import ACCOUNTING
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
METHODS = ("GET", "POST")
CHALLENGE = 'Bearer realm="Intuit", error="invalid_token"'


def answer(sandbox: Sandbox, request: Request, call: Call) -> Response:
    """Check the token, then answer the call; every refusal becomes its recorded body."""
    now = sandbox.clock.now()
    stopped = _gate(sandbox, request, call, now)
    if stopped is not None:
        return stopped
    if request.method == "OPTIONS":
        return Response(200, {"Allow": "HEAD, GET, POST, OPTIONS"})
    company = sandbox.company(call.realm)
    company.address = request.header("Host")
    try:
        _check_method(request)
        answered = dispatch(Asked(company, request, call, now))
    except Refusal as refusal:
        return refused(request, refusal, now)
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
        return unauthenticated(request, detail, now)
    if ACCOUNTING not in sandbox.tokens.scopes_of(token) or not sandbox.opens(token, call.realm):
        return dialect.answer(request, 403, faults.forbidden(now))
    return None


def unauthenticated(request: Request, detail: str | None, now: datetime) -> Response:
    """Return the 401 of a token that is no longer good, or never was."""
    return dialect.answer(request, 401, faults.unauthenticated(detail, now), {"WWW-Authenticate": CHALLENGE})


def refused(request: Request, refusal: Refusal, now: datetime) -> Response:
    """Return a refusal as HTTP 400 with its recorded body."""
    body = refusal.body()
    if refusal.timed:
        body["time"] = clock.envelope_time(now)
    return dialect.answer(request, 400, body)


def _check_method(request: Request) -> None:
    """Raise `Refusal` 500 for a method that no resource has, in the words of the service's own framework."""
    if request.method not in METHODS:
        text = f"No resource method found for {request.method}, return 405 with Allow header"
        raise Refusal(faults.unsupported_operation(text))
