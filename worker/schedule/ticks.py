"""Decides what is due (APScheduler); the work itself is done elsewhere (dispatch.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler

from worker.clock import Now
from worker.config.schema import Config

MAIL = "(mail)"  # no company can be called that
MAIL_SECONDS = 60.0

Rhythm = tuple[float, float]  # seconds between two ticks, and how far each may wander


def rhythms(config: Config) -> dict[str, Rhythm]:
    """What is to be looked at, and how often."""
    planned = {name: (config.companies[name].poll, config.companies[name].jitter) for name in config.enabled()}
    if config.mail.reaches_somebody():
        planned[MAIL] = (MAIL_SECONDS, 0.0)
    return planned


class Ticks:
    """One interval job for each name, the first tick at once. `due` must return quickly: it hands the name on."""

    def __init__(self, due: Callable[[str], object], now: Now) -> None:
        self._due = due
        self._now = now
        self._planned: dict[str, Rhythm] = {}
        # a tick that is late is still wanted, once: coalesce, and no grace time after which it would be dropped
        defaults = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=defaults)

    def plan(self, wanted: dict[str, Rhythm]) -> None:
        """Make the jobs what is wanted; jobs whose rhythm stays the same are left in peace."""
        for name in self._planned.keys() - wanted.keys():
            self._scheduler.remove_job(name)
        for name, rhythm in wanted.items():
            if self._planned.get(name) != rhythm:
                self._add(name, rhythm)
        self._planned = dict(wanted)

    def _add(self, name: str, rhythm: Rhythm) -> None:
        seconds, jitter = rhythm
        self._scheduler.add_job(
            self._due,
            "interval",
            args=[name],
            id=name,
            seconds=seconds,
            jitter=jitter or None,
            next_run_time=self._now(),
            replace_existing=True,
        )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Nothing falls due any more; what was handed on goes on."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
