"""Detect: what changed in the local books since their cursors becomes an item in state seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.contract import Change
from connectors.documents import DocumentKind
from connectors.local.cursor import Cursor, advance, floor, from_json, to_json
from errors import queue
from errors.kinds import InvalidField
from errors.problem import Fact, Name, Problem, phrase
from worker.rules.references import UNKNOWN_CODES
from worker.state import cursors, decisions, items
from worker.state.database import reading
from worker.state.decisions import Matter
from worker.state.items import Item
from worker.state.machine import MOVES, State
from worker.steps.hold import CATEGORIES

if TYPE_CHECKING:
    from worker.pipeline import Company

PAGE = 500


def run(company: Company) -> None:
    """All kinds, dependents first: whatever an invoice names was there before it, and is found after it."""
    with reading(company.engine) as connection:
        known = cursors.load(connection, company.name)
    for kind in reversed(DocumentKind):
        if kind in company.source.kinds():
            _kind(company, kind, from_json(known.get(kind)))


def _kind(company: Company, kind: DocumentKind, cursor: Cursor) -> None:
    """A poll that is broken off leaves its cursor where it was: it is read again, and nothing is seen twice."""
    began = company.clock.now()
    after, reached, found = floor(cursor), None, 0
    while True:
        if company.stopping():
            return
        page = company.source.changes(kind, after, PAGE)
        if page:
            after = reached = page[-1].position
            found += len(page)
            with company.begin() as connection:
                _record(connection, company, kind, page)
            company.progress("detect", kind.value, found, None)
        if len(page) < PAGE:
            break
    advanced = advance(cursor, reached, began=began, ended=company.clock.now(), overlap=company.overlap)
    if advanced != cursor:
        with company.begin() as connection:
            cursors.save(connection, company.name, kind, to_json(advanced))


def _record(connection: Connection, company: Company, kind: DocumentKind, page: Sequence[Change]) -> None:
    now = company.clock.now()
    known = items.by_key(connection, company.name, {(kind, change.local_id) for change in page})
    fresh = [change for change in page if (kind, change.local_id) not in known]
    items.add(connection, company.name, kind, [change for change in fresh if items.storable(change.local_id)], now)
    changed = [
        (known[kind, change.local_id], change)
        for change in page
        if (kind, change.local_id) in known and known[kind, change.local_id].version != change.version
    ]
    left = _left_out(connection, company, [item for item, _ in changed])
    for item, change in changed:
        _changed(connection, company, item, change, final=_is_final(item, left))
    for change in fresh:
        if not items.storable(change.local_id):
            _unfit(connection, company, kind, change)
    news = [change.local_id for change in fresh] + [item.local_id for item, _ in changed]
    subjects = [f"{kind} {local_id}" for local_id in news]
    waiting = queue.waiting_for(connection, company.name, UNKNOWN_CODES, subjects)
    items.wake(connection, company.name, waiting, {State.HELD}, now)


def _unfit(connection: Connection, company: Company, kind: DocumentKind, change: Change) -> None:
    """A key that no table of ours can hold: the row is shown, and the others go on."""
    shown = change.local_id.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[: items.LONGEST_KEY]
    facts: dict[str, Fact] = {
        "field": "id",
        "document": Name(kind.value, shown[:40]),
        "value": shown,
        "expected": phrase("a text of at most {most} readable characters", most=items.LONGEST_KEY),
    }
    problem = Problem(kind=InvalidField, subject=f"{kind} {shown}", facts=facts)
    row = queue.Blocked(
        company=company.name, category=CATEGORIES[kind], document_kind=kind.value, local_id=shown, label=shown[:40]
    )
    queue.record(connection, problem, row, company.clock.now())


def _left_out(connection: Connection, company: Company, chosen: Sequence[Item]) -> set[int]:
    """The errors for which accounts are left out, where one of these may stand under them."""
    if not any(item.state is State.SKIPPED and item.error_id is not None for item in chosen):
        return set()
    return {decision.error_id for decision in decisions.all_of(connection, Matter.LEAVE_OUT, company.name)}


def _is_final(item: Item, left: Collection[int]) -> bool:
    """A skip by a person is. What belongs to an account that is left out may belong to another one by now."""
    return item.state is State.SKIPPED and item.error_id is not None and item.error_id not in left


def _changed(connection: Connection, company: Company, item: Item, change: Change, *, final: bool) -> None:
    """A posting under way is finished first; what is not final starts anew."""
    if final or item.state is State.SENDING or State.SEEN not in MOVES[item.state]:
        items.note(connection, item, version=change.version)
    else:
        items.move(
            connection, item, State.SEEN, company.clock.now(), version=change.version, not_before=None, attempts=0
        )
