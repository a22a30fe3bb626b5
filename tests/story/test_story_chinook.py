"""Existing tables by configuration alone: the Chinook shop, in three databases, posted whole and to the cent."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from connectors.documents import DocumentKind
from tests.support.books import load_chinook
from tests.support.house import build
from worker.state.machine import State


def test_all_of_chinook_is_posted_with_nothing_but_a_toml_file(books_url: str, tmp_path: Path) -> None:
    house = build(f"sqlite:///{tmp_path}/state.sqlite", books_url, settings=load_chinook(books_url))
    try:
        first = house.tick()
        second = house.tick()
        assert dict(first.posted) == {
            DocumentKind.CUSTOMER: 59,
            DocumentKind.SERVICE: 1984,
            DocumentKind.INVOICE: 412,
        }
        assert (first.held, second.posted, house.errors()) == (0, {}, [])
        assert house.states() == {State.LINKED: 59 + 1984 + 412}

        invoices = house.rows("Invoice")
        lines = [line for invoice in invoices for line in invoice["Line"] if "Id" in line]
        assert len(lines) == 2240
        assert sum(Decimal(invoice["TotalAmt"]) for invoice in invoices) == Decimal("2328.60")

        local = house.company.source.read(DocumentKind.INVOICE, [str(number) for number in range(1, 413)])
        totals = {document.number: document.total for document in local.documents.values()}  # type: ignore[union-attr]
        assert {invoice["DocNumber"]: Decimal(invoice["TotalAmt"]) for invoice in invoices} == totals
    finally:
        house.company.source.close()
        house.books.dispose()
        house.engine.dispose()
