"""Outcome: what became of a document that was sent, committed once it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.contract import Operation, Outcome, Posted, Refused, Remote, Returned, Unknown
from connectors.documents import DocumentKind
from errors.kinds import (
    Category,
    ChangedInQuickBooks,
    DeletedInQuickBooks,
    OutcomeUnknown,
    QuickBooksUnavailable,
    Throttled,
    Verb,
)
from errors.problem import Fact, Phrase, Problem, ProblemError, phrase
from worker.state import items, links
from worker.state.database import reading
from worker.state.items import Item
from worker.state.links import Link
from worker.state.machine import State
from worker.steps.hold import DEPENDENCY_WAIT, guarded, hold, put_off
from worker.steps.link import link, link_each

if TYPE_CHECKING:
    from worker.pipeline import Company

PATIENCE = 3  # ticks in which a document that nobody edits may have an old token twice


def settle(company: Company, sent: Sequence[tuple[Item, Outcome]]) -> None:
    """Commit what one call brought: what is in QuickBooks first, then each fault with its document alone.

    Raises:
        ProblemError: the company cannot go on now.
    """
    posted = [(item, outcome.remote) for item, outcome in sent if isinstance(outcome, Posted)]
    company.tally.posted.update(item.kind for item, _ in posted)
    link_each(company, posted)
    unknown = [(item, outcome) for item, outcome in sent if isinstance(outcome, Unknown)]
    whole = len(sent) > 1 and len(unknown) == len(sent)
    stops = [_no_answer(company, unknown)] if whole else [_unknown(company, item, one) for item, one in unknown]
    for item, outcome in sent:
        if isinstance(outcome, Returned):
            _move(company, item, State.NUMBERED)
        elif isinstance(outcome, Refused):
            stops.append(_guarded_refusal(company, item, outcome))
    for stop in stops:
        if stop is not None:
            raise ProblemError(stop)


def _unknown(company: Company, item: Item, outcome: Unknown) -> Problem | None:
    """The first time it may be an outage (WAIT): the company's tick stops. After that it is this document's own
    trouble: it stands in the error table, and the others go on.
    """
    problem = outcome.problem
    slow = problem.kind is Throttled  # the company's trouble alone, however often, and no attempt of the document
    outage = slow or (problem.verb in {Verb.WAIT, Verb.HALT} and item.attempts == 0)
    _spend(company, [(item, outcome)])
    put_off(company, [item], None if outage else _of_the_item(item, problem), tries=0 if slow else 1)
    return problem if outage else None


def _no_answer(company: Company, unknown: Sequence[tuple[Item, Unknown]]) -> Problem | None:
    """Nothing is known of a whole batch. The first time the company's tick stops; after that the batch is its own
    trouble, one error for all of it, until smaller ones tell which document it is.
    """
    item, outcome = unknown[0]
    slow = outcome.problem.kind is Throttled
    outage = slow or all(each.attempts == 0 for each, _ in unknown)
    _spend(company, unknown)
    own = replace(_outcome_unknown(item, outcome.problem), subject=f"batch {item.request_id}")
    put_off(company, [each for each, _ in unknown], None if outage else own, tries=0 if slow else 1)
    return _as_outage(company, outcome.problem) if outage else None


def _as_outage(company: Company, problem: Problem) -> Problem:
    if problem.verb in {Verb.WAIT, Verb.HALT}:
        return problem
    detail = Phrase(problem.kind.sentence(), problem.facts)
    subject = f"company {company.name}"
    return Problem(kind=QuickBooksUnavailable, subject=subject, facts={"detail": detail}, fault=problem.fault)


def _spend(company: Company, unknown: Sequence[tuple[Item, Unknown]]) -> None:
    """A request id that was answered might be answered the same for ever: no document goes again under it."""
    with company.begin() as connection:
        items.note_all(connection, [item for item, outcome in unknown if outcome.answered], request_id=None, bid=None)


def _guarded_refusal(company: Company, item: Item, outcome: Refused) -> Problem | None:
    try:
        with guarded(company, item):
            _refused(company, item, outcome)
    except ProblemError as moment:
        return moment.problem
    return None


def _of_the_item(item: Item, problem: Problem) -> Problem:
    """An outage that only this document meets, again and again, is its own error."""
    if problem.kind.category is not Category.COMPANY:
        return problem
    return _outcome_unknown(item, problem)


def _outcome_unknown(item: Item, problem: Problem) -> Problem:
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
    twice = item.id in company.tally.again
    if differences or (twice and item.attempts >= PATIENCE):
        difference = "; ".join(differences) or phrase("somebody is changing it again and again")
        hold(company, item, _problem(item, ChangedInQuickBooks, difference=difference))
        return
    with company.begin() as connection:
        links.amend(connection, current, version=remote.version)
    company.tally.again.add(item.id)
    if twice:  # payments of this very tick may have moved the token of their invoice: not somebody's change
        later = company.clock.now() + DEPENDENCY_WAIT
        _move(company, item, State.SEEN, not_before=later, attempts=item.attempts + 1)
    else:
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


def _move(company: Company, item: Item, to: State, **values: object) -> None:
    values = {"request_id": None, "bid": None, "not_before": None, **values}
    with company.begin() as connection:
        items.move(connection, item, to, company.clock.now(), **values)
