"""Prepare: a row becomes a neutral document, its references become QuickBooks ids, and both become the exact body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connectors.contract import Operation, References
from connectors.documents import Customer, Document, DocumentKind, Service, name_of
from errors.kinds import AlreadyVoided, InternalFailure, RowVanished, ServiceDeleted, ServiceMissingOnLine
from errors.problem import Fact, Name, Problem, ProblemError
from worker.rules.fingerprint import fingerprint
from worker.rules.references import Need, needs, unknown
from worker.state import items, links
from worker.state.items import Item
from worker.state.links import Link
from worker.state.machine import State
from worker.steps import matching
from worker.steps.hold import DEPENDENCY_WAIT, hold, hold_with
from worker.steps.link import link as link_item

if TYPE_CHECKING:
    from worker.pipeline import Company

CHUNK = 100

Key = tuple[DocumentKind, str]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the state database knows of the records of one chunk and of all that they name."""

    items: Mapping[Key, Item]
    links: Mapping[Key, Link]


def run(company: Company, kind: DocumentKind) -> bool:
    """One chunk; True when any item was due."""
    with company.engine.connect() as connection:
        due = items.due(connection, company.name, State.SEEN, kind, company.clock.now(), CHUNK)
    if not due:
        return False
    reading = company.source.read(kind, [item.local_id for item in due])
    candidates: list[tuple[Item, Document]] = []
    for item in due:
        if item.local_id in reading.documents:
            document = _numbered(item, reading.documents[item.local_id])
            candidates.append((_described(item, document), document))
        else:
            hold(company, item, *(reading.problems.get(item.local_id) or (_vanished(item),)))
    _prepare(company, kind, candidates)
    return True


def _prepare(company: Company, kind: DocumentKind, candidates: Sequence[tuple[Item, Document]]) -> None:
    known = _known(company, candidates)
    if kind in {DocumentKind.CUSTOMER, DocumentKind.SERVICE}:
        candidates = matching.settle(company, candidates, known.links)
    for done, (item, document) in enumerate(candidates, start=1):
        if company.stopping():
            return
        try:
            _one(company, item, document, known)
        except ProblemError:
            raise
        except Exception as error:  # noqa: BLE001 - a poison document is put aside, the others go on
            hold(company, item, _poison(item, error))
        company.progress("prepare", kind.value, done, len(candidates))


def _numbered(item: Item, document: Document) -> Document:
    """The number that a person ordered, where the local books cannot be written."""
    if item.number_override and not isinstance(document, Customer | Service):
        return replace(document, number=item.number_override)
    return document


def _described(item: Item, document: Document) -> Item:
    """The item with what a person calls the document, for every error that may come."""
    if isinstance(document, Customer | Service):
        return replace(item, label=document.label, amount=None)
    return replace(
        item,
        label=document.label,
        customer_id=document.customer_id or "",
        number=document.number,
        amount=document.total,
        currency=document.currency,
    )


def _known(company: Company, candidates: Sequence[tuple[Item, Document]]) -> Known:
    keys: set[Key] = {(item.kind, item.local_id) for item, _ in candidates}
    for _, document in candidates:
        keys |= {need.key for need in needs(document, company.default_service)}
    with company.engine.connect() as connection:
        return Known(
            items=items.by_key(connection, company.name, keys),
            links=links.live(connection, company.name, company.realm_id, keys),
        )


def _one(company: Company, item: Item, document: Document, known: Known) -> None:
    item = replace(item, customer=_customer_name(item, known))
    current = known.links.get((item.kind, item.local_id))
    removed = not isinstance(document, Customer | Service) and document.removed
    print_ = fingerprint(document)
    if current is None and removed:
        _move(company, item, State.SKIPPED, error_id=None)
    elif current is not None and current.removed and not removed:
        hold(company, item, Problem(kind=AlreadyVoided, subject=_subject(item), facts={"document": item.name}))
    elif current is not None and (current.fingerprint == print_ or current.removed):
        _already_there(company, item, current, print_)
    elif removed:
        _body(company, item, document, References(), Operation.VOID, current, print_)
    else:
        references = _references(company, item, document, known)
        if references is not None:
            operation = Operation.CREATE if current is None else Operation.UPDATE
            _body(company, item, document, references, operation, current, print_)


def _customer_name(item: Item, known: Known) -> str:
    customer = known.items.get((DocumentKind.CUSTOMER, item.customer_id))
    return customer.label if customer and customer.label else item.customer_id


def _already_there(company: Company, item: Item, current: Link, print_: str) -> None:
    """Nothing that QuickBooks sees has changed."""
    operation = Operation.VOID if current.removed else Operation.UPDATE
    same = replace(item, operation=operation, fingerprint=print_, body=current.body, sent_version=item.version)
    link_item(company, same, replace(current.remote, total=None), adopted=current.adopted)


def _references(company: Company, item: Item, document: Document, known: Known) -> References | None:
    """The QuickBooks ids of everything the document names; None when one is missing and the item was put aside."""
    ids: dict[Key, str] = {}
    for need in needs(document, company.default_service):
        target = known.links.get(need.key)
        if target is not None and not target.removed and known.items[need.key].state is not State.DELETED:
            ids[need.key] = target.target_id
        else:
            _missing(company, item, document, need, known.items.get(need.key), voided=target is not None)
            return None
    return References(ids=ids)


def _missing(company: Company, item: Item, document: Document, need: Need, other: Item | None, *, voided: bool) -> None:
    if need.kind is DocumentKind.SERVICE and not need.local_id:
        hold(company, item, _line_problem(ServiceMissingOnLine, document, need, {}))
    elif other is not None and other.state is State.DELETED:
        hold(company, item, _line_problem(ServiceDeleted, document, need, {"service": other.label or need.local_id}))
    elif other is None or voided or (other.state is State.SKIPPED and other.error_id is None):
        hold(company, item, unknown(document, need))
    elif other.state in {State.HELD, State.SKIPPED} and other.error_id is not None:
        hold_with(company, item, other.error_id)
    else:
        later = company.clock.now() + DEPENDENCY_WAIT
        with company.engine.begin() as connection:
            items.note(connection, item, not_before=later, **items.described(item))


def _line_problem(
    kind: type[ServiceMissingOnLine | ServiceDeleted], document: Document, need: Need, facts: dict[str, str]
) -> Problem:
    facts_: dict[str, Fact] = {"document": name_of(document), "line": need.line, **facts}
    return Problem(kind=kind, subject=f"{document.kind} {document.local_id}", facts=facts_)


def _body(
    company: Company,
    item: Item,
    document: Document,
    references: References,
    operation: Operation,
    current: Link | None,
    print_: str,
) -> None:
    remote = current.remote if current else None
    body = company.target.prepare(document, references, operation, remote, item.marker)
    if not isinstance(body, str):
        hold(company, item, *body)
        return
    _move(company, item, State.PREPARED, operation=operation, fingerprint=print_, body=body, not_before=None)


def _move(company: Company, item: Item, to: State, **values: object) -> None:
    with company.engine.begin() as connection:
        items.move(connection, item, to, company.clock.now(), **items.described(item), **values)


def _vanished(item: Item) -> Problem:
    return Problem(kind=RowVanished, subject=_subject(item), facts={"document": item.name})


def _poison(item: Item, error: Exception) -> Problem:
    return Problem(
        kind=InternalFailure,
        subject=_subject(item),
        facts={
            "document": Name(item.kind.value, item.label or item.local_id),
            "detail": f"{type(error).__name__}: {error}",
        },
    )


def _subject(item: Item) -> str:
    return f"{item.kind} {item.local_id}"
