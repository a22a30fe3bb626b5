"""Existing tables hold anything. Every row that cannot be a document says which, where, what and how to mend it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.documents import DocumentKind
from connectors.local.settings import KindSettings, LocalSettings
from errors.kinds import Category, SourceBroken, SourceUnavailable
from errors.language import fix, sentence
from tests.support.house import House, build
from worker.state.machine import State

TABLES = """
CREATE TABLE client (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE job (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE bill (id INTEGER PRIMARY KEY, client_id INTEGER, number TEXT, day TEXT, total, currency TEXT);
CREATE TABLE part (bill_id INTEGER, position INTEGER, job_id INTEGER, quantity, price);
INSERT INTO client VALUES (1, 'Ana Ruiz'), (2, 'Bad: name');
INSERT INTO job VALUES (1, 'Tree care');
"""
QUERIES = {
    DocumentKind.CUSTOMER: KindSettings(query="SELECT id, name FROM client"),
    DocumentKind.SERVICE: KindSettings(query="SELECT id, name FROM job"),
    DocumentKind.INVOICE: KindSettings(
        query="SELECT id, client_id AS customer_id, number, day AS date, total, currency FROM bill",
        lines="SELECT bill_id AS invoice_id, position, job_id AS service_id, quantity, price AS unit_price FROM part",
    ),
}

# (what is wrong, bill, its line, words that the sentence must hold)
WRONG = {
    "unknown customer": ((77, "A-1", "2026-03-02", 10, None), (1, 1, 10), ("A-1", "customer 77")),
    "sum": ((1, "A-2", "2026-03-02", 11, None), (1, 1, 10), ("A-2", "10.00", "11.00")),
    "negative quantity": ((1, "A-3", "2026-03-02", -10, None), (1, -1, 10), ("A-3", "quantity", "-1")),
    "long number": ((1, "N" * 22, "2026-03-02", 10, None), (1, 1, 10), ("N" * 22, "22", "21")),
    "no rate": ((1, "A-5", "2026-03-02", 10, "EUR"), (1, 1, 10), ("A-5", "EUR")),
    "unknown service": ((1, "A-6", "2026-03-02", 10, None), (99, 1, 10), ("A-6", "service 99")),
    "no date": ((1, "A-7", "2026-02-30", 10, None), (1, 1, 10), ("A-7", "date", "2026-02-30")),
    "no amount": ((1, "A-8", "2026-03-02", "ten", None), (1, 1, 10), ("A-8", "total", "ten")),
}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[House]:
    """A house on tables that nobody made for Cuadre."""
    books = tmp_path / "shop.sqlite"
    with sqlite3.connect(books) as connection:
        connection.executescript(TABLES)
    connection.close()
    settings = LocalSettings(url=f"sqlite:///{books}", kinds=QUERIES, setting="companies.shop.source")
    house = build(f"sqlite:///{tmp_path}/state.sqlite", f"sqlite:///{books}", settings=settings)
    yield house
    house.company.source.close()
    house.books.dispose()
    house.engine.dispose()


def add(house: House, key: int, bill: tuple[object, ...], part: tuple[object, ...]) -> None:
    with house.books.begin() as connection:
        connection.exec_driver_sql("INSERT INTO bill VALUES (?, ?, ?, ?, ?, ?)", (key, *bill))
        connection.exec_driver_sql("INSERT INTO part VALUES (?, 1, ?, ?, ?)", (key, *part))


@pytest.mark.parametrize("wrong", list(WRONG))
def test_a_row_that_cannot_be_a_document_is_an_error_that_names_it_and_nothing_else_stops(
    shop: House, wrong: str
) -> None:
    bill, part, words = WRONG[wrong]
    add(shop, 1, bill, part)
    add(shop, 2, (1, "GOOD-1", "2026-03-02", 10, None), (1, 1, 10))
    shop.tick()
    errors = [row for row in shop.errors() if row.category is Category.INVOICES]
    told = " ".join(sentence(row.problem) for row in errors)
    for word in words:
        assert word in told
    assert all(fix(row.problem) for row in errors)
    assert shop.item(DocumentKind.INVOICE, "1").state is State.HELD
    assert [row["DocNumber"] for row in shop.rows("Invoice")] == ["GOOD-1"]


def test_text_that_quickbooks_would_refuse_is_said_before_it_is_sent(shop: House) -> None:
    shop.tick()
    (error,) = shop.errors()
    assert error.category is Category.ACCOUNTS
    assert "Bad: name" in sentence(error.problem)
    assert [row["DisplayName"] for row in shop.rows("Customer")] == ["Ana Ruiz"]


def test_all_mistakes_of_a_row_are_told_at_once(shop: House) -> None:
    add(shop, 1, (1, "N" * 22, "never", "ten", "EURO"), (1, -1, 10))
    shop.tick()
    told = " ".join(sentence(row.problem) for row in shop.errors())
    for word in ("N" * 22, "never", "ten", "EURO", "-1"):
        assert word in told


def test_a_database_that_goes_away_lets_the_company_wait_and_comes_back(shop: House, tmp_path: Path) -> None:
    add(shop, 1, (1, "A-1", "2026-03-02", 10, None), (1, 1, 10))
    shop.books.dispose()
    shop.company.source.close()
    (tmp_path / "shop.sqlite").rename(tmp_path / "away.sqlite")
    report = shop.tick()
    assert report.halted is not None
    assert report.halted.kind is SourceUnavailable
    shop.tick()
    assert [row.problem.kind for row in shop.errors()] == [SourceUnavailable]
    (tmp_path / "away.sqlite").rename(tmp_path / "shop.sqlite")
    shop.tick()
    assert SourceUnavailable not in shop.kinds()
    assert len(shop.rows("Invoice")) == 1


def test_a_table_that_lacks_a_column_halts_the_company_with_one_error_that_names_the_setting(shop: House) -> None:
    add(shop, 1, (1, "A-1", "2026-03-02", 10, None), (1, 1, 10))
    with shop.books.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE bill RENAME COLUMN day TO issued")
    shop.tick()
    shop.tick()
    (error,) = shop.errors()
    assert error.problem.kind is SourceBroken
    assert "companies.shop.source.invoice.query" in sentence(error.problem)
    assert "day" in sentence(error.problem)
    assert shop.rows("Invoice") == []
    with shop.books.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE bill RENAME COLUMN issued TO day")
    shop.tick()
    assert SourceBroken not in shop.kinds()
    assert len(shop.rows("Invoice")) == 1


def test_a_locked_database_lets_the_company_wait(shop: House, tmp_path: Path) -> None:
    lock = sqlite3.connect(tmp_path / "shop.sqlite", isolation_level=None)
    lock.execute("PRAGMA locking_mode = EXCLUSIVE")
    lock.execute("BEGIN EXCLUSIVE")
    try:
        report = shop.tick()
    finally:
        lock.close()
    assert report.halted is not None
    assert report.halted.kind is SourceUnavailable
    shop.tick()
    assert SourceUnavailable not in shop.kinds()
