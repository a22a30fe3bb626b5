"""The way of a record, for one company: READ THIS FIRST.

    news -> orders -> detect -> recover -> (prepare -> number -> post), wave by wave, customers and services first

Every step takes items in one state and moves them on by compare-and-set, so a tick may die anywhere and the next one
goes on from the same column. A person's click only leaves an order; the ordinary tick carries it out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from connectors.contract import Source, Target
from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import Category
from errors.problem import Name, Problem, ProblemError
from errors.selection import Selection
from errors.tables import State as ErrorState
from worker.clock import Clock
from worker.state import items, runs
from worker.state.database import reading
from worker.state.leases import Fenced, Lease
from worker.state.machine import State
from worker.steps import breaker, detect, news, number, orders, post, prepare, recover
from worker.steps.hold import failure

_log = structlog.get_logger("cuadre.pipeline")


class Progress(Protocol):
    """Told after each piece of work; `total` is None while nobody knows it."""

    def __call__(self, step: str, kind: str, done: int, total: int | None) -> None: ...


def quiet(step: str, kind: str, done: int, total: int | None) -> None:
    """No one is looking."""


def never() -> bool:
    """Nobody asks us to stop."""
    return False


# A long import is cut into ticks, so that orders and changes of the local books are seen in between.
LONGEST_TICK = timedelta(minutes=5)
# QBO gives up on a call after 120 s (qbo-facts section 1.7): until then it may still carry out what it did not answer.
SETTLE = timedelta(seconds=125)
# Kinds that need nothing of one another, in the order in which they need the ones before.
WAVES = (
    (DocumentKind.CUSTOMER, DocumentKind.SERVICE),
    (DocumentKind.INVOICE, DocumentKind.FEE),
    (DocumentKind.PAYMENT,),
    (DocumentKind.REFUND,),
)
FEW = 30  # documents that one call carries


@dataclass(kw_only=True)
class Tally:
    """What one tick did."""

    posted: Counter[DocumentKind] = field(default_factory=Counter)
    linked: int = 0
    held: int = 0
    began: datetime = datetime(1, 1, 1, tzinfo=UTC)  # what is put off in a tick is not due again in the same one
    again: set[int] = field(default_factory=set)  # items that had their one more try in this tick
    deferred: set[int] = field(default_factory=set)  # items that wait for others of this tick

    def clear(self, began: datetime) -> None:
        self.began = began
        self.posted.clear()
        self.again.clear()
        self.deferred.clear()
        self.linked = self.held = 0


@dataclass(frozen=True, kw_only=True)
class Company:
    """One company with both its ends open."""

    name: str
    engine: Engine
    source: Source
    target: Target
    realm_id: str
    clock: Clock
    lease: Lease
    new_request_id: Callable[[], str]
    create_customers: bool = True
    create_services: bool = True
    default_service: str = ""
    job_numbers: bool = False  # invoices of jobs have the numbers of their jobs
    draws_numbers: bool = False  # invoices without a number get the next one of their range
    hears: bool = False  # QuickBooks tells us by webhook what changes there
    overlap: timedelta = timedelta(seconds=300)
    calls: Callable[[], int] = lambda: 0
    save_calls: Callable[[Connection], None] = lambda _connection: None
    stopping: Callable[[], bool] = never
    longest: timedelta = LONGEST_TICK
    settle: timedelta = SETTLE
    progress: Progress = quiet
    tally: Tally = field(default_factory=Tally)

    def begin(self) -> AbstractContextManager[Connection]:
        """A transaction of the state database: every write of a tick goes through here, so one fence does.

        Raises:
            Fenced: another worker has taken the company over; nothing was written.
        """
        return self.lease.begin()

    def enough(self) -> bool:
        """Whether this tick should come to its end; what is under way is finished."""
        return self.stopping() or self.clock.now() - self.tally.began > self.longest


@dataclass(frozen=True, kw_only=True)
class TickReport:
    """One tick of one company, for the log, the status page and the demo."""

    company: str
    started: datetime
    finished: datetime
    posted: Mapping[DocumentKind, int]
    linked: int
    held: int
    waiting: int
    halted: Problem | None
    calls: int
    unfinished: bool = False  # it was cut short, and there is more to do


def run(company: Company) -> TickReport:
    """One tick. What is wrong with data or with the other side ends in the error table, never in an exception.

    A company that another worker has is left alone: the report says who has it.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the state database itself is out of reach; nothing is lost.
    """
    started = company.clock.now()
    try:
        company.lease.take()
        return _tick(company)
    except Fenced as fenced:
        return _left_alone(company, started, fenced)


def _tick(company: Company) -> TickReport:
    started, calls = company.clock.now(), company.calls()
    company.tally.clear(started)
    halted: Problem | None = None
    tried = True
    try:
        tried = _steps(company)
    except ProblemError as moment:
        halted = moment.problem
    except breaker.PausedError as pause:  # told already; what is told again would make the outage longer
        return _report(company, started, calls, pause.problem)
    except (SQLAlchemyError, Fenced):
        raise
    except Exception as error:  # noqa: BLE001 - a mistake of ours stands in the error table, too
        _log.exception("tick failed", company=company.name)
        halted = failure(Name("company", company.name), f"company {company.name}", error)
    if halted is not None or tried:
        with company.begin() as connection:
            _tell(connection, company, halted)
    return _report(company, started, calls, halted)


def _tell(connection: Connection, company: Company, halted: Problem | None) -> None:
    """In the error table: what stops the company, or that nothing does any more."""
    now = company.clock.now()
    if halted is not None:
        queue.company_problem(connection, company.name, halted, now)
    else:
        freed = queue.company_recovered(connection, company.name, now)
        items.wake(connection, company.name, freed, {State.HELD}, now)


def _steps(company: Company) -> bool:
    """True when the target was tried, too: an idle tick costs no call."""
    if company.hears:
        news.apply(company)
    carried = orders.apply(company)
    detect.run(company)
    with reading(company.engine) as connection:
        due = carried.for_target or items.any_due(connection, company.name, company.clock.now())
        stopped = Selection(company=company.name, category=Category.COMPANY, state=ErrorState.OPEN)
        stops = queue.list_errors(connection, stopped)
    if not breaker.let_through(company, stops, due=due, ordered=carried.orders > 0):
        return False
    _open_target(company, again=carried.orders > 0)
    if carried.for_target:
        orders.apply_in_target(company)
    recover.run(company)
    while _round(company) and not company.enough():
        pass
    return True


def _open_target(company: Company, *, again: bool) -> None:
    """Raise the first thing that would stop this company; all of them are in the error table."""
    problems = company.target.check(again=again)
    for problem in problems:
        with company.begin() as connection:
            queue.company_problem(connection, company.name, problem, company.clock.now())
    if problems:
        raise ProblemError(problems[0])


def _round(company: Company) -> bool:
    """Wave after wave. Where little is to come, the rest of a wave waits to travel with the next; what needs it is
    looked at once more in the next round.
    """
    moved, linked = False, company.tally.linked
    for place, wave in enumerate(WAVES, start=1):
        kinds = [kind for kind in wave if kind in company.source.kinds()]
        for kind in kinds:
            moved |= _ready(company, kind)
        moved |= post.run(company, keep_rest=_little_comes(company, WAVES[place:]))
    if company.tally.deferred and company.tally.linked > linked:
        with company.begin() as connection:
            items.look_again(connection, company.tally.deferred)
        company.tally.deferred.clear()
    return moved


def _little_comes(company: Company, waves: Sequence[Sequence[DocumentKind]]) -> bool:
    kinds = [kind for wave in waves for kind in wave]
    if not kinds:
        return False
    with reading(company.engine) as connection:
        return items.few_due(connection, company.name, kinds, company.tally.began, FEW)


def _ready(company: Company, kind: DocumentKind) -> bool:
    """All rows are prepared before the first number is looked at, so that last + 1 knows every number of ours."""
    prepared = _drain(prepare.run, company, kind)
    return _drain(number.run, company, kind) or prepared


def _drain(step: Callable[[Company, DocumentKind], bool], company: Company, kind: DocumentKind) -> bool:
    """Chunk after chunk, until nothing of this kind is due for this step."""
    moved = False
    while not company.enough() and step(company, kind):
        moved = True
    return moved


def _left_alone(company: Company, started: datetime, fenced: Fenced) -> TickReport:
    """Nothing is written, not even that: the error table and the runs are the other worker's now."""
    return TickReport(
        company=company.name,
        started=started,
        finished=company.clock.now(),
        posted={},
        linked=0,
        held=0,
        waiting=0,
        halted=fenced.problem,
        calls=0,
    )


def _report(company: Company, started: datetime, calls: int, halted: Problem | None) -> TickReport:
    finished = company.clock.now()
    cut = company.enough() and not company.stopping()
    with company.begin() as connection:
        report = TickReport(
            company=company.name,
            started=started,
            finished=finished,
            posted=dict(company.tally.posted),
            linked=company.tally.linked,
            held=company.tally.held,
            waiting=items.waiting(connection, company.name),
            halted=halted,
            calls=company.calls() - calls,
            unfinished=cut and halted is None and items.any_due(connection, company.name, finished),
        )
        runs.save(connection, report)
        company.save_calls(connection)
    return report
