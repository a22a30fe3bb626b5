"""Trouble on order: one-shot rules that lose requests, lose replies or answer with an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.messages import Response
from connectors.quickbooks.sandbox.wire import faults, jsontext

EFFECTS = ("lose_request", "lose_reply", "throttle", "throttle_xml", "unauthorized", "status")
OUTAGE = "<html><head><title>{0}</title></head><body><h1>{0} Service Unavailable</h1></body></html>"


@dataclass(frozen=True)
class FaultRule:
    """What to match and what to do.

    `realm`, `entity` and `operation` match when empty or equal; the rule strikes at the `nth` match and the
    `times - 1` after it. `stored` runs the operation before a status is answered. `body` None means HTML.
    """

    effect: str
    realm: str = ""
    entity: str = ""
    operation: str = ""
    nth: int = 1
    times: int = 1
    status: int = 503
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stored: bool = False

    @classmethod
    def of(cls, values: dict[str, Any]) -> FaultRule:
        """Read a rule from JSON; raises `ValueError` for an unknown key or effect."""
        match = values.get("match", {})
        flat = {**{key: value for key, value in values.items() if key != "match"}, **match}
        unknown = flat.keys() - cls.__dataclass_fields__.keys()
        if unknown or flat.get("effect") not in EFFECTS:
            raise ValueError(f"unknown keys {sorted(unknown)} or effect {flat.get('effect')!r}; effects: {EFFECTS}")
        return cls(**flat)

    @property
    def before(self) -> bool:
        """Whether it strikes before the operation runs."""
        return self.effect != "lose_reply" and not self.stored

    def matches(self, call: Call) -> bool:
        wanted = ((self.realm, call.realm), (self.entity, call.entity), (self.operation, call.operation))
        return all(not mine or mine.lower() == theirs for mine, theirs in wanted)

    def response(self, now: datetime) -> Response:
        """Return what the client sees, or does not see."""
        if self.effect in ("lose_request", "lose_reply"):
            return Response(0, lost=True)
        if self.effect == "throttle_xml":
            xml = faults.throttled_xml(clock.envelope_time(now))
            return Response(429, {"Content-Type": "application/xml"}, xml.encode())
        if self.effect in ("throttle", "unauthorized"):
            status, body = (
                (429, faults.throttled(now)) if self.effect == "throttle" else (401, faults.unauthenticated(None, now))
            )
            return Response(status, {"Content-Type": "application/json"}, jsontext.dumps(body).encode())
        if self.body is None:
            return Response(
                self.status, {"Content-Type": "text/html", **self.headers}, OUTAGE.format(self.status).encode()
            )
        text = self.body if isinstance(self.body, str) else jsontext.dumps(self.body)
        return Response(self.status, {"Content-Type": "application/json", **self.headers}, text.encode())


class Injector:
    """Holds the rules that have not struck out yet."""

    def __init__(self) -> None:
        self._rules: list[FaultRule] = []

    def add(self, rule: FaultRule) -> None:
        self._rules.append(rule)

    def clear(self) -> None:
        self._rules.clear()

    @property
    def rules(self) -> list[FaultRule]:
        return list(self._rules)

    def strike(self, call: Call) -> FaultRule | None:
        """Count the call against every matching rule and return the first one that strikes now."""
        struck: FaultRule | None = None
        left: list[FaultRule] = []
        for rule in self._rules:
            if struck is not None or not rule.matches(call):
                left.append(rule)
            elif rule.nth > 1:
                left.append(replace(rule, nth=rule.nth - 1))
            else:
                struck = rule
                if rule.times > 1:
                    left.append(replace(rule, times=rule.times - 1))
        self._rules = left
        return struck
