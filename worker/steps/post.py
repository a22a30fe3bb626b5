"""Post: commit the intent, send the document, commit the outcome. Nothing is sent inside a transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connectors.contract import Outcome, Posted, Posting, Refused, Unknown
from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import ChangedInQuickBooks, DeletedInQuickBooks, Verb
from errors.problem import Problem, ProblemError
from worker.state import items, links
from worker.state.items import Item
from worker.state.machine import State
from worker.steps.hold import blocked, hold, retry_at
from worker.steps.link import link

if TYPE_CHECKING:
    from worker.pipeline import Company

CHUNK = 100
LOOK_AGAIN = timedelta(seconds=60)


def run(company: Company, kind: DocumentKind) -> bool:
    """One chunk; True when any item was due.

    Raises:
        ProblemError: the company cannot go on now (throttled, outage, disconnected); what was not sent stays ready.
    """
    with company.engine.connect() as connection:
        due = items.due(connection, company.name, State.NUMBERED, kind, company.clock.now(), CHUNK)
    for done, item in enumerate(due, start=1):
        if company.stopping():
            break
        intended = intend(company, item)
        if intended is not None:
            settle(company, intended, company.target.send(posting(intended)))
        company.progress("post", kind.value, done, len(due))
    return bool(due)


def intend(company: Company, item: Item) -> Item | None:
    """Commit what is about to be sent; None when somebody else took the item."""
    request_id = item.request_id or company.new_request_id()
    with company.engine.begin() as connection:
        moved = items.move(
            connection, item, State.SENDING, company.clock.now(), request_id=request_id, sent_version=item.version
        )
    return replace(item, state=State.SENDING, request_id=request_id, sent_version=item.version) if moved else None


def posting(item: Item) -> Posting:
    """Exactly what leaves, every time that it does."""
    assert item.operation is not None
    assert item.request_id is not None
    assert item.body is not None
    return Posting(
        company=item.company,
        kind=item.kind,
        local_id=item.local_id,
        operation=item.operation,
        request_id=item.request_id,
        body=item.body,
        name=item.name,
    )


def settle(company: Company, item: Item, outcome: Outcome) -> None:
    """Commit what became of an item.

    Raises:
        ProblemError: see `run`.
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
    """Looked at again later, and later each time: a document that always times out must not hold up the others.

    What only this document suffers (RETRY) is in the error table at once; an outage (WAIT) stops the company's tick.
    """
    now = company.clock.now()
    with company.engine.begin() as connection:
        if problem.verb is Verb.RETRY:
            queue.record(connection, problem, blocked(item), now)
        items.note(connection, item, not_before=retry_at(item.attempts, now), attempts=item.attempts + 1)
    if problem.verb is not Verb.RETRY:
        raise ProblemError(problem)


def _refused(company: Company, item: Item, outcome: Refused) -> None:
    """QuickBooks holds nothing of it: the request id has done its work, a new body gets a new one."""
    first = outcome.problems[0]
    if first.verb in {Verb.HALT, Verb.WAIT}:
        if first.fault.status is not None:
            _move(company, item, State.NUMBERED)
        # else: nothing left this machine now; it is looked up, in case it did before, and leaves with the same id
        raise ProblemError(first)
    if outcome.stale:
        _stale(company, item)
    elif outcome.holder_id and item.id not in company.tally.again:
        # Somebody took the number between the look and the post: looked up again, it names them and suggests last + 1.
        _again(company, item)
    else:
        hold(company, item, *outcome.problems)


def _stale(company: Company, item: Item) -> None:
    """Re-read and compared field by field: where only the token is newer, it is retried once (promise A5)."""
    key = (item.kind, item.local_id)
    with company.engine.connect() as connection:
        current = links.live(connection, company.name, company.realm_id, {key})[key]
    remote = company.target.get(item.kind, current.target_id)
    differences = company.target.differences(current.body, remote) if remote and current.body else ()
    if remote is None:
        hold(company, item, _problem(item, DeletedInQuickBooks))
    elif differences:
        hold(company, item, _problem(item, ChangedInQuickBooks, difference="; ".join(differences)))
    else:
        with company.engine.begin() as connection:
            links.amend(connection, current, version=remote.version)
        _again(company, item)


def _again(company: Company, item: Item) -> None:
    """Once more in this tick, then not before the next."""
    later = company.clock.now() + LOOK_AGAIN if item.id in company.tally.again else None
    company.tally.again.add(item.id)
    _move(company, item, State.SEEN, not_before=later)


def _problem(item: Item, kind: type[ChangedInQuickBooks | DeletedInQuickBooks], **facts: str) -> Problem:
    return Problem(kind=kind, subject=f"{item.kind} {item.local_id}", facts={"document": item.name, **facts})


def _move(company: Company, item: Item, to: State, **values: object) -> None:
    with company.engine.begin() as connection:
        items.move(connection, item, to, company.clock.now(), **{"request_id": None, "not_before": None, **values})
