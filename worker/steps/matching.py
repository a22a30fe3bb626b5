"""Customers and services that QuickBooks already has are linked, not created; policy decides about the missing ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.contract import Match
from connectors.documents import Customer, Document, DocumentKind, Service
from errors.kinds import CustomerNameTaken, CustomerNotFound, Kind, ServiceNameTaken, ServiceNotFound
from errors.problem import Fact, Name, Problem
from worker.rules.fingerprint import fingerprint
from worker.state import links
from worker.state.items import Item
from worker.state.links import Link
from worker.steps.hold import hold
from worker.steps.link import link

if TYPE_CHECKING:
    from worker.pipeline import Company

Candidate = tuple[Item, Document]

_MISSING: dict[DocumentKind, type[Kind]] = {
    DocumentKind.CUSTOMER: CustomerNotFound,
    DocumentKind.SERVICE: ServiceNotFound,
}
_TAKEN: dict[DocumentKind, type[Kind]] = {
    DocumentKind.CUSTOMER: CustomerNameTaken,
    DocumentKind.SERVICE: ServiceNameTaken,
}


def settle(
    company: Company, candidates: Sequence[Candidate], known: Mapping[tuple[DocumentKind, str], Link]
) -> list[Candidate]:
    """Link what QuickBooks has and hold what cannot be created; what is left goes on."""
    new = [document for item, document in candidates if (item.kind, item.local_id) not in known]
    wanted = [document for document in new if isinstance(document, Customer | Service)]
    matches = company.target.match(wanted) if wanted else {}
    return [
        (item, document)
        for item, document in candidates
        if item.local_id not in matches or _goes_on(company, item, document, matches[item.local_id])
    ]


def _goes_on(company: Company, item: Item, document: Document, match: Match) -> bool:
    if match.problem is not None:
        hold(company, item, match.problem)
    elif match.remote is not None:
        _adopt(company, item, document, match)
    elif company.create_customers if item.kind is DocumentKind.CUSTOMER else company.create_services:
        return True
    else:
        facts = {"name": document.label}
        hold(company, item, Problem(kind=_MISSING[item.kind], subject=f"{item.kind} {item.local_id}", facts=facts))
    return False


def _adopt(company: Company, item: Item, document: Document, match: Match) -> None:
    """Two local records never share one in QuickBooks: that would be a guess about who owes what."""
    assert match.remote is not None
    with company.engine.connect() as connection:
        other = links.taken(connection, company.name, company.realm_id, item.kind, match.remote.target_id)
    if other in {None, item.local_id}:
        found = replace(item, fingerprint=fingerprint(document), sent_version=item.version, body="")
        link(company, found, match.remote, adopted=True)
        return
    holder = Name(item.kind.value, other)
    facts: dict[str, Fact] = {"name": document.label, "holder": holder, "suggestion": f"{document.label} (2)"}
    hold(company, item, Problem(kind=_TAKEN[item.kind], subject=f"{item.kind} {item.local_id}", facts=facts))
