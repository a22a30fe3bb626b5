"""Prepare: a row becomes a neutral document, its references become QuickBooks ids, and both become the exact body."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from connectors.contract import Operation, References
from connectors.documents import Customer, Document, DocumentKind, Service
from errors import queue
from errors.kinds import AlreadyVoided, RowVanished
from errors.problem import Problem
from worker.rules.fingerprint import fingerprint
from worker.rules.references import needs
from worker.state import decisions, items, links
from worker.state.database import reading
from worker.state.decisions import Matter
from worker.state.items import Item
from worker.state.links import Link
from worker.state.machine import State
from worker.steps import chosen, decided, drawing, jobs, matching
from worker.steps.hold import guarded, hold
from worker.steps.link import link
from worker.steps.referring import Key, Known, references

if TYPE_CHECKING:
    from worker.pipeline import Company

Prepared = tuple[Item, Mapping[str, Any]]  # what is kept with the move

CHUNK = 300  # ten calls of 30 documents


def run(company: Company, kind: DocumentKind) -> bool:
    """One chunk; True when any item was due."""
    with reading(company.engine) as connection:
        due = items.due(connection, company.name, State.SEEN, kind, company.tally.began, CHUNK)
    if not due:
        return False
    found = company.source.read(kind, [item.local_id for item in due])
    there = [(item, numbered(item, found.documents[item.local_id])) for item in due if item.local_id in found.documents]
    candidates = decided.named(company, [(_described(item, document), document) for item, document in there])
    unread = [item for item in due if item.local_id not in found.documents]
    left = decided.left_out(company, candidates, unread)
    for item in unread:
        if item.id not in left:
            hold(company, item, *(found.problems.get(item.local_id) or (_vanished(item),)))
    _prepare(company, kind, [(item, document) for item, document in candidates if item.id not in left])
    return True


def _prepare(company: Company, kind: DocumentKind, candidates: Sequence[tuple[Item, Document]]) -> None:
    known = _known(company, candidates)
    candidates = chosen.accounted(company, candidates)
    candidates = jobs.fill(company, candidates, known.links)
    candidates = drawing.fill(company, candidates, known.links)
    if kind in {DocumentKind.CUSTOMER, DocumentKind.SERVICE}:
        candidates = matching.settle(company, candidates, known.links)
    ready: list[Prepared] = []
    for done, (item, document) in enumerate(candidates, start=1):
        if company.enough():
            break
        with guarded(company, item):
            prepared = _one(company, item, document, known)
            if prepared is not None:
                ready.append(prepared)
        company.progress("prepare", kind.value, done, len(candidates))
    with company.begin() as connection:
        items.move_all(connection, ready, State.PREPARED, company.clock.now())


def numbered(item: Item, document: Document) -> Document:
    """The number that a person ordered or a range gave, while the local books still say what it stands for."""
    if isinstance(document, Customer | Service):
        return document
    if item.number_override is not None and document.number == item.number_replaced:
        return replace(document, number=item.number_override)
    return document


def _described(item: Item, document: Document) -> Item:
    """The item with what a person calls the document, for every error that may come."""
    if isinstance(document, Customer | Service):
        return replace(item, label=document.label, amount=None)
    return replace(
        item,
        label=document.label,
        customer_id=(document.customer_id or "") if items.storable(document.customer_id or "") else "",
        number=document.number,
        amount=document.total,
        currency=document.currency,
    )


def _known(company: Company, candidates: Sequence[tuple[Item, Document]]) -> Known:
    keys: set[Key] = {(item.kind, item.local_id) for item, _ in candidates}
    for _, document in candidates:
        keys |= {need.key for need in needs(document, company.default_service)}
    with reading(company.engine) as connection:
        before = decisions.of(
            connection, company.name, DocumentKind.CUSTOMER, _named(keys), Matter.BEFORE, company.realm_id
        )
        return Known(
            before={key: frozenset(decision.value.split()) for key, decision in before.items()},
            items=items.by_key(connection, company.name, keys),
            links=links.live(connection, company.name, company.realm_id, keys),
            methods=chosen.methods(connection, company, [document for _, document in candidates]),
        )


def _named(keys: Collection[Key]) -> set[str]:
    return {local_id for kind, local_id in keys if kind is DocumentKind.CUSTOMER}


def _one(company: Company, item: Item, document: Document, known: Known) -> Prepared | None:
    """What is to be kept with the move to prepared; None when the item goes another way."""
    item = replace(item, customer=_customer_name(item, known))
    current = known.links.get((item.kind, item.local_id))
    removed = not isinstance(document, Customer | Service) and document.removed
    print_ = fingerprint(document)
    if current is None and removed:
        _never_posted(company, item)
    elif current is not None and current.removed and not removed:
        hold(company, item, Problem(kind=AlreadyVoided, subject=item.subject, facts={"document": item.name}))
    elif current is not None and (current.fingerprint == print_ or current.removed):
        _already_there(company, item, current, print_)
    elif removed:
        return _body(company, item, document, References(), Operation.VOID, current, print_)
    else:
        found = references(company, item, document, known)
        if found is not None:
            operation = Operation.CREATE if current is None else Operation.UPDATE
            return _body(company, item, document, found, operation, current, print_)
    return None


def _never_posted(company: Company, item: Item) -> None:
    """Cancelled before QuickBooks ever saw it: nothing to do, and nothing to complain about any more."""
    now = company.clock.now()
    with company.begin() as connection:
        items.move(connection, item, State.SKIPPED, now, error_id=None, **items.described(item))
        freed = queue.settle_document(connection, company.name, item.kind.value, item.local_id, now)
        items.wake(connection, company.name, freed, {State.HELD}, now)


def _customer_name(item: Item, known: Known) -> str:
    customer = known.items.get((DocumentKind.CUSTOMER, item.customer_id))
    return customer.label if customer and customer.label else item.customer_id


def _already_there(company: Company, item: Item, current: Link, print_: str) -> None:
    """Nothing that QuickBooks sees has changed."""
    operation = Operation.VOID if current.removed else Operation.UPDATE
    same = replace(item, operation=operation, fingerprint=print_, body=current.body, sent_version=item.version)
    link(company, same, current.remote, adopted=current.adopted)


def _body(
    company: Company,
    item: Item,
    document: Document,
    references: References,
    operation: Operation,
    current: Link | None,
    print_: str,
) -> Prepared | None:
    remote = current.remote if current else None
    body = company.target.prepare(document, references, operation, remote, item.marker)
    if not isinstance(body, str):
        hold(company, item, *body)
        return None
    exact = {"operation": operation, "fingerprint": print_, "body": body, "not_before": None}
    return item, {**items.described(item), **exact}


def _vanished(item: Item) -> Problem:
    return Problem(kind=RowVanished, subject=item.subject, facts={"document": item.name})
