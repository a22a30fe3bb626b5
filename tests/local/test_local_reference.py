"""The reference schema on each database: it is made once, refuses nonsense, and keeps `updated_at` by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from connectors.documents import DocumentKind, Invoice, Payment, Refund
from connectors.local import reference as tables, reference_setup
from connectors.local.source import LocalSource
from errors.kinds import SourceBroken
from errors.problem import ProblemError

DAY = date(2026, 1, 31)
OLD = "2020-01-01 00:00:00.000000"


@pytest.fixture
def engine(books_url: str) -> Iterator[Engine]:
    engine = create_engine(books_url)
    reference_setup.init(engine)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def source(engine: Engine) -> Iterator[LocalSource]:
    source = LocalSource(reference_setup.settings(engine.url.render_as_string(hide_password=False)))
    yield source
    source.close()


def test_the_tables_are_made_once(engine: Engine) -> None:
    assert set(tables.metadata.tables) <= set(inspect(engine).get_table_names())
    assert reference_setup.init(engine) == ()


def test_the_schema_is_made_by_url_with_its_sqlite_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new books.sqlite"
    assert set(reference_setup.create(url)) == set(tables.metadata.tables)
    assert reference_setup.create(url) == ()
    assert (tmp_path / "new books.sqlite").exists()


def test_somebody_elses_table_of_the_same_name_is_not_touched(books_url: str) -> None:
    engine = create_engine(books_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER PRIMARY KEY, total NUMERIC(10, 2))"))
    with pytest.raises(ProblemError) as caught:
        reference_setup.init(engine)
    assert caught.value.problem.kind is SourceBroken
    assert "customer_id" in str(caught.value.problem.facts["detail"])
    assert inspect(engine).get_table_names() == ["invoices"]
    engine.dispose()


def test_the_shipped_queries_fit(source: LocalSource) -> None:
    assert source.check() == ()
    assert source.kinds() == frozenset(DocumentKind)


def test_a_complete_set_of_rows_is_read_to_the_cent(source: LocalSource, engine: Engine) -> None:
    refund = {"id": "r1", "customer_id": "c1", "payment_id": "nobody knows", "date": DAY, "total": Decimal("0.10")}
    with engine.begin() as connection:
        allocation = {"payment_id": "p1", "invoice_id": "i1", "amount": Decimal("60.07")}
        connection.execute(tables.payment_allocations.insert(), [allocation])
        connection.execute(tables.refunds.insert(), [refund])
        connection.execute(tables.fees.insert(), [{"id": "f1", "date": DAY, "total": Decimal("2.90")}])
    invoice = source.read(DocumentKind.INVOICE, ["i1"]).documents["i1"]
    assert isinstance(invoice, Invoice)
    assert (invoice.total, invoice.lines[0].amount) == (Decimal("100.10"), Decimal("100.10"))
    payment = source.read(DocumentKind.PAYMENT, ["p1"]).documents["p1"]
    assert isinstance(payment, Payment)
    assert [allocation.amount for allocation in payment.allocations] == [Decimal("60.07")]
    refunded = source.read(DocumentKind.REFUND, ["r1"]).documents["r1"]
    assert isinstance(refunded, Refund)
    assert refunded.payment_id == "nobody knows"
    assert source.read(DocumentKind.FEE, ["f1"]).documents["f1"].local_id == "f1"


def test_drafts_and_inactive_rows_are_not_there_and_cancelled_ones_are_removed(
    source: LocalSource, engine: Engine
) -> None:
    assert len(source.changes(DocumentKind.INVOICE, None, 10)) == 1
    run(engine, "UPDATE invoices SET status = 'draft'", "UPDATE customers SET active = FALSE")
    assert source.changes(DocumentKind.INVOICE, None, 10) == []
    assert source.changes(DocumentKind.CUSTOMER, None, 10) == []
    run(engine, "UPDATE invoices SET status = 'cancelled'", f"UPDATE payments SET deleted_at = '{OLD}'")
    invoice = source.read(DocumentKind.INVOICE, ["i1"]).documents["i1"]
    payment = source.read(DocumentKind.PAYMENT, ["p1"]).documents["p1"]
    assert isinstance(invoice, Invoice)
    assert isinstance(payment, Payment)
    assert invoice.removed
    assert payment.removed


def test_a_deleted_service_is_no_longer_offered(source: LocalSource) -> None:
    assert source.delete_service("s1")
    assert source.changes(DocumentKind.SERVICE, None, 10) == []


def test_every_update_moves_updated_at(source: LocalSource, engine: Engine) -> None:
    for table, kind in TIMED.items():
        column = "name" if table in {"customers", "services"} else "memo"
        run(engine, f"UPDATE {table} SET updated_at = '{OLD}'")
        behind = source.changes(kind, None, 10)[-1].position
        run(engine, f"UPDATE {table} SET {column} = 'New'")
        assert len(source.changes(kind, behind, 10)) == 1, table


TIMED = {
    "customers": DocumentKind.CUSTOMER,
    "services": DocumentKind.SERVICE,
    "invoices": DocumentKind.INVOICE,
    "payments": DocumentKind.PAYMENT,
}
PARTS = [
    (
        DocumentKind.INVOICE,
        "INSERT INTO invoice_lines (invoice_id, position, quantity, unit_price) VALUES ('i1', 2, 1, 1)",
    ),
    (DocumentKind.INVOICE, "UPDATE invoice_lines SET quantity = 2"),
    (DocumentKind.INVOICE, "DELETE FROM invoice_lines"),
    (DocumentKind.PAYMENT, "INSERT INTO payment_allocations (payment_id, invoice_id, amount) VALUES ('p1', 'i1', 1)"),
]


def test_a_changed_line_moves_its_document(source: LocalSource, engine: Engine) -> None:
    for kind, statement in PARTS:
        run(engine, f"UPDATE invoices SET updated_at = '{OLD}'", f"UPDATE payments SET updated_at = '{OLD}'")
        before = source.changes(kind, None, 10)[-1]
        run(engine, statement)
        (change,) = source.changes(kind, before.position, 10)
        assert change.version != before.version, statement


NONSENSE = [
    "UPDATE customers SET name = '  '",
    "UPDATE services SET price = -1",
    "UPDATE invoices SET total = -1",
    "UPDATE invoices SET status = 'sent'",
    "UPDATE invoices SET currency = 'US'",
    "UPDATE invoices SET currency = 'us$'",
    "UPDATE invoices SET currency = 'eur'",
    "UPDATE invoices SET exchange_rate = 0",
    "UPDATE invoices SET customer_id = NULL",
    "UPDATE invoices SET date = NULL",
    "UPDATE invoices SET date = '2026-02-30'",
    "UPDATE invoices SET total = 'a lot'",
    "UPDATE invoices SET total = 1e20",
    "UPDATE invoice_lines SET quantity = -1",
    "UPDATE invoice_lines SET unit_price = -0.01",
    "UPDATE payments SET total = 0",
    "INSERT INTO payment_allocations (payment_id, invoice_id, amount) VALUES ('p1', 'i1', 0)",
    "INSERT INTO fees (id, date, total) VALUES ('f1', '2026-01-31', 0)",
    "INSERT INTO refunds (id, customer_id, payment_id, date, total) VALUES ('r1', 'c1', 'p1', '2026-01-31', -5)",
]


def test_nonsense_is_refused(engine: Engine) -> None:
    assert [statement for statement in NONSENSE if not refused(engine, statement)] == []


def test_sqlite_refuses_what_the_others_round_or_refuse_by_type(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    reference_setup.init(engine)
    fill(engine)
    assert refused(engine, "UPDATE invoices SET total = 0.005")
    assert refused(engine, "UPDATE payments SET date = 'today'")
    engine.dispose()


@hypothesis_settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cents=st.integers(0, 10**13 - 1), micros=st.integers(0, 10**15 - 1))
def test_no_amount_drifts(engine: Engine, cents: int, micros: int) -> None:
    total, price = Decimal(cents) / 100, Decimal(micros) / 10**6
    with engine.begin() as connection:
        connection.execute(tables.invoices.update().values(total=total))
        connection.execute(tables.invoice_lines.update().values(unit_price=price))
        assert connection.execute(tables.invoices.select()).one().total == total
        assert connection.execute(tables.invoice_lines.select()).one().unit_price == price


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement.replace(":", "\\:")))


def refused(engine: Engine, statement: str) -> bool:
    try:
        run(engine, statement)
    except DBAPIError:
        return True
    return False


def fill(engine: Engine) -> None:
    """A customer, a service, an issued invoice with a line, a payment."""
    with engine.begin() as connection:
        connection.execute(tables.customers.insert(), [{"id": "c1", "name": "Ana"}])
        connection.execute(tables.services.insert(), [{"id": "s1", "name": "Design", "price": Decimal("33.333333")}])
        connection.execute(
            tables.invoices.insert(),
            [{"id": "i1", "customer_id": "c1", "date": DAY, "total": Decimal("100.10"), "status": "issued"}],
        )
        line = {"invoice_id": "i1", "position": 1, "service_id": "s1", "unit_price": Decimal("100.10")}
        connection.execute(tables.invoice_lines.insert(), [line | {"quantity": Decimal(1)}])
        connection.execute(
            tables.payments.insert(), [{"id": "p1", "customer_id": "c1", "date": DAY, "total": Decimal("100.10")}]
        )
