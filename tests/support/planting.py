"""Errors as the pipeline would leave them, without a pipeline."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine

from errors import orders, queue
from errors.blocked import Blocked
from errors.kinds import Category, ConnectionLost, CustomerNotFound, DuplicateNumber, ServiceNotFound
from errors.problem import Fault, Problem
from errors.selection import Selection
from errors.tables import State

FAULT = Fault(code="6240", detail="Duplicate Name Exists Error", trace_id="1-65f0-abc", status=400)


class Field:
    """The error table of one state database, with a company called shop."""

    def __init__(self, engine: Engine, now: Any) -> None:
        self.engine, self.now = engine, now

    def missing_customer(self, name: str = "Ana Ruiz", documents: int = 1, amount: str = "10.00") -> int:
        problem = Problem(kind=CustomerNotFound, subject=f"customer {name}", facts={"name": name}, fault=FAULT)
        return self._stop(problem, Category.INVOICES, "invoice", name, documents, amount)

    def missing_service(self, name: str = "Tree care") -> int:
        problem = Problem(kind=ServiceNotFound, subject=f"service {name}", facts={"name": name})
        return self._stop(problem, Category.SERVICES, "service", name, 1, None)

    def duplicate(self, number: str = "1042", suggestion: str = "1043", local_id: str = "77") -> int:
        facts = dict.fromkeys(DuplicateNumber.placeholders(), "x") | {"suggestion": suggestion, "number": number}
        problem = Problem(kind=DuplicateNumber, subject=f"invoice {local_id}", facts=facts)
        return self._stop(problem, Category.INVOICES, "invoice", f"dup-{local_id}", 1, "150.00")

    def lost_connection(self) -> int:
        facts = dict.fromkeys(ConnectionLost.placeholders(), "x")
        problem = Problem(kind=ConnectionLost, subject="company shop", facts=facts)
        with self.engine.begin() as connection:
            return queue.company_problem(connection, "shop", problem, self.now())

    def settle(self, error_id: int) -> None:
        """What it blocked got through."""
        with self.engine.begin() as connection:
            row = queue.list_errors(connection, Selection(ids=(error_id,)), sample=1000)[0]
            for document in row.documents:
                queue.settle_document(connection, "shop", document.document_kind, document.local_id, self.now())

    def state(self, error_id: int) -> State:
        with self.engine.connect() as connection:
            return queue.list_errors(connection, Selection(ids=(error_id,)))[0].state

    def _stop(
        self, problem: Problem, category: Category, kind: str, name: str, documents: int, amount: str | None
    ) -> int:
        now = self.now()
        with self.engine.begin() as connection:
            return [
                stop(connection, problem, category, kind, f"{name}-{n}", name, amount, now) for n in range(documents)
            ][-1]


def stop(
    connection: Connection,
    problem: Problem,
    category: Category,
    kind: str,
    local_id: str,
    customer: str,
    amount: str | None,
    now: datetime,
) -> int:
    document = Blocked(
        company="shop",
        category=category,
        document_kind=kind,
        local_id=local_id,
        label=local_id,
        customer=customer if kind != "service" else "",
        amount=None if amount is None else Decimal(amount),
        currency="USD" if amount else "",
    )
    return queue.record(connection, problem, document, now)


def history(field: Field, error_id: int) -> list[tuple[str, str, str]]:
    with field.engine.connect() as connection:
        return [(line.action.value, line.by, line.why) for line in orders.history(connection, error_id)]
