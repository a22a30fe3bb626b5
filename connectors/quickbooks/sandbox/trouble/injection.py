"""Trouble on order: which call is struck, by what, how often. What then happens is in `effects`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Any

from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.messages import Request
from connectors.quickbooks.sandbox.trouble.effects import EFFECTS

PARTS = 1_000_000  # a probability is drawn in millionths


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _pattern(value: Any) -> bool:
    try:
        return _text(value) and re.compile(value) is not None
    except (re.error, OverflowError, RecursionError):
        return False


CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("realm", "entity", "operation", "request_id"), (_text, "a text")),
    "path": (_pattern, "a regular expression"),
    **dict.fromkeys(("nth", "seed"), (_whole, "a whole number")),
    **dict.fromkeys(("times", "delay_ms"), (lambda value: value is None or _whole(value), "a whole number or null")),
    "status": (lambda value: _whole(value) and 200 <= value <= 599, "an HTTP status from 200 on"),
    "stored": (lambda value: isinstance(value, bool), "true or false"),
    "headers": (lambda value: isinstance(value, Mapping) and all(map(_text, value.values())), "an object of texts"),
    "code": (lambda value: value in ("", "130", "140", "150"), "130, 140 or 150"),
    "probability": (
        lambda value: value is None or (isinstance(value, (int, Decimal)) and 0 <= value <= 1),
        "a number from 0 to 1, or null",
    ),
}


@dataclass(frozen=True)
class FaultRule:
    """What to match and what to do.

    `realm`, `entity`, `operation` and `request_id` match when empty or equal, `path` (a regular expression) when it is
    found in the path. The rule strikes at the `nth` match and the `times - 1` after it; with a `probability` it strikes
    each match from the `nth` on by a draw from `seed`, without end unless `times` says so.

    `stored` runs the operation before the trouble is answered. `status`, `body` (None means HTML) and `headers` are
    for "status"; `delay_ms` for "latency" and "hang" (default: Intuit's limit of 120 s); `code` for "maintenance";
    `body` for "number_taken" holds the members in which the other user's document differs.
    """

    effect: str
    realm: str = ""
    entity: str = ""
    operation: str = ""
    nth: int = 1
    times: int | None = None
    status: int = 503
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stored: bool = False
    path: str = ""
    request_id: str = ""
    probability: Decimal | None = None
    seed: int = 0
    delay_ms: int | None = None
    code: str = ""

    def __post_init__(self) -> None:
        """Raises `ValueError` for a value that makes no rule."""
        if self.effect not in EFFECTS:
            raise ValueError(f"unknown effect {self.effect!r}; effects: {', '.join(EFFECTS)}")
        for name, (fits, says) in CHECKS.items():
            if not fits(getattr(self, name)):
                raise ValueError(f"{name} is {says}, not {getattr(self, name)!r}")

    @classmethod
    def of(cls, values: dict[str, Any]) -> FaultRule:
        """Read a rule from JSON, matching keys flat or under "match"; raises `ValueError` for a wrong one."""
        match = values.get("match", {})
        if not isinstance(match, dict):
            raise ValueError("match is an object")  # noqa: TRY004 - a wrong value, not a wrong type of ours
        flat = {**{key: value for key, value in values.items() if key != "match"}, **match}
        unknown = flat.keys() - cls.__dataclass_fields__.keys()
        if unknown or "effect" not in flat:
            raise ValueError(f"unknown keys {sorted(unknown)}, or no effect; effects: {', '.join(EFFECTS)}")
        return cls(**flat)

    @property
    def ends(self) -> bool:
        """Whether this strike is its last one."""
        endless = self.times is None and self.probability is not None
        return not endless and (self.times or 1) <= 1

    def matches(self, request: Request, call: Call) -> bool:
        wanted = ((self.realm, call.realm), (self.entity, call.entity), (self.operation, call.operation))
        return (
            all(not mine or mine.lower() == theirs.lower() for mine, theirs in wanted)
            and self.request_id in ("", request.query.get("requestid", ""))
            and re.search(self.path, request.path) is not None
        )


@dataclass
class _Standing:
    """A rule that has not struck out yet, and the draws of its own seed."""

    rule: FaultRule
    draws: Random

    def strikes(self) -> bool:
        """Count a match; says whether the rule strikes now."""
        if self.rule.nth > 1:
            self.rule = replace(self.rule, nth=self.rule.nth - 1)
            return False
        if self.rule.probability is None:
            return True
        return self.draws.randrange(PARTS) < self.rule.probability * PARTS


class Injector:
    """Holds the rules that have not struck out yet."""

    def __init__(self) -> None:
        self._standing: list[_Standing] = []

    def add(self, rule: FaultRule) -> None:
        self._standing.append(_Standing(rule, Random(rule.seed)))  # noqa: S311 - repeatable draws are meant

    def clear(self) -> None:
        self._standing.clear()

    @property
    def rules(self) -> list[FaultRule]:
        return [one.rule for one in self._standing]

    def shown(self) -> list[dict[str, Any]]:
        """Return the rules as JSON values, with what is left of `nth` and `times`."""
        return [asdict(rule) for rule in self.rules]

    def strike(self, request: Request, call: Call) -> FaultRule | None:
        """Return the first rule that strikes this call; later rules do not count it."""
        for one in self._standing:
            if one.rule.matches(request, call) and one.strikes():
                struck = one.rule
                if struck.ends:
                    self._standing.remove(one)
                elif struck.times is not None:
                    one.rule = replace(struck, times=struck.times - 1)
                return struck
        return None
