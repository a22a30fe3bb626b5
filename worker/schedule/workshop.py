"""Companies stay open between their ticks, so that throttles and connections last; they are opened anew when needed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Lock
from typing import Protocol

import structlog
from sqlalchemy import Engine

from errors import queue
from errors.language import sentence
from errors.problem import Problem, ProblemError
from worker.clock import Clock
from worker.config.schema import Config
from worker.pipeline import LONGEST_TICK, Company, Progress, TickReport, never, quiet

_log = structlog.get_logger("cuadre.tick")


class Open(Protocol):
    """worker.companies.open_company."""

    def __call__(self, config: Config, name: str, engine: Engine, clock: Clock) -> AbstractContextManager[Company]: ...


@dataclass(frozen=True, kw_only=True)
class _Opened:
    company: Company
    config: Config
    stack: ExitStack


class Workshop:
    """Ticks by name. One name must not be ticked twice at once (dispatch.py sees to that)."""

    def __init__(
        self,
        config: Config,
        engine: Engine,
        clock: Clock,
        *,
        opener: Open,
        run: Callable[[Company], TickReport],
        stopping: Callable[[], bool] = never,
        longest: timedelta = LONGEST_TICK,
    ) -> None:
        self.config = config  # may be replaced: a company is opened anew at its next tick
        self._engine, self._clock = engine, clock
        self._opener, self._run, self._stopping, self._longest = opener, run, stopping, longest
        self._opened: dict[str, _Opened] = {}
        self._lock = Lock()

    def tick(self, name: str, progress: Progress = quiet) -> TickReport | Problem:
        """One tick of one company; the problem alone when the company could not even be opened.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the state database is out of reach.
        """
        try:
            company = self._company(name)
        except ProblemError as moment:
            self._refused(name, moment.problem)
            return moment.problem
        finished = False
        try:
            report = self._run(replace(company, stopping=self._stopping, longest=self._longest, progress=progress))
            finished = report.halted is None  # after a halt everything is opened anew: it may have been mended
        finally:
            if not finished:
                self.close(name)
        _tell(report)
        return report

    def close(self, *names: str) -> None:
        """Give back what these companies hold; without names, all."""
        with self._lock:
            opened = [self._opened.pop(name) for name in names or tuple(self._opened) if name in self._opened]
        for each in opened:
            each.stack.close()

    def _company(self, name: str) -> Company:
        config = self.config
        with self._lock:
            opened = self._opened.get(name)
        if opened is not None and opened.config is config:
            return opened.company
        self.close(name)
        with ExitStack() as stack:
            company = stack.enter_context(self._opener(config, name, self._engine, self._clock))
            kept = stack.pop_all()
        with self._lock:
            self._opened[name] = _Opened(company=company, config=config, stack=kept)
        return company

    def _refused(self, name: str, problem: Problem) -> None:
        with self._engine.begin() as connection:
            queue.company_problem(connection, name, problem, self._clock.now())
        _log.warning("company halted", kind=problem.kind.code, reason=sentence(problem))


def _tell(report: TickReport) -> None:
    """A line for each tick that did something; an idle one is told at level debug only."""
    posted = {kind.value: count for kind, count in report.posted.items() if count}
    facts = {
        "posted": posted,
        "linked": report.linked,
        "held": report.held,
        "waiting": report.waiting,
        "calls": report.calls,
        "seconds": round((report.finished - report.started).total_seconds(), 3),
    }
    if report.halted is not None:
        _log.warning("company halted", kind=report.halted.kind.code, reason=sentence(report.halted), **facts)
    elif posted or report.linked or report.held:
        _log.info("tick", **facts)
    else:
        _log.debug("tick", **facts)
