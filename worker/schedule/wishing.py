"""What people want of the daemon, as the daemon asks for it (worker/state/wishes.py keeps it)."""

from __future__ import annotations

from sqlalchemy import Engine

from worker.clock import Now
from worker.state import wishes
from worker.state.database import reading

WISHES = "(wishes)"  # no company can be called that
SECONDS = 2.0


class Wishes:
    """Looked at every SECONDS: one statement, and none that writes while nobody wants anything."""

    def __init__(self, engine: Engine, now: Now) -> None:
        self._engine, self._now = engine, now

    def paused(self, company: str) -> bool:
        with reading(self._engine) as connection:
            return wishes.paused(connection, company)

    def wanted(self) -> list[str]:
        """Companies of which a look is wanted now."""
        with reading(self._engine) as connection:
            return wishes.wanted(connection)

    def looked(self, company: str) -> None:
        """A look has begun."""
        with self._engine.begin() as connection:
            wishes.looked(connection, company, self._now())
