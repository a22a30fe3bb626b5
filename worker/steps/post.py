"""Post: commit the intents, send the documents, commit the outcomes. Nothing is sent inside a transaction.

Up to 30 documents travel in one call, whatever their kinds: all that they refer to is in QuickBooks by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.contract import Posting
from worker.state import items
from worker.state.database import reading
from worker.state.items import Item
from worker.state.machine import State
from worker.steps.hold import guarded
from worker.steps.outcome import settle

if TYPE_CHECKING:
    from worker.pipeline import Company


def run(company: Company, *, keep_rest: bool) -> bool:
    """All that is ready; True when anything was sent. `keep_rest`: what fills no call waits for more company.

    Raises:
        ProblemError: the company cannot go on now (throttled, outage, disconnected); what was not sent stays ready.
    """
    moved = False
    while not company.enough():
        room = company.target.room()
        with reading(company.engine) as connection:
            due = items.due(connection, company.name, State.NUMBERED, None, company.tally.began, room)
        if not due or (keep_rest and len(due) < room):
            break
        for together in _calls(company, due):
            send(company, together)
            for kind in {item.kind for item in together}:
                company.progress("post", kind.value, company.tally.posted[kind], None)
        moved = True
    return moved


def _calls(company: Company, due: Sequence[Item]) -> list[list[Item]]:
    """What may not travel with others goes alone, and first: it frees numbers."""
    assert all(item.operation is not None for item in due)
    alone = [item for item in due if item.operation and not company.target.batchable(item.kind, item.operation)]
    others = [item for item in due if item not in alone]
    return [*([item] for item in alone), *([others] if others else [])]


def send(company: Company, chosen: Sequence[Item]) -> None:
    """One call for items that are ready or, with their request ids, wait to be sent again."""
    with guarded(company, *chosen):
        company.target.take_turn(len(chosen))
        intended = intend(company, chosen)
        if intended:
            outcomes = company.target.post([posting(item) for item in intended])
            settle(company, list(zip(intended, outcomes, strict=True)))


def intend(company: Company, chosen: Sequence[Item]) -> list[Item]:
    """Commit what is about to leave, and that it may be under way until QuickBooks has surely given up on it.

    Returns what nobody else has taken meanwhile.
    """
    now = company.clock.now()
    fresh = company.new_request_id()
    with company.begin() as connection:
        present = items.lock(connection, chosen)
        still = [item for item in chosen if item.id in present and present[item.id].state is item.state]
        intended = [_intended(item, fresh, place, len(still)) for place, item in enumerate(still, start=1)]
        moves = [
            (
                before,
                {
                    "request_id": after.request_id,
                    "bid": after.bid,
                    "sent_version": after.sent_version,
                    "not_before": now + company.settle,
                },
            )
            for before, after in zip(still, intended, strict=True)
        ]
        items.move_all(connection, moves, State.SENDING, now)
    return [replace(item, changed_at=now) for item in intended]


def _intended(item: Item, fresh: str, place: int, together: int) -> Item:
    """A document that is sent again keeps its request id and its place in the batch (qbo-facts section 1.4)."""
    if item.request_id is not None:
        return replace(item, state=State.SENDING)
    bid = str(place) if together > 1 else None
    return replace(item, state=State.SENDING, request_id=fresh, bid=bid, sent_version=item.version)


def posting(item: Item) -> Posting:
    """Exactly what leaves, every time that it does."""
    assert item.operation is not None
    assert item.body is not None
    return Posting(
        company=item.company,
        kind=item.kind,
        local_id=item.local_id,
        operation=item.operation,
        request_id=item.request_id or "",
        body=item.body,
        name=item.name,
        marker=item.marker,
        bid=item.bid or "",
        since=item.changed_at,
    )
