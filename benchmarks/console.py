"""The console with 50,000 open errors beside the console with 50: `python -m benchmarks.console`.

Statements for each page are counted and must be the same in both; that is what fails the run. Seconds are printed as
ratios and fail nothing. The last rows are a resync of all that match and a skip of them: what the click costs, and what
the tick that carries it out costs; it must not say more for each error where there are many.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine, event, insert, select

from errors.kinds import CustomerNotFound
from errors.tables import State, blocked, errors
from tests.support.browsing import KEY, Reader, signed_in
from worker import pipeline
from worker.app import create_app
from worker.clock import Clock
from worker.config.schema import Company, Config, Site
from worker.site.people import Role
from worker.state import database
from worker.state.leases import Lease
from worker.state.machine import State as Standing
from worker.state.tables import items
from worker.steps import orders

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SMALL = 50
CHUNK = 5000
PAGES = (
    "/",
    "/errors",
    "/errors?category=accounts&page={last}",
    "/errors?customer=Customer+7&sort=worth",
    "/errors?least=20&sort=oldest",
    "/errors/1",
    "/companies",
    "/audit",
)


@dataclass(frozen=True)
class Cost:
    statements: int
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--errors", type=int, default=50_000, help="open errors of the larger table")
    many = parser.parse_args().errors
    small, large = costs(SMALL), costs(many)
    print(f"{'page':48}{'statements':>12}{f'with {many:,}':>14}{'seconds':>10}{'ratio':>8}")
    for name, cost in small.items():
        big = large[name]
        ratio = big.seconds / cost.seconds
        print(f"{name:48}{cost.statements:>12}{big.statements:>14}{big.seconds:>10.3f}{ratio:>8.1f}")
    grown = [name for name in small if large[name].statements > small[name].statements * _more(name, many)]
    print("More errors cost more statements: " + ", ".join(grown) if grown else "No page asks more often.")
    return 1 if grown else 0


def costs(number: int) -> dict[str, Cost]:
    with application(number) as app:
        reader = signed_in(app, Role.OPERATOR)
        reader.get("/errors")  # what is made once (templates, plans) is made
        engine = app.state.desk.engine
        found = {page: _cost(engine, lambda page=page: _get(reader, page, number)) for page in PAGES}
        company = _company(engine)
        for action in ("resync", "skip"):
            found[f"{action} all that match"] = _cost(engine, lambda action=action: _order(reader, action))
            found[f"{action}, carried out"] = _cost(engine, lambda: orders.apply(company))
        assert set(_states(engine)) == {Standing.SKIPPED}
        return found


def fill(engine: Engine, number: int) -> None:
    """Open errors of one document each, spread over two days."""
    for start in range(0, number, CHUNK):
        places = range(start, min(start + CHUNK, number))
        with engine.begin() as connection:
            connection.execute(insert(errors), [_error(place) for place in places])
            connection.execute(insert(blocked), [_document(place) for place in places])
            connection.execute(insert(items), [_item(place) for place in places])


def _error(place: int) -> dict[str, Any]:
    seen = NOW - timedelta(seconds=3 * place)
    return {
        "id": place + 1,
        "company": "shop",
        "kind": CustomerNotFound.code,
        "category": "accounts",
        "subject": f"customer {place}",
        "state": State.OPEN,
        "facts": {"name": f"Customer {place}"},
        "fault_code": "",
        "fault_detail": "",
        "trace_id": "",
        "attempts": 1,
        "first_at": seen,
        "last_at": seen,
    }


def _document(place: int) -> dict[str, Any]:
    return {
        "error_id": place + 1,
        "document_kind": "invoice",
        "local_id": str(place),
        "label": f"INV-{place}",
        "customer": f"Customer {place}",
        "amount": Decimal(place % 1000),
        "currency": "USD",
        "since": NOW,
    }


def _item(place: int) -> dict[str, Any]:
    return {
        "company": "shop",
        "kind": "invoice",
        "local_id": str(place),
        "state": Standing.HELD,
        "version": "1",
        "error_id": place + 1,
        "seen_at": NOW,
        "changed_at": NOW,
    }


def _states(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(items.c.state)).scalars())


def _more(name: str, many: int) -> float:
    """How often as many statements are allowed: a page asks the same, an order may grow with what it is for."""
    return 1 if name in PAGES else many / SMALL


def _company(engine: Engine) -> pipeline.Company:
    """Only what carrying out such orders looks at: neither the books nor QuickBooks are asked."""
    lease = Lease(engine, "shop", "benchmark", lasts=timedelta(minutes=5), now=lambda: NOW)
    lease.take()
    nobody: Any = None
    company = pipeline.Company(
        name="shop",
        engine=engine,
        source=nobody,
        target=nobody,
        realm_id="1",
        clock=Clock(now=lambda: NOW),
        lease=lease,
        new_request_id=lambda: "",
    )
    company.tally.clear(NOW)
    return company


@contextmanager
def application(number: int) -> Iterator[FastAPI]:
    with tempfile.TemporaryDirectory() as folder:
        engine = database.connect(f"sqlite:///{Path(folder)}/state.sqlite")
        database.migrate(engine)
        fill(engine, number)
        config = Config(site=Site(secret_key=KEY), companies={"shop": Company()})
        yield create_app(config, engine, Clock(now=lambda: NOW))
        engine.dispose()


def _cost(engine: Engine, deed: Callable[[], Any]) -> Cost:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    began = perf_counter()
    try:
        deed()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return Cost(sum(not re.match("BEGIN", each) for each in said), perf_counter() - began)


def _get(reader: Reader, page: str, number: int) -> None:
    answer = reader.get(page.replace("{last}", str(max(1, number // 50))))
    assert answer.status_code == 200, answer.text


def _order(reader: Reader, action: str) -> None:
    fields = {"action": action, "all": "1", "query": "", "confirmed": "1", "seen": "0", "back": "/errors"}
    assert reader.post("/errors/order", fields, on="/password").status_code == 303


if __name__ == "__main__":
    sys.exit(main())
