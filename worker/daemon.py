"""`cuadre run`: look at every company in its rhythm until told to stop; tell systemd how it goes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event
from types import FrameType

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from errors.language import say
from worker import exits
from worker.clock import Clock
from worker.config import ConfigError, Loaded
from worker.config.schema import Config
from worker.notify import Notify
from worker.pipeline import TickReport
from worker.schedule.dispatch import Dispatch
from worker.schedule.ticks import MAIL, Rhythm, Ticks, rhythms
from worker.schedule.wishing import SECONDS, WISHES, Wishes
from worker.schedule.workshop import Workshop
from worker.state.beats import SCHEDULER, Heartbeats

QUIET_BEAT = 30.0  # seconds between two status lines where nobody runs a watchdog
FIRST_ROUND = 0  # no signal: a loop came round for the first time, and /readyz need not wait for the next beat

_log = structlog.get_logger("cuadre.daemon")


class Daemon:
    """One process, many companies. Signals arrive in `inbox`: putting one there is all that a handler may do.

    Args:
        loaded: the configuration to begin with.
        reload: reads it again (SIGHUP); raises ConfigError.
        engine: the state database, migrated.
        workshop: what ticks a company.
        deliver_mail: sends what lies in the mail outbox.
        clock: the time.
        stopping: set when work should come to an end; the pipeline looks at it between documents.
        notify: tells systemd.
        beat: seconds between two reports of life.
        wishes: what people want now; None: nobody is asked.
        heartbeats: when each loop came round, for /readyz.
        at_the_end: stops what runs beside the ticks (the site), before the last of them ends.
        abort: ends the process at once (the second signal).
    """

    def __init__(
        self,
        *,
        loaded: Loaded,
        reload: Callable[[], Loaded],
        engine: Engine,
        workshop: Workshop,
        deliver_mail: Callable[[Config], object],
        clock: Clock,
        stopping: Event,
        notify: Notify,
        beat: float | None = None,
        wishes: Wishes | None = None,
        heartbeats: Heartbeats | None = None,
        at_the_end: Callable[[], object] | None = None,
        abort: Callable[[int], object] = os._exit,
    ) -> None:
        self.inbox: SimpleQueue[int] = (
            SimpleQueue()
        )  # its put() may be called from a signal handler, an Event's set() not
        self._config = loaded.config
        self._reload, self._engine, self._workshop, self._deliver = reload, engine, workshop, deliver_mail
        self._stopping, self._notify, self._abort = stopping, notify, abort
        self._beat, self._wishes, self._at_the_end = beat or QUIET_BEAT, wishes, at_the_end
        self._heartbeats = heartbeats
        self._dispatch = Dispatch(clock.now)
        self._ticks = Ticks(self.due, clock.now)

    def run(self) -> int:
        """Until SIGTERM or SIGINT. Returns the exit code."""
        self._ticks.plan(self._rhythms())
        self._ticks.start()
        _log.info("started", companies=self._config.enabled())
        self._notify(f"READY=1\nSTATUS={self._status()}")
        while True:
            message = self._next()
            if message is None or message == FIRST_ROUND:
                self._report()
            elif message == signal.SIGHUP:
                self._read_again()
            else:
                return self._stop()

    def listen(self) -> None:
        """Take the signals of this process (main thread only)."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._stopping.is_set() and number != signal.SIGHUP:
            self._abort(exits.INTERRUPTED)
        self.inbox.put(number)

    def due(self, name: str) -> bool:
        """The scheduler's call: hand the work to a thread."""
        self._came_round(SCHEDULER)
        if name == MAIL:
            return self._dispatch.offer(name, self._mail)
        if name == WISHES:
            return self._dispatch.offer(name, self._fulfil)
        return self._dispatch.offer(name, lambda: self._work(name))

    def _mail(self) -> None:
        self._deliver(self._config)
        self._came_round(MAIL)

    def _fulfil(self) -> None:
        """Look at the companies of which somebody wants a look; one that is being looked at keeps its wish."""
        assert self._wishes is not None
        for name in self._wishes.wanted():
            if name in self._config.enabled() and self.due(name):
                self._wishes.looked(name)

    def _rhythms(self) -> dict[str, Rhythm]:
        return rhythms(self._config) | ({WISHES: (SECONDS, 0.0)} if self._wishes else {})

    def _work(self, name: str) -> None:
        """A tick that was cut short goes on at once: a long import does not wait for the next poll again and again."""
        if self._wishes is not None and self._wishes.paused(name):
            self._came_round(name)
            return
        report = self._workshop.tick(name)
        while isinstance(report, TickReport) and report.unfinished and not self._stopping.is_set():
            report = self._workshop.tick(name)
        self._came_round(name)

    def _next(self) -> int | None:
        try:
            return self.inbox.get(timeout=self._beat)
        except Empty:
            return None

    def _report(self) -> None:
        """A sign of life only while the state database answers: without it nothing here is of use."""
        try:
            with self._engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            _log.error("state database does not answer", detail=str(error))
            self._notify("STATUS=" + say("The state database does not answer"))
            return
        self._notify(f"WATCHDOG=1\nSTATUS={self._status()}")
        self._save_beats()

    def _save_beats(self) -> None:
        """After the sign of life, which must not wait for somebody else who writes."""
        if self._heartbeats is None:
            return
        try:
            with self._engine.begin() as connection:
                self._heartbeats.save(connection)
        except SQLAlchemyError as error:
            _log.warning("heartbeats not saved", detail=str(error))

    def _came_round(self, loop: str) -> None:
        if self._heartbeats is not None and self._heartbeats.note(loop):
            self.inbox.put(FIRST_ROUND)

    def _status(self) -> str:
        return say(
            "{companies} companies, {working} at work, {troubled} failed last time",
            companies=len(self._config.enabled()),
            working=len(self._dispatch.running()),
            troubled=len(self._dispatch.troubled()),
        )

    def _read_again(self) -> None:
        self._notify("RELOADING=1")
        try:
            config = self._reload().config
        except ConfigError as error:
            _log.error(
                "configuration refused, going on with the old one", mistakes=[str(each) for each in error.mistakes]
            )
        else:
            self._workshop.config = self._config = config
            self._ticks.plan(self._rhythms())
            _log.info("configuration read again", companies=config.enabled())
        self._notify(f"READY=1\nSTATUS={self._status()}")

    def _stop(self) -> int:
        self._stopping.set()
        self._notify("STOPPING=1\nSTATUS=" + say("Finishing what is under way"))
        _log.info("stopping", under_way=sorted(self._dispatch.running()))
        self._ticks.stop()
        if self._at_the_end is not None:
            self._at_the_end()
        self._dispatch.close()
        self._dispatch.drain()
        self._workshop.close()
        self._engine.dispose()
        _log.info("stopped")
        return exits.OK
