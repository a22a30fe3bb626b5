"""Recover: an item found in `sending` has an unknown outcome. It is looked up first, and never re-sent blind."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.contract import Operation, Posting, Remote
from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import Action
from errors.problem import Problem
from worker.state import items
from worker.state.database import reading
from worker.state.items import Item
from worker.state.machine import State
from worker.steps import decided
from worker.steps.adopting import hold_taken, owner
from worker.steps.asking import in_halves
from worker.steps.hold import guarded, put_off
from worker.steps.link import link_each
from worker.steps.ordered import CARRIERS
from worker.steps.post import posting, send

if TYPE_CHECKING:
    from worker.pipeline import Company

CHUNK = 100


def run(company: Company) -> None:
    """All that is due.

    Raises:
        ProblemError: the company cannot go on now; the items stay in `sending`.
    """
    moved = True
    while moved and not company.stopping():
        with reading(company.engine) as connection:
            due = items.due(connection, company.name, State.SENDING, None, company.tally.began, CHUNK)
        named = decided.created(company, due)
        asked = [(item, replace(posting(item), named=_is_in(item, named))) for item in due]
        found, refused = in_halves(company, asked, lambda lost: _held(company, lost), aside=_put_off)
        _adopt(company, [(item, found[item.subject]) for item in due if item.subject in found])
        missing = [item for item in due if item.subject not in found and item.id not in refused]
        for together in _calls(company, _wanted(company, missing)):
            send(company, together)
        moved = bool(due)


def _is_in(item: Item, decided: Collection[str]) -> bool:
    return item.kind is DocumentKind.CUSTOMER and item.local_id in decided


def _held(company: Company, lost: Sequence[Posting]) -> dict[str, Remote]:
    return dict(company.target.find(lost))


def _put_off(company: Company, item: Item, problem: Problem) -> None:
    put_off(company, [item], problem)


def _adopt(company: Company, found: Sequence[tuple[Item, Remote]]) -> None:
    """Take over what QuickBooks holds. One found by its name alone belongs to the first who asks for it."""
    ours: list[tuple[Item, Remote]] = []
    claimed: dict[tuple[DocumentKind, str], str] = {}
    for item, remote in found:
        other = owner(company, item, remote.target_id) if item.operation is Operation.CREATE else None
        other = other or claimed.get((item.kind, remote.target_id))
        if other is None:
            claimed[item.kind, remote.target_id] = item.local_id
            ours.append((item, remote))
        else:
            with guarded(company, item):
                hold_taken(company, item, other)
    company.tally.posted.update(item.kind for item, _ in ours)
    link_each(company, ours)


def _wanted(company: Company, missing: Sequence[Item]) -> list[Item]:
    """What is sent again: the same request id, the same bytes. What a person has taken out meanwhile is not."""
    if not missing:
        return []
    now = company.clock.now()
    unwanted = _unwanted(company)
    with company.begin() as connection:
        for item in missing:
            if (item.kind.value, item.local_id) in unwanted:
                items.move(connection, item, State.HELD, now, request_id=None, not_before=None)
    return [item for item in missing if (item.kind.value, item.local_id) not in unwanted]


def _unwanted(company: Company) -> set[tuple[str, str]]:
    """A person has taken it out of the way: the order waits until it is known that QuickBooks lacks it. So do orders
    about all documents of a customer, unless they may come to nothing: then nobody would take up what was put aside.
    """
    with reading(company.engine) as connection:
        orders = queue.pending_actions(connection, company.name)
        ended = [order for order in orders if order.action in {Action.SKIP, Action.LEAVE_OUT, Action.DELETE}]
        certain = {action for action, carrier in CARRIERS.items() if carrier.whole_account and carrier.outside is None}
        accounts = [order.problem.subject for order in orders if order.action in certain]
        theirs = [
            (item.kind.value, item.local_id)
            for subject in accounts
            for kind, local_id in items.named(subject)
            if kind is DocumentKind.CUSTOMER
            for item in items.of_customer(connection, company.name, local_id, {State.SENDING})
        ]
    return {document for order in ended for document in order.documents} | set(theirs)


def _calls(company: Company, again: Sequence[Item]) -> Iterator[list[Item]]:
    """Those that left together go again together, as far as there is room. What has no request id any more, since
    QuickBooks might for ever answer the same under it, gets a new one.
    """
    batches: dict[str, list[Item]] = {}
    for item in again:
        together = item.request_id or ("" if _may_travel(company, item) else item.subject)
        batches.setdefault(together, []).append(item)
    for batch in batches.values():
        waiting = batch
        while waiting:
            room = company.target.room(max(item.attempts for item in waiting))
            yield waiting[:room]
            waiting = waiting[room:]


def _may_travel(company: Company, item: Item) -> bool:
    return item.operation is not None and company.target.batchable(item.kind, item.operation)
