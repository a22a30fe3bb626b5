"""The accounting API of one company: /v3/company/{realm}/..."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api import batch, replay
from connectors.quickbooks.sandbox.api.calls import Call, includes, statement
from connectors.quickbooks.sandbox.api.operations import read, write_object
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind, Write
from connectors.quickbooks.sandbox.entities.registry import BY_PATH
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.query import select
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
    try:
        status, body = _dispatch(company, request, call, now)
    except Refusal as refusal:
        return _refused(request, refusal, now)
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


def _dispatch(company: Company, request: Request, call: Call, now: datetime) -> tuple[int, Json]:
    if call.operation == "query" and not call.rest:
        return 200, {"QueryResponse": select.run(company, statement(request), now)}
    if call.operation == "batch" and not call.rest and request.method == "POST":
        request_id = request.query.get("requestid", "")
        return 200, {"BatchItemResponse": batch.run(company, _json(request), request_id, now)}
    kind = BY_PATH.get(call.entity)
    if kind is None:
        raise Refusal(faults.unsupported_path(request.path, request.header("Host")))
    if request.method == "GET":
        return 200, {kind.name: _read(company, kind, request, call)}
    if request.method == "POST" and not call.rest:
        return _write(company, kind, request, call, now)
    raise Refusal(faults.unsupported_path(request.path, request.header("Host")))


def _read(company: Company, kind: Kind, request: Request, call: Call) -> Json:
    id_ = call.rest.removeprefix("/")
    if kind.name == "Preferences" and not id_:
        id_ = "1"
    if kind.name == "CompanyInfo" and id_ == company.realm:
        id_ = "1"
    if not id_ or "/" in id_:
        raise Refusal(faults.unsupported_path(request.path, request.header("Host")))
    return read(company, kind, id_)


def _write(company: Company, kind: Kind, request: Request, call: Call, now: datetime) -> tuple[int, Json]:
    def run() -> tuple[int, Json]:
        time = clock.envelope_time(now)
        try:
            write = Write(company, now, includes(request))
            return 200, {kind.name: write_object(write, kind, _operation(kind, call), _json(request)), "time": time}
        except Refusal as refusal:
            if not refusal.timed:
                raise
            return 400, {**refusal.body(), "time": time}

    return replay.once(company, request.query.get("requestid", ""), run)


def _operation(kind: Kind, call: Call) -> str:
    """Return the write asked for; an entity that is never created (Preferences) is updated without an Id."""
    if call.operation not in ("create", "update", "delete", "void"):
        raise Refusal(faults.unsupported_operation(call.operation))
    return "update" if call.operation == "create" and kind.sequence == "single" else call.operation


def _json(request: Request) -> Json:
    try:
        body: Json = request.json
    except UnicodeDecodeError:
        text = "Malformed UTF-8: MalformedByteSequenceException"
        raise Refusal(faults.Fault("500", "Unsupported Operation", text, None)) from None
    except ValueError:
        raise Refusal(faults.unreadable()) from None
    return body


def _refused(request: Request, refusal: Refusal, now: datetime) -> Response:
    body = refusal.body()
    if refusal.timed:
        body["time"] = clock.envelope_time(now)
    return dialect.answer(request, 400, body)
