"""Drawing numbers at once, and what one check costs in small and large books: `python -m benchmarks.number_draws`.

Eight threads draw from one range on SQLite and on PostgreSQL; one in a hundred numbers is given up again. Counted:
numbers that two got, and counters without a document or a reason. Then the database's own count (steps of SQLite's
virtual machine) of the statements of a check, with a thousand and with a million known numbers. No clock is looked at.
Exit status 1: a duplicate, an unexplained gap, or a check that costs more in the larger books.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import islice

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from benchmarks.idle_poll import books
from connectors.documents import DocumentKind
from tests.support import servers
from worker.numbering.gaps import gaps
from worker.numbering.ranges import Range, RangeKind
from worker.numbering.report import counted
from worker.state import database, items, numbers
from worker.state.machine import State
from worker.state.numbers import Drawn, DrawnState

NOW = datetime(2026, 5, 7, 9, 0, tzinfo=UTC)
DAY = date(2026, 5, 7)
THREADS = 8
GIVEN_UP = 100  # one in so many
KNOWN = "INSERT INTO items (company, kind, local_id, state, version, label, customer, number, seen_at, changed_at) "
FILL = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
    "SELECT 'shop', 'invoice', i, 'linked', 'v', '', '', printf('INV-%08d', i), '{now}', '{now}' FROM n"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--draws", type=int, default=100_000)
    parser.add_argument("--known", type=int, default=1_000_000, help="numbers of the larger books")
    chosen = parser.parse_args()
    failed = False
    for name in ("sqlite", "postgresql"):
        try:
            with books(name) as url:
                duplicates, unexplained = draws(url, chosen.draws)
        except servers.NoServerError as error:
            print(f"{name}: left out: {error}")
            continue
        print(f"{name}: {chosen.draws:,} numbers drawn by {THREADS} threads, {duplicates} duplicates, ", end="")
        print(f"{unexplained} unexplained gaps")
        failed |= bool(duplicates or unexplained)
    small, large = (check_cost(rows) for rows in (1000, chosen.known))
    print(f"sqlite: a check costs {small} machine steps with 1,000 known numbers, {large} with {chosen.known:,}")
    return int(failed or large > small * 1.1)


def draws(url: str, wanted: int) -> tuple[int, int]:
    """How many numbers two got, and how many counters nobody can explain."""
    engine = database.connect(url)
    database.migrate(engine)
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda place: one(engine, place), range(wanted)))
    with engine.connect() as connection:
        (range_,) = numbers.ranges(connection, "shop")
        rows = numbers.of_range(connection, "shop", RangeKind.INVOICE, DAY.year)
    engine.dispose()
    return len(found) - len(set(found)), sum(1 for _ in unexplained(range_, rows))


def unexplained(range_: Range, rows: list[Drawn] | tuple[Drawn, ...]) -> Iterator[int]:
    """Every number that is still reserved counts as a document; what is left must have a reason."""
    documents = {row.number: State.LINKED for row in rows if row.state is DrawnState.RESERVED}
    for gap in gaps(range_, counted(rows), documents, DAY):
        if str(gap.reason) == "not recorded":
            yield from range(gap.first, gap.last + 1)


@retry(retry=retry_if_exception_type(OperationalError), stop=stop_after_attempt(20))
def one(engine: Engine, place: int) -> str:
    """SQLite's lock is not fair: with eight at it, one may wait in vain for half a minute, and asks again."""
    with engine.begin() as connection:
        drawn = numbers.draw(connection, "shop", RangeKind.INVOICE, DAY, owner=f"form {place}", now=NOW)
        assert isinstance(drawn, Drawn)
        if place % GIVEN_UP == 0:
            numbers.release(connection, "shop", RangeKind.INVOICE, drawn.number, reason="given up")
    return drawn.number


def check_cost(rows: int) -> int:
    """Machine steps of what a check and a suggestion ask of the state database."""
    with books("sqlite") as url:
        engine = database.connect(url)
        database.migrate(engine)
        with engine.begin() as connection:
            connection.exec_driver_sql(KNOWN + FILL.format(rows=rows, now=NOW.replace(tzinfo=None)))
            connection.exec_driver_sql("ANALYZE")
        steps = 0

        def step() -> int:
            nonlocal steps
            steps += 1
            return 0

        @event.listens_for(engine, "connect")
        def _count(connection: object, _record: object) -> None:
            connection.set_progress_handler(step, 1)  # type: ignore[attr-defined]

        engine.dispose()
        with engine.connect() as connection:
            taken = f"INV-{rows // 2:08}"
            items.numbers(connection, "shop", DocumentKind.INVOICE, {taken, "INV-99999999"})
            list(islice(items.recent_numbers(connection, "shop", DocumentKind.INVOICE, "INV-"), 1000))
        engine.dispose()
        return steps


if __name__ == "__main__":
    sys.exit(main())
