"""The reference schema put into a database, and read: a mapping like any other, shipped with Cuadre."""

# ruff: noqa: S608 - constants of this file, no input

from __future__ import annotations

from sqlalchemy import Connection, Engine, Table, inspect
from sqlalchemy.schema import CreateColumn

from connectors.documents import DocumentKind
from connectors.local import reference
from connectors.local.engine import connect
from connectors.local.faults import broken, reported
from connectors.local.reference_triggers import statements
from connectors.local.settings import KindSettings, LocalSettings
from errors.problem import ProblemError, phrase

DELETED = "deleted_at IS NOT NULL AS removed, updated_at"
LATER = {"invoices": ("job", "job_part")}  # columns that the first version did not have
MONEY = "date, total, number, currency, exchange_rate, memo"

KINDS: dict[DocumentKind, KindSettings] = {
    DocumentKind.CUSTOMER: KindSettings(
        key="text",
        query="SELECT id, name, company_name, given_name, family_name, email, phone, address_line1, address_line2,"
        " city, region, postal_code, country, notes, updated_at FROM customers WHERE active",
    ),
    DocumentKind.SERVICE: KindSettings(
        key="text",
        query="SELECT id, name, description, price, income_account, updated_at FROM services WHERE active",
        delete="UPDATE services SET active = FALSE WHERE id = :id",
    ),
    DocumentKind.INVOICE: KindSettings(
        key="text",
        query=f"SELECT id, customer_id, {MONEY}, due_date, email, job, job_part, status = 'cancelled' AS removed,"
        " updated_at FROM invoices WHERE status <> 'draft'",
        lines="SELECT invoice_id, position, service_id, description, quantity, unit_price FROM invoice_lines",
        write_number="UPDATE invoices SET number = :number WHERE id = :id",
        rename_job="UPDATE invoices SET job = :new WHERE job = :old",
    ),
    DocumentKind.PAYMENT: KindSettings(
        key="text",
        query=f"SELECT id, customer_id, {MONEY}, method, reference, deposit_account, {DELETED} FROM payments",
        allocations="SELECT payment_id, invoice_id, amount FROM payment_allocations",
    ),
    DocumentKind.REFUND: KindSettings(
        key="text",
        query=f"SELECT id, customer_id, payment_id, service_id, {MONEY}, method, reference, from_account, {DELETED}"
        " FROM refunds",
        write_number="UPDATE refunds SET number = :number WHERE id = :id",
    ),
    DocumentKind.FEE: KindSettings(
        key="text",
        query=f"SELECT id, payment_id, customer_id, {MONEY}, processor, from_account, expense_account, {DELETED}"
        " FROM fees",
        write_number="UPDATE fees SET number = :number WHERE id = :id",
    ),
}


def settings(url: str, setting: str = "source") -> LocalSettings:
    """The settings of a company whose books have the reference schema."""
    return LocalSettings(url=url, kinds=KINDS, setting=setting)


def create(url: str, setting: str = "source") -> tuple[str, ...]:
    """`init` for a database by its URL; an SQLite file is made when there is none.

    Raises:
        ProblemError: SourceUnavailable or SourceBroken.
    """
    engine = connect(url, setting, create=True)
    try:
        return init(engine, setting)
    finally:
        engine.dispose()


def init(engine: Engine, setting: str = "source") -> tuple[str, ...]:
    """Make what is missing of the reference schema, columns of later versions too; the names of the tables made.

    Raises:
        ProblemError: SourceBroken, when a table of the same name is there that lacks a column of ours.
    """
    with reported(engine, f"{setting}.schema"), engine.begin() as connection:
        there = set(inspect(connection).get_table_names())
        for table in reference.metadata.sorted_tables:
            if table.name in there:
                _grow(connection, table)
                found = {column["name"] for column in inspect(connection).get_columns(table.name)}
                _ours(table, found, setting)
        reference.metadata.create_all(connection)
        for statement in statements(engine.dialect.name):
            connection.exec_driver_sql(statement)
    return tuple(table.name for table in reference.metadata.sorted_tables if table.name not in there)


def _grow(connection: Connection, table: Table) -> None:
    """Columns that came with a later version of Cuadre; all of them may be empty."""
    found = {column["name"] for column in inspect(connection).get_columns(table.name)}
    later = LATER.get(table.name, ())
    if {column.name for column in table.columns} - set(later) - found:
        return  # somebody else's table
    for name in later:
        if name not in found:
            column = CreateColumn(table.columns[name]).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column}")


def _ours(table: Table, found: set[str], setting: str) -> None:
    """Somebody else's table is not touched."""
    missing = sorted({column.name for column in table.columns} - found)
    if missing:
        detail = phrase(
            'the table {table} exists already and lacks {columns}; take an empty database, or schema = "mapped"',
            table=table.name,
            columns=", ".join(missing),
        )
        raise ProblemError(broken(f"{setting}.schema", detail))
