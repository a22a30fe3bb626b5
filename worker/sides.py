"""Look at both sides of a document that is held: the local row and what QuickBooks has, as they are at this moment.

It costs reads, so nobody looks unasked: a person opens the comparison, or a tick carries out what that person ordered.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.contract import Holder
from connectors.documents import Customer, Document, DocumentKind, Service
from connectors.sheets import Named, Naming, local_sheet
from errors.kinds import RowVanished
from errors.listing import ErrorRow
from errors.problem import Name, Problem, ProblemError
from worker.rules.references import needs
from worker.rules.sides import Sides
from worker.state import items, links
from worker.state.database import reading
from worker.state.items import Item, recipient
from worker.steps import decided
from worker.steps.number import KINDS_WITH_NUMBERS
from worker.steps.prepare import numbered

if TYPE_CHECKING:
    from worker.pipeline import Company


def document_of(connection: Connection, row: ErrorRow) -> Item | None:
    """The document that an error is about; else the first that waits for it."""
    keys = [(DocumentKind(each.document_kind), each.local_id) for each in row.documents]
    found = items.by_key(connection, row.company, set(keys))
    own = (item for item in found.values() if item.subject == row.problem.subject)
    return next(own, found.get(keys[0]) if keys else None)


def look(company: Company, item: Item) -> Sides:
    """Both sides. What cannot be read stands in the answer, with the reason."""
    key = (item.kind, item.local_id)
    with reading(company.engine) as connection:
        link = links.live(connection, company.name, company.realm_id, {key}).get(key)
    return _theirs(company, _ours(company, Sides(item=item, link=link)))


def _ours(company: Company, sides: Sides) -> Sides:
    item = sides.item
    try:
        found = company.source.read(item.kind, [item.local_id])
        document = found.documents.get(item.local_id)
        if document is None:
            gone = Problem(kind=RowVanished, subject=item.subject, facts={"document": item.name})
            return replace(sides, unread=(*found.problems.get(item.local_id, ()), gone)[0])
        ((_, document),) = decided.named(company, [(item, numbered(item, document))])
        document = _as_sent(item, document)
        naming = _naming(company, document)
        return replace(sides, ours=local_sheet(document, naming, _home(company)), removed=_removed(document))
    except ProblemError as moment:
        return replace(sides, unread=moment.problem)


def _home(company: Company) -> str:
    """Empty where QuickBooks does not say: that is told on its own side."""
    try:
        return company.target.home_currency()
    except ProblemError:
        return ""


def _as_sent(item: Item, document: Document) -> Document:
    """A number that a range or a job gave is not in the row."""
    if isinstance(document, Customer | Service) or document.number or not item.number:
        return document
    return replace(document, number=item.number)


def _removed(document: Document) -> bool:
    return not isinstance(document, Customer | Service) and document.removed


def _naming(company: Company, document: Document) -> Naming:
    """What the records that it names are called, and which they are in QuickBooks."""
    keys = {need.key for need in needs(document, company.default_service)}
    with reading(company.engine) as connection:
        known = items.by_key(connection, company.name, keys)
        linked = links.live(connection, company.name, company.realm_id, keys)

    def named(kind: DocumentKind, local_id: str) -> Named:
        key = (kind, local_id or (company.default_service if kind is DocumentKind.SERVICE else ""))
        item, link = known.get(key), linked.get(key)
        return Named((item.label if item else "") or key[1], link.target_id if link else "")

    return named


def _theirs(company: Company, sides: Sides) -> Sides:
    item, link = sides.item, sides.link
    try:
        holder = _holder(company, item) if link is None else None
        target_id = link.target_id if link else holder.target_id if holder else ""
        remote = company.target.get(item.kind, target_id) if target_id else None
        theirs = company.target.sheet(item.kind, remote) if remote else None
    except ProblemError as moment:
        return replace(sides, unseen=moment.problem)
    owner = _owner(company, item, holder) if holder else None
    address = company.target.link(item.kind, remote.target_id) if remote else ""
    return replace(sides, remote=remote, theirs=theirs, owner=owner, address=address)


def _holder(company: Company, item: Item) -> Holder | None:
    if not item.number or item.kind not in KINDS_WITH_NUMBERS:
        return None
    return company.target.holders(item.kind, {item.number}).get(item.number)


def _owner(company: Company, item: Item, holder: Holder) -> Name | None:
    """The record of ours that it is linked to, or that it was posted for though no answer told us."""
    with reading(company.engine) as connection:
        linked = links.taken(connection, company.name, company.realm_id, item.kind, holder.target_id)
        local_id = linked or recipient(holder.marker, company.name, item.kind)
        if local_id in {None, item.local_id}:
            return None
        other = items.by_key(connection, company.name, {(item.kind, local_id or "")}).get((item.kind, local_id or ""))
    return other.name if other else Name(item.kind.value, local_id or "")
