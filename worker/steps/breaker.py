"""Breaker: while QuickBooks is down a company asks it seldom, with one call, until it answers.

What it goes by is the error that stands open meanwhile: since when, and when last. A tick that succeeds settles it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from errors.kinds import QuickBooksUnavailable
from errors.listing import ErrorRow
from errors.problem import Problem
from worker.rules.patience import LONGEST_OUTAGE_PAUSE, probe_at

if TYPE_CHECKING:
    from worker.pipeline import Company

_log = structlog.get_logger("cuadre.breaker")


class PausedError(Exception):
    """QuickBooks is not asked now; `problem` is the outage that stands open."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind.code)
        self.problem = problem


def outage_among(stops: Sequence[ErrorRow]) -> ErrorRow | None:
    """The open error that tells of an outage, if one does."""
    return next((row for row in stops if row.problem.kind is QuickBooksUnavailable), None)


def let_through(company: Company, stops: Sequence[ErrorRow], *, due: bool, ordered: bool) -> bool:
    """Whether the tick may go on to QuickBooks; False: there is nothing to ask it. A person's order does not wait.

    Raises:
        PausedError: not yet.
        ProblemError: it was asked, and the outage lasts.
    """
    outage = outage_among(stops)
    if outage is None:
        return due or bool(stops)
    again = probe_at(company.name, outage.first_at, outage.last_at)
    if company.clock.now() < again and not ordered:
        since = outage.first_at
        _log.info("QuickBooks is not asked", company=company.name, outage_since=since, again=again)
        raise PausedError(outage.problem)
    if not (due or ordered) and company.clock.now() < outage.last_at + LONGEST_OUTAGE_PAUSE:
        return False  # what met the outage has its own time, and is the question
    if outage.last_at > outage.first_at or not due:
        company.target.probe()
    return True
