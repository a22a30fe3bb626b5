"""Somebody else at work in the same company, just before a call runs: their changes are real and stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.api.operations import write_object
from connectors.quickbooks.sandbox.books.changes import Change
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind, Write
from connectors.quickbooks.sandbox.entities.registry import BY_NAME, BY_PATH
from connectors.quickbooks.sandbox.messages import Request
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.wire.faults import Refusal

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox
    from connectors.quickbooks.sandbox.trouble.injection import FaultRule

OTHER_USER = {"PrivateNote": "Entered by another user"}

Interference = Callable[["Sandbox", "FaultRule", Request, Call], None]


def edit_first(sandbox: Sandbox, _rule: FaultRule, request: Request, call: Call) -> None:
    """Somebody saves the objects that this call is about to change: its SyncToken is old now, fault 5010."""
    company, now = sandbox.companies.get(call.realm), sandbox.clock.now()
    for kind, body in _written(request, call):
        stored = company.get(kind.name, body.get("Id", "")) if company else None
        if company is not None and stored is not None:
            with company.store.change():
                company.put(kind.name, frame.touched(stored, now, token=True))
            company.news.append(Change(kind.name, stored["Id"], "Update", now))


def take_number(sandbox: Sandbox, rule: FaultRule, request: Request, call: Call) -> None:
    """Somebody enters a document like this one first and so has its DocNumber, or the next automatic one."""
    company = sandbox.companies.get(call.realm)
    for kind, body in _written(request, call):
        if company is None or body.get("Id"):
            continue
        theirs = {**body, **OTHER_USER, **(rule.body if isinstance(rule.body, dict) else {})}
        with suppress(Refusal):  # what QuickBooks refuses them, it is about to refuse this call as well
            write_object(Write(company, sandbox.clock.now()), kind, "create", theirs)


def revoke_token(sandbox: Sandbox, _rule: FaultRule, request: Request, _call: Call) -> None:
    """The owner disconnects the app: this access token and its refresh token are dead."""
    sandbox.tokens.revoke(request.header("Authorization").partition(" ")[2])


def end_subscription(sandbox: Sandbox, _rule: FaultRule, _request: Request, call: Call) -> None:
    """The subscription ends: from now on writes get 6190, until SubscriptionStatus is set again."""
    if call.realm in sandbox.companies:
        sandbox.companies[call.realm].subscribe("EXPIRED")


def _written(request: Request, call: Call) -> Iterator[tuple[Kind, Json]]:
    """Give what a call writes, with its kind: the body itself, or each item of a batch."""
    try:
        body: Any = request.json if request.method == "POST" else None
    except (ValueError, RecursionError):
        return
    if not isinstance(body, dict):
        return
    if call.operation != "batch":
        if call.resource in BY_PATH:
            yield BY_PATH[call.resource], body
        return
    items = body.get("BatchItemRequest")
    for item in items if isinstance(items, list) else [items]:
        for name, data in item.items() if isinstance(item, dict) else ():
            if name in BY_NAME and isinstance(data, dict):
                yield BY_NAME[name], data
