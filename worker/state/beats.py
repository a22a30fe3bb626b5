"""Heartbeats: when each loop of the service came round last. Kept in memory, saved at the daemon's own beat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from worker.clock import Now
from worker.state.outside import heartbeats

SCHEDULER = "(scheduler)"  # no company can be called that


class Heartbeats:
    """Those of one process. Threads note, one saves."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._lock = Lock()
        self._beats: dict[str, datetime] = {}
        self._known: set[str] = set()

    def note(self, loop: str) -> bool:
        """It came round just now; True: for the first time in this process."""
        with self._lock:
            self._beats[loop] = self._now()
            first = loop not in self._known
            self._known.add(loop)
            return first

    def save(self, connection: Connection) -> None:
        """One statement; what is saved already is not saved again."""
        with self._lock:
            beats, self._beats = self._beats, {}
        if not beats:
            return
        make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = make(heartbeats).values([{"loop": loop, "at": at} for loop, at in sorted(beats.items())])
        connection.execute(row.on_conflict_do_update(index_elements=["loop"], set_={"at": row.excluded.at}))


def ages(connection: Connection, now: datetime) -> Mapping[str, float]:
    """Seconds since each loop came round last."""
    rows = connection.execute(select(heartbeats.c.loop, heartbeats.c.at))
    return {loop: max(0.0, (now - at).total_seconds()) for loop, at in rows}
