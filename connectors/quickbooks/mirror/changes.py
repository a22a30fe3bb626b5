"""Change data capture: what changed since a moment, of several entities in one call (qbo-facts 5.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.quickbooks.client import Client
from connectors.quickbooks.mirror.shapes import Row, gone, instant, moment

MOST = 1000  # objects of one answer, which says nothing of what it leaves out
OVERLAP = timedelta(minutes=2)  # asked for again: a change may show a little later than its time
LOOK_BACK = timedelta(days=29)  # QBO: 30 days


@dataclass(frozen=True, kw_only=True)
class Changes:
    """By entity: objects as they are now, and Ids of those said to be deleted. `time`: QuickBooks' own."""

    live: Mapping[str, list[Row]]
    deleted: Mapping[str, list[str]]
    latest: Mapping[str, datetime]
    time: datetime | None
    full: bool


def changes(client: Client, entities: Collection[str], since: datetime) -> Changes:
    """One call.

    Raises:
        FaultError: QuickBooks refuses this moment, or an entity.
        ProblemError: it does not answer.
    """
    params = {"entities": ",".join(sorted(entities)), "changedSince": since.isoformat(timespec="seconds")}
    body = client.read("GET", "cdc", params=params).body or {}
    found: dict[str, list[Row]] = {}
    for entity, rows in _responses(body):
        if entity in entities:
            found.setdefault(entity, []).extend(rows)
    moments = {entity: [moment(row, "LastUpdatedTime") for row in rows] for entity, rows in found.items()}
    return Changes(
        live={entity: [row for row in rows if not gone(row)] for entity, rows in found.items()},
        deleted={entity: [str(row["Id"]) for row in rows if gone(row)] for entity, rows in found.items()},
        latest={entity: max(known) for entity, times in moments.items() if (known := [one for one in times if one])},
        time=instant(body.get("time")),
        full=sum(map(len, found.values())) >= MOST,
    )


def _responses(body: Row) -> Iterator[tuple[str, list[Row]]]:
    for answer in body.get("CDCResponse", []):
        for response in answer.get("QueryResponse", []):
            yield from ((name, rows) for name, rows in response.items() if isinstance(rows, list))
