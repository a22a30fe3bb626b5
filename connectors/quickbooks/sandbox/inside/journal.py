"""What came in and what went out: the last requests, and counts of all of them. Never a token.

Bodies of the accounting API are kept when somebody asks for it; those of the sign-in, which hold tokens, never.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

KEPT = 10_000
LONGEST = 100_000  # characters of a body that are kept
FILTERS = ("realm", "entity", "operation", "method", "status", "request_id", "path")
BODIES = ("asked", "answered")


@dataclass(frozen=True)
class Entry:
    """One request; `lost` says that the client never saw the answer."""

    number: int
    time: str
    method: str
    path: str
    realm: str
    entity: str
    operation: str
    request_id: str
    status: int
    tid: str
    lost: bool
    asked: str = ""
    answered: str = ""

    def fits(self, wanted: Mapping[str, str]) -> bool:
        """Say whether the entry has these values; of a path, a part is enough."""
        for name, text in wanted.items():
            value = str(getattr(self, name))
            if (text not in value) if name == "path" else (text.lower() != value.lower()):
                return False
        return True


class Journal:
    """Keeps the last 10,000 entries and counts all calls by method and by entity.operation."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.meters: Counter[str] = Counter()
        self.keeps_bodies = False

    @property
    def next_number(self) -> int:
        return self.meters["calls"] + 1

    def record(self, entry: Entry) -> None:
        self.entries.append(entry)
        kind = f"{entry.entity}.{entry.operation}" if entry.realm else entry.path
        self.meters.update(("calls", entry.method, kind, f"status {entry.status}"))

    def body(self, content: bytes) -> str:
        """Return a body as it is kept: "" unless bodies are."""
        return content[:LONGEST].decode("utf-8", errors="replace") if self.keeps_bodies else ""

    def listed(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """Return entries as JSON values, oldest first; raises `ValueError` for an unknown or a wrong filter."""
        unknown = sorted(query.keys() - {*FILTERS, "after", "limit", "bodies"})
        if unknown:
            raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(FILTERS)}, after, limit, bodies")
        wanted = {name: query[name] for name in FILTERS if name in query}
        after, limit = int(query.get("after", 0)), int(query.get("limit", KEPT))
        found = (one for one in reversed(self.entries) if one.number > after and one.fits(wanted))
        newest = [asdict(one) for one in islice(found, max(limit, 0))]
        if query.get("bodies") not in ("true", "1"):
            newest = [{name: value for name, value in one.items() if name not in BODIES} for one in newest]
        return newest[::-1]

    def clear(self) -> None:
        self.entries.clear()
        self.meters.clear()
