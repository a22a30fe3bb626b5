"""Post: commit the intent, send the document, commit the outcome. Nothing is sent inside a transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.contract import Posting
from connectors.documents import DocumentKind
from worker.state import items
from worker.state.database import reading
from worker.state.items import Item
from worker.state.machine import State
from worker.steps.hold import guarded
from worker.steps.outcome import settle

if TYPE_CHECKING:
    from worker.pipeline import Company

CHUNK = 100


def run(company: Company, kind: DocumentKind) -> bool:
    """One chunk; True when any item was due.

    Raises:
        ProblemError: the company cannot go on now (throttled, outage, disconnected); what was not sent stays ready.
    """
    with reading(company.engine) as connection:
        due = items.due(connection, company.name, State.NUMBERED, kind, company.tally.began, CHUNK)
    for done, item in enumerate(due, start=1):
        if company.enough():
            break
        with guarded(company, item):
            intended = intend(company, item)
            if intended is not None:
                settle(company, intended, company.target.send(posting(intended)))
        company.progress("post", kind.value, done, len(due))
    return bool(due)


def intend(company: Company, item: Item) -> Item | None:
    """Commit what is about to be sent; None when somebody else took the item."""
    request_id = item.request_id or company.new_request_id()
    with company.begin() as connection:
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
