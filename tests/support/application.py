"""The application that Cuadre stands beside: it writes its books by plain SQL and knows nothing of QuickBooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Engine, delete, insert, update

from connectors.documents import CENT
from connectors.local import reference
from tests.support.quickbooks_desk import DAY


@dataclass
class Application:
    """Its database has the reference schema."""

    books: Engine

    def row(self, table: str, **values: Any) -> None:
        with self.books.begin() as connection:
            connection.execute(insert(reference.metadata.tables[table]).values(**values))

    def change(self, table: str, key: str, **values: Any) -> None:
        chosen = reference.metadata.tables[table]
        with self.books.begin() as connection:
            connection.execute(update(chosen).where(chosen.c.id == key).values(**values))

    def customer(self, key: str = "c1", name: str = "Ana Ruiz", **values: Any) -> str:
        self.row("customers", id=key, name=name, **values)
        return key

    def service(self, key: str = "s1", name: str = "Tree care", **values: Any) -> str:
        self.row("services", id=key, name=name, **values)
        return key

    def invoice(
        self,
        key: str,
        number: str = "",
        lines: Sequence[tuple[str, str, str]] = (("s1", "2", "75.00"),),
        customer: str = "c1",
        day: date = DAY,
        **values: Any,
    ) -> str:
        """`lines`: (service, quantity, unit price)."""
        total = total_of(lines)
        written = {"number": number or f"INV-{key}", "date": day, "total": total, "status": "issued", **values}
        with self.books.begin() as connection:
            connection.execute(insert(reference.invoices).values(id=key, customer_id=customer, **written))
            for position, (service, quantity, price) in enumerate(lines, start=1):
                line = {"service_id": service, "quantity": Decimal(quantity), "unit_price": Decimal(price)}
                connection.execute(insert(reference.invoice_lines).values(invoice_id=key, position=position, **line))
        return key

    def relined(self, key: str, lines: Sequence[tuple[str, str, str]]) -> None:
        """Other lines, and the total that goes with them, in one transaction."""
        total = total_of(lines)
        with self.books.begin() as connection:
            connection.execute(delete(reference.invoice_lines).where(reference.invoice_lines.c.invoice_id == key))
            for position, (service, quantity, price) in enumerate(lines, start=1):
                line = {"service_id": service, "quantity": Decimal(quantity), "unit_price": Decimal(price)}
                connection.execute(insert(reference.invoice_lines).values(invoice_id=key, position=position, **line))
            connection.execute(update(reference.invoices).where(reference.invoices.c.id == key).values(total=total))

    def payment(self, key: str, parts: dict[str, str], customer: str = "c1", **values: Any) -> str:
        total = sum(map(Decimal, parts.values()), Decimal(0))
        written = {"date": DAY, "total": total, "method": "card", "reference": f"ch_{key}", **values}
        with self.books.begin() as connection:
            connection.execute(insert(reference.payments).values(id=key, customer_id=customer, **written))
            for invoice_id, amount in parts.items():
                part = {"payment_id": key, "invoice_id": invoice_id, "amount": Decimal(amount)}
                connection.execute(insert(reference.payment_allocations).values(**part))
        return key

    def allocated(self, key: str, amount: str) -> None:
        """A payment of one part becomes one of another amount, in one transaction."""
        with self.books.begin() as connection:
            parts, payments = reference.payment_allocations, reference.payments
            connection.execute(update(parts).where(parts.c.payment_id == key).values(amount=Decimal(amount)))
            connection.execute(update(payments).where(payments.c.id == key).values(total=Decimal(amount)))

    def furnish(self) -> None:
        self.customer()
        self.service()


def total_of(lines: Sequence[tuple[str, str, str]]) -> Decimal:
    """Each line to the cent, then the sum: what an invoice of an application says."""
    amounts = (Decimal(quantity) * Decimal(price) for _, quantity, price in lines)
    return sum((amount.quantize(CENT, ROUND_HALF_UP) for amount in amounts), Decimal(0))
