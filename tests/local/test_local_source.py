"""Existing tables, mapped by configuration alone, on each database: changes, reading, writing back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, text

from connectors.contract import Position
from connectors.documents import DocumentKind, Invoice
from connectors.local.settings import KindSettings, LocalSettings
from connectors.local.source import LocalSource
from errors.kinds import InvalidField, RowVanished, SourceBroken, TextRefused
from errors.problem import ProblemError
from tests.support.servers import execute

INVOICE = DocumentKind.INVOICE
TABLES = (
    """CREATE TABLE bill (nr INTEGER PRIMARY KEY, buyer INTEGER, issued DATE, total NUMERIC(10,2),
                          code VARCHAR(40), touched TIMESTAMP NULL)""",
    "CREATE INDEX bill_by_touch ON bill (touched, nr)",
    "CREATE TABLE item (bill INTEGER, place INTEGER, amount INTEGER, price NUMERIC(10,2))",
    "CREATE TABLE service (code VARCHAR(20) PRIMARY KEY, name VARCHAR(100))",
    "INSERT INTO service VALUES ('a', '100% silk'), ('b', 'B')",
)
BILLS = "SELECT nr AS id, buyer AS customer_id, issued AS date, total, code AS number, touched AS updated_at FROM bill"
ITEMS = "SELECT bill AS invoice_id, place AS position, amount AS quantity, price AS unit_price FROM item"
SERVICES = "SELECT code AS id, name FROM service WHERE name LIKE '%' AND name <> 'a:b :c' -- colons, percents, comments"

Build = Callable[..., LocalSource]


@pytest.fixture
def build(books_url: str) -> Iterator[Build]:
    """Opens a source on filled tables, with single settings of the invoice replaced."""
    execute(books_url, *TABLES)
    opened: list[LocalSource] = []

    def build(**changed: str) -> LocalSource:
        invoice = {"query": BILLS, "lines": ITEMS, "write_number": "UPDATE bill SET code = :number WHERE nr = :id"}
        kinds = {
            INVOICE: KindSettings(**(invoice | changed)),  # type: ignore[arg-type]
            DocumentKind.SERVICE: KindSettings(
                query=SERVICES, key="text", delete="DELETE FROM service WHERE code = :id;"
            ),
        }
        opened.append(LocalSource(LocalSettings(url=books_url, kinds=kinds, setting="companies.main.source")))
        return opened[-1]

    yield build
    for source in opened:
        source.close()


def bill(url: str, nr: int, touched: str | None = "2026-01-01 10:00:00", price: str = "10.00") -> None:
    time = f"'{touched}'" if touched else "NULL"
    execute(
        url,
        f"INSERT INTO bill VALUES ({nr}, 7, '2026-01-31', {price}, 'B-{nr}', {time})",
        f"INSERT INTO item VALUES ({nr}, 1, 1, {price})",
    )


def ids(source: LocalSource, after: Position | None = None, limit: int = 100) -> list[str]:
    return [change.local_id for change in source.changes(INVOICE, after, limit)]


def test_queries_that_fit_have_no_problem_even_on_empty_tables(build: Build) -> None:
    assert build().check() == ()


def test_pages_follow_one_another_without_a_gap_where_many_rows_share_one_instant(build: Build, books_url: str) -> None:
    for nr in (5, 3, 9, 1, 7):
        bill(books_url, nr)
    bill(books_url, 2, "2026-01-01 09:59:59")
    bill(books_url, 4, "2026-01-01 10:00:01")
    source, after, found = build(), None, []
    while page := source.changes(INVOICE, after, 2):
        found += [change.local_id for change in page]
        after = page[-1].position
    assert found == ["2", "1", "3", "5", "7", "9", "4"]


def test_a_page_is_never_larger_than_asked_for(build: Build, books_url: str) -> None:
    """It begins with the rest of one instant and goes on with the next."""
    for nr in (1, 2, 3, 4, 5):
        bill(books_url, nr, "2026-01-01 10:00:00" if nr < 3 else "2026-01-01 10:00:01")
    first = build().changes(INVOICE, None, 1)[-1]
    assert ids(build(), first.position, 2) == ["2", "3"]


def test_an_edit_is_found_again_and_an_idle_poll_finds_nothing(build: Build, books_url: str) -> None:
    bill(books_url, 1)
    source = build()
    (before,) = source.changes(INVOICE, None, 100)
    assert source.changes(INVOICE, before.position, 100) == []
    execute(books_url, "UPDATE bill SET code = 'B-2', touched = '2026-01-01 10:00:01'")
    (after,) = source.changes(INVOICE, before.position, 100)
    assert after.version != before.version


def test_the_version_counts_lines_but_not_a_mere_touch(build: Build, books_url: str) -> None:
    bill(books_url, 1)
    source = build()
    (first,) = source.changes(INVOICE, None, 100)
    execute(books_url, "UPDATE bill SET touched = '2026-01-01 10:00:01'")
    (touched,) = source.changes(INVOICE, None, 100)
    execute(books_url, "UPDATE item SET price = 9")
    (edited,) = source.changes(INVOICE, None, 100)
    assert first.version == touched.version != edited.version


def test_without_a_time_of_change_rows_are_followed_by_their_keys(build: Build, books_url: str) -> None:
    source = build(query=BILLS.replace(", touched AS updated_at", ""))
    for nr in (1, 2, 10):
        bill(books_url, nr)
    assert ids(source, None, 2) == ["1", "2"]
    assert ids(source, Position(changed=None, key=2)) == ["10"]


def test_a_cursor_of_the_other_kind_begins_again(build: Build, books_url: str) -> None:
    """The administrator added updated_at to the query, or took it away."""
    bill(books_url, 1)
    assert ids(build(), Position(changed=None, key=5)) == ["1"]
    untimed = build(query=BILLS.replace(", touched AS updated_at", ""))
    assert ids(untimed, Position(changed="2026-01-01 10:00:00", key=5)) == ["1"]


def test_a_row_without_a_time_of_change_is_a_problem_that_every_poll_repeats(build: Build, books_url: str) -> None:
    bill(books_url, 1)
    bill(books_url, 2, None)
    source = build()
    first, lost = source.changes(INVOICE, None, 100)
    assert (first.local_id, lost.local_id, lost.position) == ("1", "2", first.position)
    (again,) = source.changes(INVOICE, first.position, 100)
    assert (again.local_id, again.position) == ("2", first.position)
    (problem,) = source.read(INVOICE, ["2"]).problems["2"]
    assert (problem.kind, problem.facts["field"]) == (InvalidField, "updated_at")

    execute(books_url, "UPDATE bill SET touched = '2026-01-02 00:00:00' WHERE nr = 2")
    (mended,) = source.changes(INVOICE, first.position, 100)
    assert mended.version != lost.version
    assert "2" in source.read(INVOICE, ["2"]).documents


def test_rows_without_a_time_never_fill_a_page(build: Build, books_url: str) -> None:
    """A full page would promise more behind it, and the poll would never end."""
    for nr in range(1, 6):
        bill(books_url, nr, None)
    assert len(ids(build(), None, 3)) == 2


def test_reading_yields_documents_and_leaves_out_what_is_gone(build: Build, books_url: str) -> None:
    bill(books_url, 1, price="12.30")
    reading = build().read(INVOICE, ["1", "2", "no number", "9" * 30])
    assert list(reading.documents) == ["1"]
    invoice = reading.documents["1"]
    assert isinstance(invoice, Invoice)
    assert (invoice.total, invoice.customer_id, invoice.lines[0].amount) == (Decimal("12.30"), "7", Decimal("12.30"))


def test_more_rows_than_fit_one_statement_are_read(build: Build, books_url: str) -> None:
    engine = create_engine(books_url)
    with engine.begin() as connection:
        for nr in range(1100):
            connection.execute(text(f"INSERT INTO bill VALUES ({nr}, 7, '2026-01-31', 1, 'B', NULL)"))
            connection.execute(text(f"INSERT INTO item VALUES ({nr}, 1, 1, 1)"))
    engine.dispose()
    source = build(query=BILLS.replace(", touched AS updated_at", ""))
    assert (
        len(source.read(INVOICE, [change.local_id for change in source.changes(INVOICE, None, 2000)]).documents) == 1100
    )


def test_text_keys_and_queries_with_colons_percents_and_comments(build: Build) -> None:
    source = build()
    assert [change.local_id for change in source.changes(DocumentKind.SERVICE, None, 100)] == ["a", "b"]
    assert source.read(DocumentKind.SERVICE, ["a"]).documents["a"].label == "100% silk"


def test_a_number_is_written_back(build: Build, books_url: str) -> None:
    bill(books_url, 1)
    source = build()
    assert source.write_number(INVOICE, "1", "B-99")
    invoice = source.read(INVOICE, ["1"]).documents["1"]
    assert isinstance(invoice, Invoice)
    assert invoice.number == "B-99"


def test_a_number_for_a_row_that_is_gone_is_said(build: Build) -> None:
    with pytest.raises(ProblemError) as caught:
        build().write_number(INVOICE, "1", "B-99")
    assert caught.value.problem.kind is RowVanished


def test_a_statement_that_would_change_every_row_changes_none(build: Build, books_url: str) -> None:
    bill(books_url, 1)
    bill(books_url, 2)
    source = build(write_number="UPDATE bill SET code = :number WHERE nr = :id OR 1 = 1")
    with pytest.raises(ProblemError) as caught:
        source.write_number(INVOICE, "1", "B-99")
    assert caught.value.problem.facts["setting"] == "companies.main.source.invoice.write_number"
    numbers = [each.label for each in source.read(INVOICE, ["1", "2"]).documents.values()]
    assert numbers == ["B-1", "B-2"]


def test_where_no_way_to_write_back_is_configured_nothing_happens(build: Build) -> None:
    source = build(write_number="")
    assert not source.write_number(INVOICE, "1", "B-99")
    assert not source.write_number(DocumentKind.SERVICE, "a", "B-99")


def test_a_service_is_deleted_as_configured_and_twice_is_no_harm(build: Build) -> None:
    source = build()
    assert source.delete_service("a")
    assert source.delete_service("a")
    assert [change.local_id for change in source.changes(DocumentKind.SERVICE, None, 100)] == ["b"]


BROKEN = [
    ({"query": BILLS.replace("FROM bill", "FROM bills")}, "query", "bills"),
    ({"query": BILLS.replace("total", "totall AS total")}, "query", "totall"),
    ({"query": "SELEC nr"}, "query", ""),
    ({"query": BILLS.replace("buyer AS customer_id", "buyer AS costumer_id")}, "query", "customer_id"),
    ({"query": BILLS.replace("total,", "total AS sum,")}, "query", "total"),
    ({"lines": ITEMS.replace("price AS unit_price", "price")}, "lines", "unit_price"),
    ({"lines": ITEMS.replace("FROM item", "FROM items")}, "lines", "items"),
    ({"key": "text"}, "query", "integer"),
    ({"query": BILLS.replace("nr AS id", "code AS id")}, "query", "text"),
    ({"query": BILLS.replace("nr AS id", "NULL AS id")}, "query", "id"),
    ({"query": BILLS + " JOIN (SELECT 1 AS one UNION ALL SELECT 2) AS twice ON 1 = 1"}, "query", "more than once"),
]


def test_what_does_not_fit_is_named_with_its_setting_by_check_and_by_every_call(build: Build, books_url: str) -> None:
    bill(books_url, 1)
    for changed, setting, word in BROKEN:
        source = build(**changed)
        with pytest.raises(ProblemError) as caught:
            source.changes(INVOICE, None, 100)
        checked = source.check()
        assert len(checked) == (0 if word == "more than once" else 1), changed  # check looks at one row only
        for problem in (caught.value.problem, *checked):
            assert problem.kind is SourceBroken, changed
            assert problem.facts["setting"] == f"companies.main.source.invoice.{setting}", changed
            assert word in str(problem.facts["detail"]), changed
            assert "\n" not in str(problem.facts["detail"]), changed


def test_check_names_all_missing_and_unknown_columns_of_all_queries_at_once(build: Build) -> None:
    source = build(query="SELECT nr AS id, total AS sum, touched FROM bill", lines="SELECT bill FROM item")
    query, lines = source.check()
    for name in ("customer_id", "date", "total", "sum", "touched"):
        assert name in str(query.facts["detail"])
    for name in ("invoice_id", "position", "quantity", "unit_price", "bill"):
        assert name in str(lines.facts["detail"])


def test_bytes_that_are_no_text_trouble_their_row_alone(sqlite_url: str) -> None:
    execute(sqlite_url, "CREATE TABLE s (id INTEGER PRIMARY KEY, name TEXT)")
    execute(sqlite_url, "INSERT INTO s VALUES (1, CAST(x'636166e9' AS TEXT)), (2, 'Design')")
    kinds = {DocumentKind.SERVICE: KindSettings(query="SELECT id, name FROM s")}
    source = LocalSource(LocalSettings(url=sqlite_url, kinds=kinds))
    assert len(source.changes(DocumentKind.SERVICE, None, 10)) == 2
    reading = source.read(DocumentKind.SERVICE, ["1", "2"])
    assert list(reading.documents) == ["2"]
    assert reading.problems["1"][0].kind is TextRefused
    source.close()


def test_a_time_of_change_that_sqlite_keeps_as_a_number_is_exact(sqlite_url: str) -> None:
    execute(sqlite_url, "CREATE TABLE s (id INTEGER PRIMARY KEY, name TEXT, t REAL)")
    execute(sqlite_url, "INSERT INTO s VALUES (1, 'A', 2461041.123456789), (2, 'B', 2461041.123456790)")
    kinds = {DocumentKind.SERVICE: KindSettings(query="SELECT id, name, t + 0 AS updated_at FROM s")}
    source = LocalSource(LocalSettings(url=sqlite_url, kinds=kinds))
    (first,) = source.changes(DocumentKind.SERVICE, None, 1)
    assert [change.local_id for change in source.changes(DocumentKind.SERVICE, first.position, 10)] == ["2"]
    source.close()


def test_uuid_keys_and_times_with_a_zone_on_postgresql(postgres_url: str) -> None:
    execute(postgres_url, "CREATE TABLE s (id UUID PRIMARY KEY, name TEXT, t TIMESTAMPTZ NOT NULL)")
    for number in (1, 2, 3):
        execute(postgres_url, f"INSERT INTO s VALUES ('{number:032x}', 'S{number}', '2026-01-01 10:00:00+02')")
    kinds = {DocumentKind.SERVICE: KindSettings(query="SELECT id, name::text, t AS updated_at FROM s", key="text")}
    source = LocalSource(LocalSettings(url=postgres_url, kinds=kinds))
    assert source.check() == ()
    first = source.changes(DocumentKind.SERVICE, None, 1)[0]
    rest = source.changes(DocumentKind.SERVICE, first.position, 10)
    assert [change.local_id[-1] for change in rest] == ["2", "3"]
    assert list(source.read(DocumentKind.SERVICE, [first.local_id]).documents) == [first.local_id]
    source.close()
