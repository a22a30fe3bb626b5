"""What people chose in place of what a row says, for as long as it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.documents import Document, DocumentKind, Payment, Refund, Service
from worker.state import decisions
from worker.state.database import reading
from worker.state.decisions import Decision, Matter
from worker.state.items import Item

if TYPE_CHECKING:
    from worker.pipeline import Company

Candidate = tuple[Item, Document]


def accounted(company: Company, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Services with the income accounts that people chose."""
    naming = {
        document.local_id for _, document in candidates if isinstance(document, Service) and document.income_account
    }
    if not naming:
        return list(candidates)
    with reading(company.engine) as connection:
        found = decisions.of(connection, company.name, DocumentKind.SERVICE, naming, Matter.ACCOUNT)
    return [(item, _accounted(document, found.get(document.local_id))) for item, document in candidates]


def methods(connection: Connection, company: Company, documents: Sequence[Document]) -> Mapping[str, str]:
    """Payment methods that people chose, by the name for which they stand, without case."""
    if not any(isinstance(document, Payment | Refund) and document.method for document in documents):
        return {}
    return {decision.key: decision.value for decision in decisions.all_of(connection, Matter.METHOD, company.name)}


def _accounted(document: Document, decision: Decision | None) -> Document:
    if isinstance(document, Service) and decision is not None and document.income_account == decision.instead_of:
        return replace(document, income_account=decision.value)
    return document
