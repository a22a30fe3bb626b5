"""Control of what happens: the clock, ordered faults, limits, meters, the journal, and beginning again."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.inside.companies import shown
from connectors.quickbooks.sandbox.inside.journal import FILTERS
from connectors.quickbooks.sandbox.inside.route import Asked, Route
from connectors.quickbooks.sandbox.trouble.injection import FaultRule
from connectors.quickbooks.sandbox.trouble.limits import Limits

JOURNAL_SAYS = (
    "The last requests, oldest first: all, or those that the query string asks for. `path` is a part of a path, `after`"
    " a number, `limit` how many of the newest; bodies are shown with `bodies=true` where they were kept."
)


def state(asked: Asked) -> Json:
    """Return the sandbox at a glance."""
    sandbox = asked.sandbox
    return {
        **_time(asked),
        "realms": {realm: shown(one) for realm, one in sandbox.companies.items()},
        "meters": dict(sorted(sandbox.journal.meters.items())),
        "faults": sandbox.injector.shown(),
        "limits": _limits(asked),
    }


def _time(asked: Asked) -> Json:
    return {"time": clock.envelope_time(asked.sandbox.clock.now()), "frozen": asked.sandbox.clock.frozen}


def _move(asked: Asked) -> Json:
    asked.check("advance_seconds", "set", "freeze")
    moved = asked.sandbox.clock
    if not asked.body:
        raise ValueError("say advance_seconds, set or freeze")
    if "set" in asked.body:
        moved.set(clock.moment(str(asked.body["set"])))
    if "advance_seconds" in asked.body:
        moved.advance(asked.number("advance_seconds"))
    if "freeze" in asked.body:
        moved.freeze(frozen=_flag(asked.body["freeze"], "freeze"))
    return _time(asked)


def _reset(asked: Asked) -> Json:
    asked.sandbox.reset()
    return state(asked)


def _faults(asked: Asked) -> Json:
    return {"faults": asked.sandbox.injector.shown()}


def _fail(asked: Asked) -> Json:
    if asked.body.get("clear"):
        return _heal(asked)
    asked.sandbox.fail(FaultRule.of(asked.body))
    return _faults(asked)


def _heal(asked: Asked) -> Json:
    asked.sandbox.injector.clear()
    return _faults(asked)


def _limits(asked: Asked) -> Json:
    limits = asked.sandbox.limiter.limits
    return {"on": False} if limits is None else {"on": True, **asdict(limits)}


def _limit(asked: Asked) -> Json:
    named = {name: value for name, value in asked.body.items() if name != "on"}
    changed = replace(asked.sandbox.limiter.limits or Limits(), **named)
    asked.sandbox.limiter.limits = changed if _flag(asked.body.get("on", True), "on") else None
    return _limits(asked)


def _meters(asked: Asked) -> Json:
    limits = asked.sandbox.limiter.limits
    return asked.sandbox.meters.report(asked.sandbox.clock.now(), limits.core_plus_per_month if limits else None)


def _journal(asked: Asked) -> list[Json]:
    return asked.sandbox.journal.listed(asked.query)


def _keep(asked: Asked) -> Json:
    asked.check("bodies")
    asked.sandbox.journal.keeps_bodies = _flag(asked.body.get("bodies"), "bodies")
    return {"bodies": asked.sandbox.journal.keeps_bodies}


def _forget(asked: Asked) -> Json:
    asked.sandbox.journal.clear()
    return {"entries": 0}


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} is true or false, not {value!r}")  # noqa: TRY004 - a wrong value in a request
    return value


FAULT = {"effect": "lose_reply", "match": {"entity": "invoice", "operation": "create"}, "nth": 2}
ROUTES = (
    Route("GET", "/sandbox", "Everything at a glance; for a browser, a page.", state),
    Route(
        "POST",
        "/sandbox/reset",
        "Begin again: first companies, no journal, no faults; tokens stay.",
        _reset,
    ),
    Route("GET", "/sandbox/clock", "The sandbox's time.", _time),
    Route(
        "POST",
        "/sandbox/clock",
        "Move the clock forward by seconds, or to a moment; freeze it or let it run. Tokens and limits follow.",
        _move,
        {"advance_seconds": 3600, "set": "2030-01-01T00:00:00-08:00", "freeze": True},
    ),
    Route("GET", "/sandbox/faults", "Faults that are ordered and have not struck out.", _faults),
    Route("POST", "/sandbox/faults", "Order a fault, see docs/sandbox.md for effects and rules.", _fail, FAULT),
    Route("DELETE", "/sandbox/faults", "Take every ordered fault back.", _heal),
    Route("GET", "/sandbox/limits", "The limits in force.", _limits),
    Route(
        "POST",
        "/sandbox/limits",
        "Change limits, or switch all off: on false.",
        _limit,
        {"batches_per_minute": 120},
    ),
    Route("GET", "/sandbox/meters", "Writes, metered reads and batches by company and month.", _meters),
    Route("GET", "/sandbox/journal", JOURNAL_SAYS, _journal, query=(*FILTERS, "after", "limit", "bodies")),
    Route(
        "POST",
        "/sandbox/journal",
        "Keep bodies from now on, or no more.",
        _keep,
        {"bodies": True},
    ),
    Route("DELETE", "/sandbox/journal", "Forget the journal and its counts.", _forget),
)
