"""An existing database, mapped by configuration alone, on each database: the examples in docs/examples are true."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from connectors.contract import Position
from connectors.documents import Customer, Document, DocumentKind, Invoice, Service
from connectors.local.source import LocalSource
from tests.support.books import load_chinook


@pytest.fixture
def chinook(books_url: str) -> Iterator[LocalSource]:
    source = LocalSource(load_chinook(books_url))
    yield source
    source.close()


def test_chinook_is_read_whole_and_without_a_problem(chinook: LocalSource) -> None:
    assert chinook.check() == ()
    customers = everything(chinook, DocumentKind.CUSTOMER)
    services = everything(chinook, DocumentKind.SERVICE)
    invoices = [each for each in everything(chinook, DocumentKind.INVOICE) if isinstance(each, Invoice)]
    lines = [line for invoice in invoices for line in invoice.lines]

    assert (len(customers), len(services), len(invoices), len(lines)) == (59, 1984, 412, 2240)
    assert sum(invoice.total for invoice in invoices) == Decimal("2328.60")
    assert len({each.name for each in customers if isinstance(each, Customer)}) == 59
    assert len({each.name.lower() for each in services if isinstance(each, Service)}) == 1984
    assert {invoice.customer_id for invoice in invoices} == {each.local_id for each in customers}
    assert {line.service_id for line in lines} == {each.local_id for each in services}


def everything(source: LocalSource, kind: DocumentKind) -> list[Document]:
    """All documents of a kind, page by page; asserts that there is no problem."""
    ids: list[str] = []
    after: Position | None = None
    while page := source.changes(kind, after, 100):
        ids += [change.local_id for change in page]
        after = page[-1].position
    reading = source.read(kind, ids)
    assert not reading.problems
    assert len(ids) == len(set(ids)) == len(reading.documents)
    return list(reading.documents.values())
