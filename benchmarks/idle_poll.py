"""Rows examined by an idle poll, with a thousand and with a million resting rows: `python -m benchmarks.idle_poll`.

The statements of one poll are caught on their way to the database and run again under its own counters: steps of the
virtual machine (SQLite), rows of EXPLAIN ANALYZE (PostgreSQL), handler reads (MariaDB). No clock is looked at. Exit
status 1: the larger books cost more than the smaller ones. Databases that are not on this machine are left out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from connectors.contract import Position
from connectors.documents import DocumentKind
from connectors.local import reference_setup
from connectors.local.source import LocalSource
from tests.support import servers

Statement = tuple[str, Any]
UNITS = {"sqlite": "machine steps", "postgresql": "rows", "mariadb": "handler reads"}

# All rows changed within one last minute: 60 instants, each shared by a sixtieth of the rows.
INSERT = "INSERT INTO customers (id, name, updated_at) "
FILL = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
    "SELECT printf('%08d', i), 'Customer ' || i, printf('2026-01-01 10:00:%02d.000000', i % 60) FROM n",
    "postgresql": "SELECT lpad(i::text, 8, '0'), 'Customer ' || i, "
    "timestamptz '2026-01-01 10:00+00' + (i % 60) * interval '1 second' FROM generate_series(1, {rows}) AS i",
    "mariadb": "SELECT LPAD(seq, 8, '0'), CONCAT('Customer ', seq), "
    "'2026-01-01 10:00:00' + INTERVAL (seq % 60) SECOND FROM seq_1_to_{rows}",
}
ANALYZE = {"sqlite": "ANALYZE", "postgresql": "ANALYZE customers", "mariadb": "ANALYZE TABLE customers"}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the larger books")
    larger = parser.parse_args().rows
    grown = False
    print(f"{'database':12}{'idle rows':>12}{'examined':>12}  unit")
    for name, unit in UNITS.items():
        costs = []
        for rows in (1000, larger):
            try:
                with books(name) as url:
                    costs.append(cost(url, rows))
            except servers.NoServerError as error:
                print(f"{name:12}left out: {error}")
                break
            print(f"{name:12}{rows:>12,}{costs[-1]:>12,}  {unit}")
        grown = grown or (len(costs) == 2 and costs[1] > costs[0])
    print(
        "An idle poll costs more when the books are larger." if grown else "The size of the books makes no difference."
    )
    return int(grown)


@contextmanager
def books(name: str) -> Iterator[str]:
    """An empty database of this sort."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cuadre-", ignore_cleanup_errors=True)))
        if name == "sqlite":
            (directory / "books.sqlite").touch()
            yield f"sqlite:///{directory}/books.sqlite"
            return
        start = servers.postgres if name == "postgresql" else servers.mariadb
        (directory / "data").mkdir()
        server = stack.enter_context(start(directory / "data"))
        database = stack.enter_context(servers.database(server, "cuadre_benchmark"))
        yield database.render_as_string(hide_password=False)


def cost(url: str, rows: int) -> int:
    """What one idle poll examines in books of so many rows, by the database's own count."""
    engine = create_engine(url)
    reference_setup.init(engine)
    fill(engine, rows)
    statements = idle_poll(url)
    counted = sum(COUNTERS[engine.name](engine, statement) for statement in statements)
    engine.dispose()
    return counted


def fill(engine: Engine, rows: int) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql((INSERT + FILL[engine.name]).format(rows=rows).replace("%", _percent(engine)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(ANALYZE[engine.name])


def _percent(engine: Engine) -> str:
    return "%" if engine.name == "sqlite" else "%%"


def idle_poll(url: str) -> list[Statement]:
    """The statements of a poll that begins at the last row."""
    source = LocalSource(reference_setup.settings(url))
    last = _last(source)
    caught: list[Statement] = []

    @event.listens_for(Engine, "before_cursor_execute")
    def _catch(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.startswith("SELECT q."):
            caught.append((statement, values))

    try:
        found = source.changes(DocumentKind.CUSTOMER, last, 500)
    finally:
        event.remove(Engine, "before_cursor_execute", _catch)
        source.close()
    if found or not caught:
        raise AssertionError(f"not an idle poll: {len(found)} rows, {len(caught)} statements")
    return caught


def _last(source: LocalSource) -> Position:
    """Page by page to the end would take long; the last instant is known, and its last key comes last."""
    first = source.changes(DocumentKind.CUSTOMER, None, 1)[0].position
    changed = first.changed
    instant = changed.replace(":00.", ":59.") if isinstance(changed, str) else changed.replace(second=59)  # type: ignore[union-attr, call-arg]
    position = Position(changed=instant, key="")
    while page := source.changes(DocumentKind.CUSTOMER, position, 5000):
        position = page[-1].position
    return position


def _sqlite(engine: Engine, statement: Statement) -> int:
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    raw = engine.raw_connection()
    raw.driver_connection.set_progress_handler(step, 1)  # type: ignore[union-attr]
    raw.driver_connection.execute(*statement).fetchall()  # type: ignore[union-attr]
    raw.driver_connection.set_progress_handler(None, 1)  # type: ignore[union-attr]
    raw.close()
    return steps


def _postgresql(engine: Engine, statement: Statement) -> int:
    with engine.connect() as connection:
        explained = connection.exec_driver_sql(
            "EXPLAIN (ANALYZE, FORMAT JSON) " + statement[0], statement[1]
        ).scalar_one()
    return _examined(explained[0]["Plan"])


def _examined(plan: dict[str, Any]) -> int:
    """Rows that the leaves of a plan touched, kept or not."""
    if children := plan.get("Plans"):
        return sum(_examined(child) for child in children)
    touched = sum(
        plan.get(name, 0) for name in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    )
    return int(touched * plan["Actual Loops"])


def _mariadb(engine: Engine, statement: Statement) -> int:
    with engine.connect() as connection:
        before = _handler_reads(connection)
        own = _handler_reads(connection) - before  # what looking at the counters costs
        connection.exec_driver_sql(*statement).all()
        return _handler_reads(connection) - before - 2 * own


def _handler_reads(connection: Connection) -> int:
    counters = connection.exec_driver_sql("SHOW SESSION STATUS LIKE 'Handler_read%%'").all()
    return sum(int(value) for _name, value in counters)


COUNTERS = {"sqlite": _sqlite, "postgresql": _postgresql, "mariadb": _mariadb}

if __name__ == "__main__":
    sys.exit(main())
