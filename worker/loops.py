"""The loops of the service, and whether each comes round: the scheduler, each company's ticks, the mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from worker.config.schema import Config
from worker.pipeline import LONGEST_TICK
from worker.schedule.ticks import rhythms
from worker.state import beats, wishes
from worker.state.beats import SCHEDULER

ROUNDS = 3  # a round or two may be lost to a restart
SLACK = 120.0  # seconds: beats are saved every 30 s or so
WORK = LONGEST_TICK.total_seconds() + 300  # a round with work to do, throttled


@dataclass(frozen=True, kw_only=True)
class Loop:
    """`age`: seconds since it came round last; None: never. `allowed`: so long it may take."""

    name: str
    age: float | None
    allowed: float

    @property
    def late(self) -> bool:
        return self.age is None or self.age > self.allowed


def loops(config: Config, connection: Connection, now: datetime) -> list[Loop]:
    """Every loop that should go round; a paused company's need not.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the state database does not answer.
    """
    ages = beats.ages(connection, now)
    paused = {name for name, wish in wishes.of(connection).items() if wish["paused_at"] is not None}
    planned = rhythms(config)
    if not planned:
        return []
    quickest = min(seconds + jitter for seconds, jitter in planned.values())
    found = [Loop(name=SCHEDULER, age=ages.get(SCHEDULER), allowed=ROUNDS * quickest + SLACK)]
    for name, (seconds, jitter) in planned.items():
        if name not in paused:
            found.append(Loop(name=name, age=ages.get(name), allowed=ROUNDS * (seconds + jitter) + WORK + SLACK))
    return found
