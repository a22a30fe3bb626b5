"""What Cuadre itself has posted says the same on both sides, whatever kind of document it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from connectors.documents import DocumentKind
from tests.support.house import House
from tests.support.quickbooks_desk import DAY
from worker import sides

REFERENCE = "ch_3NvXqk2eZvKYlo2C0"


def furnish(house: House) -> None:
    house.customer("c1", "Ana Ruiz", email="ana@example.com")
    house.service("s1", "Tree care")
    lines = (("s1", "2", "75.00"), ("s1", "1.5", "10.10"))
    house.invoice("1", "A-1", lines, memo="Two lines\nof memo", due_date=date(2026, 4, 30))
    house.payment("7", {"1": "60.00"}, reference=REFERENCE, memo="thanks")
    house.row("refunds", id="1", number="R-1", customer_id="c1", payment_id="7", service_id="s1", date=DAY, total=5)
    house.row("fees", id="1", date=DAY, total=Decimal("3.20"))
    for _ in range(3):
        house.tick()
    assert [(row.problem.kind.code, dict(row.problem.facts)) for row in house.errors()] == []


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (DocumentKind.CUSTOMER, "c1"),
        (DocumentKind.SERVICE, "s1"),
        (DocumentKind.INVOICE, "1"),
        (DocumentKind.PAYMENT, "7"),
        (DocumentKind.REFUND, "1"),
        (DocumentKind.FEE, "1"),
    ],
)
def test_what_was_posted_differs_in_nothing(house: House, kind: DocumentKind, key: str) -> None:
    furnish(house)
    found = sides.look(house.company, house.item(kind, key))
    assert [row for row in found.rows if row.differs] == []
    assert found.agrees
    assert all(row.theirs is not None for row in found.rows if row.ours not in (None, ""))
