"""A business that goes on writing its books, whatever happens to Cuadre: new documents, changed and cancelled ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sqlalchemy import RowMapping, select

from connectors.local import reference
from tests.support.application import Application
from tests.support.quickbooks_desk import DAY, START

Held = tuple[str, Decimal]
PRICES = ("19.99", "75.00", "120.50", "8.25")


@dataclass
class Business(Application):
    """Keys count upwards: 1, 2, 3 ... for invoices; a payment, a refund and a fee have the key of their invoice."""

    invoices: int = 0
    customers: int = 0
    documents: int = 0

    def work(self, rng: Random) -> None:
        """A little of everything; what was paid is not changed any more."""
        if self.customers == 0 or rng.random() < 0.2:
            self.customers += 1
            self.customer(f"c{self.customers}", f"Customer {self.customers}")
        if self.invoices == 0:
            self.service("s1", "Tree care")
            self.service("s2", "Hedges")
        for _ in range(rng.randint(1, 5)):
            self._sell(rng)
        self._reconsider(rng)

    def _sell(self, rng: Random) -> None:
        self.invoices += 1
        key, customer = str(self.invoices), f"c{rng.randint(1, self.customers)}"
        self.invoice(key, lines=self._lines(rng), customer=customer)
        self.documents += 1
        if rng.random() < 0.6:
            self._pay(rng, key, customer)

    def _pay(self, rng: Random, key: str, customer: str) -> None:
        self.payment(key, {key: "5.00"}, customer=customer)
        self.row("fees", id=key, number=f"F-{key}", date=DAY, total=Decimal("0.35"), payment_id=key)
        self.documents += 2
        if rng.random() < 0.3:
            part = {"customer_id": customer, "payment_id": key, "service_id": "s1", "total": Decimal("2.50")}
            self.row("refunds", id=key, number=f"R-{key}", date=DAY, **part)
            self.documents += 1

    def _lines(self, rng: Random) -> list[tuple[str, str, str]]:
        return [(f"s{rng.randint(1, 2)}", str(rng.randint(1, 9)), rng.choice(PRICES)) for _ in range(rng.randint(1, 3))]

    def _reconsider(self, rng: Random) -> None:
        """An unpaid invoice is changed or cancelled, a fee is taken back."""
        key = str(rng.randint(1, self.invoices))
        paid = self._row("payments", key)
        invoice = self._row("invoices", key)
        if paid is not None:
            self.change("fees", key, deleted_at=START)
        elif invoice is not None and invoice["status"] == "issued":
            if rng.random() < 0.5:
                self.relined(key, self._lines(rng))
            else:
                self.change("invoices", key, status="cancelled")

    def _row(self, table: str, key: str) -> RowMapping | None:
        chosen = reference.metadata.tables[table]
        with self.books.connect() as connection:
            return connection.execute(select(chosen).where(chosen.c.id == key)).mappings().first()

    def expected(self) -> dict[str, Counter[Held]]:
        """Number and total of all that QuickBooks must hold; what was voided has a total of 0."""
        with self.books.connect() as connection:
            rows = {
                name: connection.execute(select(reference.metadata.tables[name])).mappings().all()
                for name in ("customers", "services", "invoices", "payments", "refunds", "fees")
            }
        live = {name: [row for row in found if not row.get("deleted_at")] for name, found in rows.items()}
        zero = Decimal(0)
        return {
            "Customer": Counter((row["name"], zero) for row in rows["customers"]),
            "Item": Counter((row["name"], zero) for row in rows["services"]),
            "Invoice": Counter(_invoice(row) for row in rows["invoices"]),
            "Payment": Counter((row["reference"], row["total"]) for row in live["payments"]),
            "RefundReceipt": Counter((row["number"], row["total"]) for row in live["refunds"]),
            "Purchase": Counter((row["number"], row["total"]) for row in live["fees"]),
        }


def _invoice(row: RowMapping) -> Held:
    return row["number"], Decimal(0) if row["status"] == "cancelled" else row["total"]
