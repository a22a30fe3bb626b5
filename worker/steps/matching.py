"""Customers and services that QuickBooks already has are linked, not created; policy decides about the missing ones."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.contract import Match
from connectors.documents import Customer, Document, DocumentKind, Service
from errors.kinds import CustomerNameTaken, CustomerNotFound, CustomerUnlinked, Kind, ServiceNotFound
from errors.problem import Fact, Problem, phrase
from worker.rules.customers import by_name_alone, stands_in_the_way
from worker.rules.fingerprint import fingerprint
from worker.state.decisions import Decision
from worker.state.items import Item
from worker.state.links import Link
from worker.steps.adopting import adopt, hold_taken, owner
from worker.steps.asking import in_halves
from worker.steps.decided import created, unlinked
from worker.steps.hold import hold

if TYPE_CHECKING:
    from worker.pipeline import Company

Candidate = tuple[Item, Document]

_MISSING: dict[DocumentKind, type[Kind]] = {
    DocumentKind.CUSTOMER: CustomerNotFound,
    DocumentKind.SERVICE: ServiceNotFound,
}


def settle(
    company: Company, candidates: Sequence[Candidate], known: Mapping[tuple[DocumentKind, str], Link]
) -> list[Candidate]:
    """Link what QuickBooks has and hold what cannot be created; what is left goes on."""
    new = [
        (item, document)
        for item, document in candidates
        if (item.kind, item.local_id) not in known and isinstance(document, Customer | Service)
    ]
    waiting = unlinked(company, [item for item, _ in new])
    for item, _document in new:
        if _waits(item, waiting):
            hold(company, item, _which(item, waiting[item.local_id]))
    candidates = [(item, document) for item, document in candidates if not _waits(item, waiting)]
    new = [(item, document) for item, document in new if not _waits(item, waiting)]
    wanted = created(company, [item for item, _ in new])
    asked = [(item, _asked(document, decided=item.local_id in wanted)) for item, document in new]
    matches, refused = in_halves(company, asked, company.target.match)

    def goes_on(item: Item, document: Document) -> bool:
        if item.local_id not in matches:
            return True
        decide = _is_new if item.kind is DocumentKind.CUSTOMER and item.local_id in wanted else _goes_on
        return decide(company, item, document, matches[item.local_id])

    return [(item, document) for item, document in candidates if item.id not in refused and goes_on(item, document)]


def _waits(item: Item, waiting: Container[str]) -> bool:
    return item.kind is DocumentKind.CUSTOMER and item.local_id in waiting


def _which(item: Item, decision: Decision) -> Problem:
    facts: dict[str, Fact] = {"name": item.label or item.local_id, "by": decision.by}
    return Problem(kind=CustomerUnlinked, subject=item.subject, facts=facts)


def _asked(document: Customer | Service, *, decided: bool) -> Customer | Service:
    return by_name_alone(document) if decided and isinstance(document, Customer) else document


def _is_new(company: Company, item: Item, document: Document, match: Match) -> bool:
    """A person had it created: it is never linked to what has its name by now."""
    if not stands_in_the_way(match):
        return True
    facts: dict[str, Fact] = {
        "name": document.label,
        "holder": phrase("customer"),
        "suggestion": f"{document.label} (2)",
    }
    taken = Problem(kind=CustomerNameTaken, subject=item.subject, facts=facts)
    hold(company, item, match.problem or taken)
    return False


def _goes_on(company: Company, item: Item, document: Document, match: Match) -> bool:
    if match.problem is not None:
        hold(company, item, match.problem)
    elif match.remote is not None:
        other = owner(company, item, match.remote.target_id)
        if other is None:
            adopt(company, replace(item, fingerprint=fingerprint(document)), match.remote)
        else:
            hold_taken(company, item, other)
    elif company.create_customers if item.kind is DocumentKind.CUSTOMER else company.create_services:
        return True
    else:
        facts = {"name": document.label}
        hold(company, item, Problem(kind=_MISSING[item.kind], subject=item.subject, facts=facts))
    return False
