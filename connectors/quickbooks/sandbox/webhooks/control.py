"""/sandbox/webhooks: register endpoints, look at deliveries, send them again, raise an event by hand."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.changes import Change
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.messages import Request
from connectors.quickbooks.sandbox.webhooks.desk import Delivery
from connectors.quickbooks.sandbox.webhooks.endpoints import ENTITIES, OPERATIONS, Endpoint

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

ROOT = "/sandbox/webhooks"
AGAIN = re.compile(ROOT + r"/deliveries/(\d+)/redeliver\Z")
ONE = re.compile(ROOT + r"/([0-9a-f]+)\Z")


def answered(sandbox: Sandbox, request: Request, body: Json) -> Any:
    """Answer a request about webhooks; raises `LookupError` for what is not there, `ValueError` for a wrong value."""
    asked = request.method, request.path.rstrip("/")
    if asked == ("GET", ROOT):
        return [_endpoint(one) for one in sandbox.webhooks.endpoints.values()]
    if asked == ("POST", ROOT):
        return _endpoint(sandbox.webhooks.register(body))
    if asked == ("GET", f"{ROOT}/deliveries"):
        return [_delivery(one) for one in sandbox.webhooks.deliveries()]
    if asked == ("POST", f"{ROOT}/events"):
        return _raise(sandbox, body)
    again = AGAIN.match(request.path)
    if again and request.method == "POST":
        return _delivery(sandbox.webhooks.redeliver(int(again[1])))
    one = ONE.match(request.path)
    if one and request.method == "DELETE":
        sandbox.webhooks.remove(one[1])
        return {"removed": one[1]}
    raise LookupError(f"{request.method} {request.path}")


def _raise(sandbox: Sandbox, body: Json) -> Json:
    """Raise one event by hand, for what happens in QuickBooks' own pages: a merge, a change by a person."""
    wanted = {name: str(body.get(name, "")) for name in ("realm", "entity", "id", "operation", "deleted_id")}
    if body.keys() - wanted.keys():
        raise ValueError(f"unknown keys {sorted(body.keys() - wanted.keys())}")
    if wanted["entity"] not in ENTITIES or wanted["operation"] not in OPERATIONS:
        raise ValueError(f"entity is one of {', '.join(ENTITIES)}; operation is one of {', '.join(OPERATIONS)}")
    now = sandbox.clock.now()
    change = Change(wanted["entity"], wanted["id"], wanted["operation"], now, wanted["deleted_id"])
    sandbox.webhooks.collect(sandbox.company(wanted["realm"]).realm, [change])
    return wanted


def _endpoint(endpoint: Endpoint) -> Json:
    return {name: value for name, value in asdict(endpoint).items() if name != "verifier_token"}


def _delivery(delivery: Delivery) -> Json:
    return {
        "number": delivery.number,
        "endpoint": delivery.endpoint,
        "url": delivery.post.url,
        "delivered": delivery.delivered,
        "next_attempt": None if delivery.due is None else clock.envelope_time(delivery.due),
        "attempts": [{"time": clock.envelope_time(one.time), "status": one.status} for one in delivery.attempts],
        "headers": delivery.post.headers,
        "body": delivery.post.body.decode(),
    }
