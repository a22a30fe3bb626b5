"""Outcome: what became of a document that was sent, committed once it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.contract import Operation, Outcome, Posted, Refused, Remote, Unknown
from connectors.documents import DocumentKind
from errors.kinds import Category, ChangedInQuickBooks, DeletedInQuickBooks, OutcomeUnknown, Verb
from errors.problem import Fact, Phrase, Problem, ProblemError, phrase
from worker.state import items, links
from worker.state.database import reading
from worker.state.items import Item
from worker.state.links import Link
from worker.state.machine import State
from worker.steps.hold import hold, put_off
from worker.steps.link import link

if TYPE_CHECKING:
    from worker.pipeline import Company


def settle(company: Company, item: Item, outcome: Outcome) -> None:
    """Commit it.

    Raises:
        ProblemError: the company cannot go on now.
    """
    match outcome:
        case Posted(remote=remote):
            company.tally.posted[item.kind] += 1
            link(company, item, remote)
        case Unknown(problem=problem):
            _unknown(company, item, problem)
        case Refused():
            _refused(company, item, outcome)


def _unknown(company: Company, item: Item, problem: Problem) -> None:
    """The first time it may be an outage (WAIT): the company's tick stops. After that it is this document's own
    trouble: it stands in the error table, and the others go on.
    """
    outage = problem.verb in {Verb.WAIT, Verb.HALT} and item.attempts == 0
    put_off(company, item, None if outage else _of_the_item(item, problem))
    if outage:
        raise ProblemError(problem)


def _of_the_item(item: Item, problem: Problem) -> Problem:
    """An outage that only this document meets, again and again, is its own error."""
    if problem.kind.category is not Category.COMPANY:
        return problem
    facts: dict[str, Fact] = {"document": item.name, "detail": Phrase(problem.kind.sentence(), problem.facts)}
    return Problem(kind=OutcomeUnknown, subject=item.subject, facts=facts, fault=problem.fault)


def _refused(company: Company, item: Item, outcome: Refused) -> None:
    """QuickBooks holds nothing of it: the request id has done its work, a new body gets a new one."""
    first = outcome.problems[0]
    if first.verb in {Verb.HALT, Verb.WAIT}:
        if first.fault.status is not None:
            _move(company, item, State.NUMBERED)
        # else: nothing left this machine now; it is looked up, in case it did before, and leaves with the same id
        raise ProblemError(first)
    if item.operation is Operation.VOID and first.kind is DeletedInQuickBooks:
        _gone_already(company, item)
    elif outcome.stale:
        _stale(company, item)
    elif outcome.holder_id and item.id not in company.tally.again:
        # Somebody took the number between the look and the post: looked up again, it names them and suggests last + 1.
        company.tally.again.add(item.id)
        _move(company, item, State.SEEN)
    else:
        hold(company, item, *outcome.problems)


def _gone_already(company: Company, item: Item) -> None:
    """What was to be voided is gone: that is what the local books wanted."""
    current = _current(company, item)
    link(company, item, Remote(target_id=current.target_id, version=current.version, number=current.number))


def _stale(company: Company, item: Item) -> None:
    """Re-read and compared field by field: where only the token is newer, it is retried once (promise A5)."""
    current = _current(company, item)
    remote = company.target.get(item.kind, current.target_id)
    voiding = item.operation is Operation.VOID
    if remote is None:
        if voiding:
            _gone_already(company, item)
        else:
            hold(company, item, _problem(item, DeletedInQuickBooks))
        return
    if voiding and remote.total == 0:
        link(company, item, remote)
        return
    differences = () if voiding else _differences(company, item, current, remote)
    if differences or item.id in company.tally.again:
        difference = "; ".join(differences) or phrase("somebody is changing it again and again")
        hold(company, item, _problem(item, ChangedInQuickBooks, difference=difference))
        return
    with company.begin() as connection:
        links.amend(connection, current, version=remote.version)
    company.tally.again.add(item.id)
    _move(company, item, State.SEEN)


def _differences(company: Company, item: Item, current: Link, remote: Remote) -> tuple[str, ...]:
    """What somebody else changed. A payment's lines do not count: QuickBooks itself rewrites them when an invoice is
    voided or made smaller (qbo-facts section 2.4), and the local books say what they should be.
    """
    found = company.target.differences(current.body, remote) if current.body else ()
    if item.kind is DocumentKind.PAYMENT:
        return tuple(difference for difference in found if not difference.startswith("Line"))
    return found


def _current(company: Company, item: Item) -> Link:
    key = (item.kind, item.local_id)
    with reading(company.engine) as connection:
        return links.live(connection, company.name, company.realm_id, {key})[key]


def _problem(item: Item, kind: type[ChangedInQuickBooks | DeletedInQuickBooks], **facts: Fact) -> Problem:
    return Problem(kind=kind, subject=item.subject, facts={"document": item.name, **facts})


def _move(company: Company, item: Item, to: State) -> None:
    with company.begin() as connection:
        items.move(connection, item, to, company.clock.now(), request_id=None, not_before=None)
