"""Jobs: where the company wants it, an invoice has the number of its job, here and in QuickBooks (promise B6)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.documents import Document, DocumentKind, Invoice, name_of
from errors.kinds import InvalidField
from errors.problem import Fact, Problem, phrase
from worker.rules.job_numbers import number_of
from worker.state.items import Item
from worker.steps.hold import guarded, hold

if TYPE_CHECKING:
    from worker.pipeline import Company

Candidate = tuple[Item, Document]
Key = tuple[DocumentKind, str]


def fill(company: Company, candidates: Sequence[Candidate], linked: Container[Key]) -> list[Candidate]:
    """The candidates, invoices of jobs with their jobs' numbers. What was posted before the switch keeps its own."""
    if not company.job_numbers:
        return list(candidates)
    filled: list[Candidate] = []
    for item, document in candidates:
        if isinstance(document, Invoice) and _follows(item, document, linked):
            with guarded(company, item):
                filled += _numbered(company, item, document)
        else:
            filled.append((item, document))
    return filled


def _follows(item: Item, document: Invoice, linked: Container[Key]) -> bool:
    if not document.job or document.removed:
        return False
    return bool(item.job) or (item.kind, item.local_id) not in linked


def _numbered(company: Company, item: Item, document: Invoice) -> list[Candidate]:
    number = number_of(document)
    if number is None:
        expected = phrase('nothing, "deposit" or a whole number from 1')
        facts: dict[str, Fact] = {
            "field": "job_part",
            "document": name_of(document),
            "value": document.job_part,
            "expected": expected,
        }
        hold(company, item, Problem(kind=InvalidField, subject=item.subject, facts=facts))
        return []
    if number != document.number:
        company.source.write_number(item.kind, item.local_id, number)
    numbered = replace(document, number=number)
    return [(replace(item, number=number, label=numbered.label, job=document.job), numbered)]
