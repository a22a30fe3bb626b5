"""The control API under /sandbox/: look inside, make companies, set preferences, move the clock, order trouble.

It answers JSON and asks for no token; nothing like it exists at Intuit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.changes import Change
from connectors.quickbooks.sandbox.books.company import Company, with_named_value
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.books.switches import Switches
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.trouble.injection import FaultRule
from connectors.quickbooks.sandbox.trouble.limits import Limits
from connectors.quickbooks.sandbox.webhooks import control as webhooks
from connectors.quickbooks.sandbox.wire import jsontext

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox

REALM = re.compile(r"/sandbox/realms/(?P<realm>[^/]+)(?P<rest>/preferences|/disconnect)?\Z")
ACCOUNTING = ("BookCloseDate",)
SALES_FORMS = ("CustomTxnNumbers", "AutoApplyCredit")
GROUPS = {
    "AccountingInfoPrefs": ACCOUNTING,
    "SalesFormsPrefs": SALES_FORMS,
    "TaxPrefs": ("UsingSalesTax", "PartnerTaxEnabled"),
    "CurrencyPrefs": ("MultiCurrencyEnabled",),
}
OTHERS = ("WarnDuplicateCheckNumber", "WarnDuplicateBillNumber", "VendorAndPurchasesPrefs.UseCustomTxnNumbers")


def answer(sandbox: Sandbox, request: Request) -> Response:
    """Answer a control request: 400 with a sentence for a wrong value, 404 for an unknown path or company."""
    try:
        body = _body(request)
        return _json(200, _answered(sandbox, request, body))
    except LookupError as error:
        return _json(404, {"error": f"not found: {error.args[0] if error.args else request.path}"})
    except (ValueError, TypeError) as error:
        return _json(400, {"error": str(error)})


def _body(request: Request) -> Json:
    body = request.json if request.body else {}
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - a wrong value, not a wrong type of ours
    return body


def _answered(sandbox: Sandbox, request: Request, body: Json) -> Any:
    if request.path.startswith(webhooks.ROOT):
        return webhooks.answered(sandbox, request, body)
    realm = REALM.match(request.path)
    if realm is not None and request.method == "POST":
        return _realm(sandbox, realm["realm"], realm["rest"] or "", body)
    handlers: dict[tuple[str, str], Callable[[Sandbox, Json], Any]] = {
        ("GET", "/sandbox"): _state,
        ("GET", "/sandbox/journal"): _journal,
        ("POST", "/sandbox/clock"): _clock,
        ("POST", "/sandbox/reset"): _reset,
        ("POST", "/sandbox/faults"): _fault,
        ("GET", "/sandbox/faults"): _faults,
        ("DELETE", "/sandbox/faults"): _no_faults,
        ("GET", "/sandbox/meters"): _meters,
        ("GET", "/sandbox/limits"): _limits,
        ("POST", "/sandbox/limits"): _set_limits,
    }
    handler = handlers.get((request.method, request.path.rstrip("/")))
    if handler is None:
        raise LookupError(f"{request.method} {request.path}")
    return handler(sandbox, body)


def _realm(sandbox: Sandbox, realm: str, rest: str, body: Json) -> Json:
    if rest == "/preferences":
        company = sandbox.companies[realm]
        done = set_preferences(company, body)
        company.news.append(Change("Preferences", "1", "Update", sandbox.clock.now()))
        return done
    if rest == "/disconnect":
        sandbox.tokens.disconnect(realm)
        return {"realm": realm}
    made = sandbox.add_company(
        realm, seed=body.get("seed", ""), country=body.get("country", ""), name=body.get("company_name", "")
    )
    tokens = {name: body[name] for name in ("access_token", "refresh_token") if name in body}
    if tokens:
        sandbox.connect(realm, **tokens)
    return {"realm": realm, "company_name": made.information["CompanyName"], "seed": made.seed}


def set_preferences(company: Company, body: Json) -> Json:
    """Set what a person sets in QuickBooks' own pages; `None` clears.

    Keys: ACCOUNTING, SALES_FORMS, OTHERS, SubscriptionStatus, and the switches. Raises `ValueError` for any other.
    """
    switches = asdict(Switches()).keys()
    known = {*(name for names in GROUPS.values() for name in names), *OTHERS, "SubscriptionStatus", *switches}
    if body.keys() - known:
        raise ValueError(f"unknown: {sorted(body.keys() - known)}; known: {sorted(known)}")
    preferences = dict(company.preferences)
    for group, names in GROUPS.items():
        merged = {**preferences.get(group, {}), **{name: body[name] for name in names if name in body}}
        preferences[group] = {name: value for name, value in merged.items() if value is not None}
    for name in OTHERS:
        if name in body:
            preferences["OtherPrefs"] = with_named_value(preferences["OtherPrefs"], name, str(body[name]).lower())
    company.put("Preferences", preferences)
    if "SubscriptionStatus" in body:
        company.subscribe(body["SubscriptionStatus"])
    company.switches = replace(company.switches, **{name: body[name] for name in switches if name in body})
    return {"realm": company.realm, **body}


def _state(sandbox: Sandbox, _body: Json) -> Json:
    realms = {
        realm: {
            "company_name": one.information["CompanyName"],
            "seed": one.seed,
            "counts": {kind: one.store.count(kind) for kind in one.store.kinds()},
            "switches": asdict(one.switches),
        }
        for realm, one in sandbox.companies.items()
    }
    meters = dict(sorted(sandbox.journal.meters.items()))
    return {
        "time": clock.envelope_time(sandbox.clock.now()),
        "realms": realms,
        "meters": meters,
        "faults": sandbox.injector.shown(),
    }


def _journal(sandbox: Sandbox, _body: Json) -> list[Json]:
    return [asdict(entry) for entry in sandbox.journal.entries]


def _clock(sandbox: Sandbox, body: Json) -> Json:
    sandbox.clock.advance(int(body["advance_seconds"]))
    return {"time": clock.envelope_time(sandbox.clock.now())}


def _reset(sandbox: Sandbox, body: Json) -> Json:
    sandbox.reset()
    return _state(sandbox, body)


def _fault(sandbox: Sandbox, body: Json) -> Json:
    if body.get("clear"):
        return _no_faults(sandbox, body)
    sandbox.fail(FaultRule.of(body))
    return _faults(sandbox, body)


def _faults(sandbox: Sandbox, _body: Json) -> Json:
    return {"faults": sandbox.injector.shown()}


def _no_faults(sandbox: Sandbox, body: Json) -> Json:
    sandbox.injector.clear()
    return _faults(sandbox, body)


def _meters(sandbox: Sandbox, _body: Json) -> Json:
    limits = sandbox.limiter.limits
    return sandbox.meters.report(sandbox.clock.now(), limits.core_plus_per_month if limits else None)


def _limits(sandbox: Sandbox, _body: Json) -> Json:
    limits = sandbox.limiter.limits
    return {"on": False} if limits is None else {"on": True, **asdict(limits)}


def _set_limits(sandbox: Sandbox, body: Json) -> Json:
    """Change the limits that the body names, the others stay; `{"on": false}` switches all of them off."""
    named = {name: value for name, value in body.items() if name != "on"}
    changed = replace(sandbox.limiter.limits or Limits(), **named)
    sandbox.limiter.limits = changed if body.get("on", True) else None
    return _limits(sandbox, body)


def _json(status: int, body: Any) -> Response:
    return Response(status, {"Content-Type": "application/json;charset=utf-8"}, jsontext.dumps(body).encode())
