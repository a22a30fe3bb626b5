"""What came in and what went out: the last requests, and meters of all of them. Never a token, never a body."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass

KEPT = 10_000


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


class Journal:
    """Keeps the last 10,000 entries and counts all calls by method and by entity.operation."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.meters: Counter[str] = Counter()

    @property
    def next_number(self) -> int:
        return self.meters["calls"] + 1

    def record(self, entry: Entry) -> None:
        self.entries.append(entry)
        kind = f"{entry.entity}.{entry.operation}" if entry.realm else entry.path
        self.meters.update(("calls", entry.method, kind, f"status {entry.status}"))

    def clear(self) -> None:
        self.entries.clear()
        self.meters.clear()
