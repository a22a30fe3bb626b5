"""A state database as a first start leaves it, made once and copied: ten migrations take longer than most tests."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, make_url

from worker.state import database


def state_engine(url: str) -> Engine:
    """Opened as the service does it; a SQLite file that is not there yet is put there ready."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite" and place.database and not Path(place.database).exists():
        Path(place.database).write_bytes(_file())
    engine = database.connect(url)
    database.migrate(engine)
    return engine


@cache
def _file() -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "state.sqlite"
        engine = database.connect(f"sqlite:///{path}")
        database.migrate(engine)
        engine.dispose()
        return path.read_bytes()
