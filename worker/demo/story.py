"""The demo's story: post everything, look at what failed, mend it, post the rest, prove that it balances."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select

from connectors.documents import DocumentKind
from errors import actions, deciding, queue
from errors.kinds import Action, DuplicateNumber, ServiceAccountWrong, ServiceInactive, UnknownLocalPayment
from errors.listing import ErrorRow
from errors.problem import ProblemError
from errors.selection import Selection
from errors.tables import State as ErrorState
from worker import pipeline
from worker.clock import Clock
from worker.companies import open_company
from worker.demo import troubles
from worker.demo.proof import Balance, balance
from worker.demo.stage import COMPANIES, MAIN, Stage, give_consent
from worker.pipeline import Progress, TickReport
from worker.schedule.workshop import Workshop
from worker.state.tables import links

OPERATOR = "demo"


@dataclass(kw_only=True)
class Facts:
    """What happened, for a person and for a machine."""

    first: list[TickReport] = field(default_factory=list)
    errors: list[ErrorRow] = field(default_factory=list)
    ordered: list[tuple[Action, ErrorRow]] = field(default_factory=list)
    mended: list[TickReport] = field(default_factory=list)
    second: list[TickReport] = field(default_factory=list)
    left: list[ErrorRow] = field(default_factory=list)
    posted: dict[DocumentKind, tuple[int, Decimal]] = field(default_factory=dict)
    balance: dict[DocumentKind, Balance] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        return sum(report.calls for report in (*self.first, *self.mended, *self.second))

    @property
    def second_posts(self) -> int:
        return sum(sum(report.posted.values()) for report in self.second)

    @property
    def balanced(self) -> bool:
        return all(each.difference.count == 0 and each.difference.sum == 0 for each in self.balance.values())


Tell = Callable[[str, Facts], None]


def play(stage: Stage, clock: Clock, progress: Progress, tell: Tell) -> Facts:
    """All scenes in order; `tell` is called after each with its name."""
    facts = Facts()
    tell("books", facts)
    troubles.plant(stage)
    for name in COMPANIES:
        give_consent(stage, name, clock)
    tell("connected", facts)
    workshop = Workshop(
        stage.loaded.config, stage.engine, clock, opener=open_company, run=pipeline.run, longest=timedelta.max
    )
    try:
        facts.first = _tick(workshop, progress)
        facts.errors = _errors(stage, ErrorState.OPEN)
        tell("first tick", facts)
        troubles.reactivate(stage)
        _order(stage, clock, facts)
        tell("ordered", facts)
        facts.mended = _tick(workshop, progress)
        tell("mended", facts)
        facts.second = _tick(workshop, progress)
    finally:
        workshop.close()
    facts.left = _errors(stage, ErrorState.OPEN)
    facts.posted = _posted(stage)
    facts.balance = balance(stage.engine, stage.sources, stage.accountants)
    tell("proof", facts)
    return facts


def _tick(workshop: Workshop, progress: Progress) -> list[TickReport]:
    """One tick of each company, as the daemon does it."""
    reports = []
    for name in COMPANIES:
        outcome = workshop.tick(name, progress)
        if not isinstance(outcome, TickReport):
            raise ProblemError(outcome)
        reports.append(outcome)
    return reports


def _errors(stage: Stage, state: ErrorState) -> list[ErrorRow]:
    with stage.engine.connect() as connection:
        return queue.list_errors(connection, Selection(state=state), limit=1000)


def _order(stage: Stage, clock: Clock, facts: Facts) -> None:
    """One resync after its cause is mended, one skip, one service deleted, one suggestion used."""
    now = clock.now()
    by_kind = {row.problem.kind: row for row in facts.errors if row.company == MAIN}
    with stage.engine.begin() as connection:
        inactive, refund = by_kind[ServiceInactive], by_kind[UnknownLocalPayment]
        bad, number = by_kind[ServiceAccountWrong], by_kind[DuplicateNumber]
        why = "demo"
        done = [
            actions.resync(connection, Selection(ids=(inactive.id,)), by=OPERATOR, why=why, now=now),
            actions.skip(connection, Selection(ids=(refund.id,)), by=OPERATOR, why=why, now=now),
            actions.delete(connection, Selection(ids=(bad.id,)), by=OPERATOR, why=why, now=now),
            deciding.use_number(connection, number.id, by=OPERATOR, why=why, now=now),
        ]
    facts.ordered = [(order.action, row) for order, row in zip(done, (inactive, refund, bad, number), strict=True)]


def _posted(stage: Stage) -> dict[DocumentKind, tuple[int, Decimal]]:
    """What Cuadre wrote into QuickBooks: what was there already is linked, not posted."""
    query = (
        select(links.c.kind, func.count(), func.sum(links.c.total, type_=links.c.total.type))
        .where(links.c.adopted.is_(False))
        .group_by(links.c.kind)
    )
    with stage.engine.connect() as connection:
        found = {
            DocumentKind(kind): (count, total or Decimal("0.00")) for kind, count, total in connection.execute(query)
        }
    return {kind: found.get(kind, (0, Decimal("0.00"))) for kind in DocumentKind}
