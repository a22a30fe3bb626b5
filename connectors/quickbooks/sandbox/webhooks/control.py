"""/sandbox/webhooks: register endpoints, look at deliveries, send them again, raise an event by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.changes import Change
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.inside.route import Asked, Route
from connectors.quickbooks.sandbox.webhooks.desk import Delivery
from connectors.quickbooks.sandbox.webhooks.endpoints import ENTITIES, OPERATIONS, Endpoint

ROOT = "/sandbox/webhooks"


def _list(asked: Asked) -> Any:
    return [_endpoint(one) for one in asked.sandbox.webhooks.endpoints.values()]


def _register(asked: Asked) -> Any:
    return _endpoint(asked.sandbox.webhooks.register(asked.body))


def _forget(asked: Asked) -> Json:
    asked.sandbox.webhooks.remove(asked.named["id"])
    return {"removed": asked.named["id"]}


def _deliveries(asked: Asked) -> Any:
    return [_delivery(one) for one in asked.sandbox.webhooks.deliveries()]


def _again(asked: Asked) -> Any:
    number = asked.named["number"]
    if not number.isdecimal():
        raise LookupError(number)
    return _delivery(asked.sandbox.webhooks.redeliver(int(number)))


def _raise(asked: Asked) -> Json:
    """Raise one event by hand, for what happens in QuickBooks' own pages: a merge, a change by a person."""
    sandbox, body = asked.sandbox, asked.body
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


ROUTES = (
    Route("GET", ROOT, "Registered addresses.", _list),
    Route(
        "POST",
        ROOT,
        "Register an address for webhooks.",
        _register,
        {"url": "http://127.0.0.1:9000/hook", "verifier_token": "secret", "format": "cloudevents"},
    ),
    Route("DELETE", f"{ROOT}/{{id}}", "Forget an address.", _forget),
    Route("GET", f"{ROOT}/deliveries", "What was delivered, and what waits.", _deliveries),
    Route("POST", f"{ROOT}/deliveries/{{number}}/redeliver", "Deliver once more.", _again),
    Route(
        "POST",
        f"{ROOT}/events",
        "Raise an event by hand, for what happens in QuickBooks' own pages.",
        _raise,
        {"realm": "9130000000000001", "entity": "Customer", "id": "1", "operation": "Merge", "deleted_id": "2"},
    ),
)
