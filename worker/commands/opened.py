"""A company with both its ends open, for a command that asks or orders something beside the daemon."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from worker.commands.session import Session
from worker.companies import open_company, open_state
from worker.pipeline import Company


@contextmanager
def opened(current: Session, name: str) -> Iterator[Company]:
    """Nothing is asked of either end yet, and the daemon's lease is left alone."""
    config = current.load().config
    current.company(name, config)
    engine = open_state(config)
    try:
        with open_company(config, name, engine, current.clock) as company:
            yield company
    finally:
        engine.dispose()
