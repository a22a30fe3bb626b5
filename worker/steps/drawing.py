"""Draw: an invoice without a number gets the next one of its range, where the company wants that (promise B3)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from connectors.documents import Customer, Document, DocumentKind, Service
from errors.kinds import NumbersRepeat
from errors.problem import Problem
from worker.numbering.ranges import RangeKind
from worker.state import items, numbers
from worker.state.items import Item
from worker.state.machine import State
from worker.state.numbers import Drawn, Repeats
from worker.steps.hold import guarded, hold

if TYPE_CHECKING:
    from worker.pipeline import Company

Candidate = tuple[Item, Document]
Key = tuple[DocumentKind, str]

DRAW = ""  # as a number that was ordered: another one is drawn for the one that the local books say
RANGES = {DocumentKind.INVOICE: RangeKind.INVOICE}


def fill(company: Company, candidates: Sequence[Candidate], linked: Container[Key]) -> list[Candidate]:
    """The candidates, all with their numbers; what cannot get one is held, and what cannot be told to the local books.

    A number is reserved for its document before anybody is told: whatever happens then, it draws the same one again.
    """
    lacking = [
        (item, document)
        for item, document in candidates
        if company.draws_numbers and _lacks(document) and (item.kind, item.local_id) not in linked
    ]
    if not lacking:
        return list(candidates)
    drawn = _draw(company, lacking)
    filled: list[Candidate] = []
    for item, document in candidates:
        found = drawn.get(item.id)
        if found is None:
            filled.append((item, document))
        else:
            with guarded(company, item):
                filled += _told(company, item, document, found)
    return filled


def _lacks(document: Document) -> bool:
    if isinstance(document, Customer | Service) or document.kind not in RANGES:
        return False
    return not document.number and not document.removed


def _draw(company: Company, lacking: Sequence[Candidate]) -> dict[int, Drawn | Repeats]:
    now = company.clock.now()
    drawn: dict[int, Drawn | Repeats] = {}
    with company.begin() as connection:
        for item, document in lacking:
            assert not isinstance(document, Customer | Service)
            kind = RANGES[document.kind]
            drawn[item.id] = numbers.draw(connection, company.name, kind, document.date, owner=item.subject, now=now)
    return drawn


def _told(company: Company, item: Item, document: Document, found: Drawn | Repeats) -> list[Candidate]:
    assert not isinstance(document, Customer | Service)
    if isinstance(found, Repeats):
        facts = {"number": found.number, "year": str(found.year)}
        hold(company, item, Problem(kind=NumbersRepeat, subject=f"numbers of {company.name} {found.year}", facts=facts))
        return []
    if not company.source.write_number(item.kind, item.local_id, found.number):
        replaced = item.number_replaced if item.number_override == DRAW else ""
        with company.begin() as connection:
            items.note(connection, item, number_override=found.number, number_replaced=replaced)
    numbered = replace(document, number=found.number)
    return [(replace(item, number=found.number, label=numbered.label), numbered)]


def again(company: Company, item: Item, why: str) -> bool:
    """Somebody else has the number that was drawn for this document: it is given up, and the next one is drawn.

    False: it was not drawn by us, so a person must say what shall become of it.
    """
    kind = RANGES.get(item.kind)
    if not company.draws_numbers or kind is None:
        return False
    with company.begin() as connection:
        held = numbers.reserved(connection, company.name, kind, item.subject)
        if held is None or held.number != item.number:
            return False
        numbers.release(connection, company.name, kind, item.number, reason=why)
        kept = {"number_override": DRAW, "number_replaced": item.number, "number": ""}
        return items.move(connection, item, State.SEEN, company.clock.now(), **kept)
