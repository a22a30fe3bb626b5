"""What Intuit would bill: Core writes, CorePlus reads and batches, per month and company (qbo-facts section 6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.messages import Request

READS = frozenset({"read", "query"})
QUERIES = frozenset({"Query", "CDCQuery"})
NAMES = ("core", "core_plus", "batches")


def weigh(request: Request, call: Call) -> Counter[str]:
    """Count what a successful call adds to the meters; a batch counts each of its items as what it is.

    Intuit does not say how it counts queries in a batch, printed pages and preferences: here all of them are reads.
    """
    if not call.realm:
        return Counter()
    if call.operation != "batch":
        return Counter(("core_plus" if call.operation in READS else "core",))
    return Counter(("batches", *("core_plus" if item.keys() & QUERIES else "core" for item in _items(request))))


def _items(request: Request) -> list[dict[str, Any]]:
    try:
        body = request.json
    except (ValueError, RecursionError):
        return []
    items = body.get("BatchItemRequest") if isinstance(body, dict) else None
    items = [items] if isinstance(items, dict) else items
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


class Meters:
    """Counters by month ("2026-03", Pacific time) and company."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def add(self, realm: str, weight: Counter[str], now: datetime) -> None:
        self._counts[_month(now), realm] += weight

    def core_plus(self, now: datetime) -> int:
        """Return this month's metered reads of all companies together: the plan is the app's, not the company's."""
        month = _month(now)
        return sum(count["core_plus"] for (one, _), count in self._counts.items() if one == month)

    def report(self, now: datetime, most: int | None) -> dict[str, Any]:
        months: dict[str, dict[str, dict[str, int]]] = {}
        for (month, realm), count in sorted(self._counts.items()):
            months.setdefault(month, {})[realm] = {name: count[name] for name in NAMES}
        used = self.core_plus(now)
        builder = {"core_plus": used, "limit": most, "blocked": most is not None and used >= most}
        return {"month": _month(now), "builder_tier": builder, "months": months}

    def clear(self) -> None:
        self._counts.clear()


def _month(now: datetime) -> str:
    return clock.today(now)[:7]
