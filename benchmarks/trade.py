"""Rows of a shop's books, as its application would write them: customers, services, invoices, payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, Table, insert

from connectors.local import reference

DAY = date(2026, 3, 2)
LINES = 3


def add(books: Engine, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    with books.begin() as connection:
        connection.execute(insert(table), list(rows))


def customers(books: Engine, numbers: Sequence[int]) -> None:
    named = [{"id": f"c{n}", "name": f"Customer {n:05}", "email": f"customer{n}@example.com"} for n in numbers]
    add(books, reference.customers, named)


def services(books: Engine, numbers: Sequence[int]) -> None:
    add(books, reference.services, [{"id": f"s{n}", "name": f"Service {n:04}", "price": _price(n)} for n in numbers])


def invoices(
    books: Engine, numbers: Sequence[int], *, customers: Sequence[int], services: Sequence[int], lines: int = LINES
) -> None:
    """Each with so many lines of different services; customers and services take turns."""
    rows, details = [], []
    for n in numbers:
        sold = [services[(n + step) % len(services)] for step in range(lines)]
        amounts = [_quantity(n) * _price(service) for service in sold]
        head = {"id": f"i{n}", "number": f"B-{n:06}", "customer_id": f"c{customers[n % len(customers)]}"}
        rows.append({**head, "date": DAY, "total": sum(amounts, Decimal(0)), "status": "issued"})
        details += [
            {
                "invoice_id": f"i{n}",
                "position": place,
                "service_id": f"s{service}",
                "description": f"Work of day {n}",
                "quantity": _quantity(n),
                "unit_price": _price(service),
            }
            for place, service in enumerate(sold, start=1)
        ]
    with books.begin() as connection:
        connection.execute(insert(reference.invoices), rows)
        connection.execute(insert(reference.invoice_lines), details)


def payments(books: Engine, numbers: Sequence[int], *, customers: Sequence[int], amount: str = "10.00") -> None:
    """One for each invoice of the same number."""
    rows = [
        {
            "id": f"p{n}",
            "customer_id": f"c{customers[n % len(customers)]}",
            "date": DAY,
            "total": Decimal(amount),
            "method": "card",
            "reference": f"ch_{n:08}",
        }
        for n in numbers
    ]
    parts = [{"payment_id": f"p{n}", "invoice_id": f"i{n}", "amount": Decimal(amount)} for n in numbers]
    with books.begin() as connection:
        connection.execute(insert(reference.payments), rows)
        connection.execute(insert(reference.payment_allocations), parts)


def _price(service: int) -> Decimal:
    return Decimal(20 + service % 60) + Decimal("0.50")


def _quantity(number: int) -> Decimal:
    return Decimal(1 + number % 4)
