"""Each loop of the daemon notes when it came round, and the daemon's own beat saves it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from worker.clock import Clock
from worker.config import Loaded
from worker.config.schema import Company, Config, Mail
from worker.daemon import Daemon
from worker.schedule.ticks import MAIL
from worker.state import beats, database
from worker.state.beats import SCHEDULER, Heartbeats

CONFIG = Config(
    companies={"main": Company(), "bad": Company()}, mail=Mail(host="localhost", sender="a@b", recipients=())
)


@dataclass
class Workshop:
    """Ticks that do nothing, or fail."""

    ticked: SimpleQueue[str] = field(default_factory=SimpleQueue)
    config: Config = CONFIG

    def tick(self, name: str) -> None:
        self.ticked.put(name)
        if name == "bad":
            raise RuntimeError("ours")

    def close(self) -> None:
        pass


class Beats(Heartbeats):
    """Tells when it was saved."""

    def __init__(self) -> None:
        super().__init__(Clock().now)
        self.saved: SimpleQueue[bool] = SimpleQueue()

    def save(self, connection: Any) -> None:
        super().save(connection)
        self.saved.put(True)


@pytest.fixture
def engine(tmp_path: Any) -> Iterator[Engine]:
    made = database.connect(f"sqlite:///{tmp_path}/state.sqlite")
    database.migrate(made)
    yield made
    made.dispose()


@pytest.mark.parametrize("beat", [0.02, 3600])
def test_what_comes_round_is_noted_at_once_and_what_fails_is_not(engine: Engine, beat: float) -> None:
    noted, workshop, mails = Beats(), Workshop(), SimpleQueue[Any]()
    daemon = Daemon(
        loaded=Loaded(config=CONFIG, file=None),
        reload=lambda: Loaded(config=CONFIG, file=None),
        engine=engine,
        workshop=workshop,  # type: ignore[arg-type]
        deliver_mail=mails.put,
        clock=Clock(),
        stopping=Event(),
        notify=lambda _: None,
        beat=beat,
        heartbeats=noted,
    )
    thread = Thread(target=daemon.run)
    thread.start()
    try:
        assert {workshop.ticked.get(timeout=10), workshop.ticked.get(timeout=10)} == {"main", "bad"}
        mails.get(timeout=10)
        for _ in range(200):
            assert noted.saved.get(timeout=10)
            with engine.connect() as connection:
                found = beats.ages(connection, Clock().now())
            if len(found) == 3:
                break
    finally:
        daemon.inbox.put(signal.SIGTERM)
        thread.join(10)
    assert found.keys() == {SCHEDULER, MAIL, "main"}
