"""How fast the sandbox answers, and whether full books make it slower: `python -m benchmarks.sandbox_speed`.

Calls go through the sandbox's own edge (`handle`), from the bytes of a request to the bytes of its answer. Growth is
judged by counts, not by seconds: rows that a query examined, and functions that a request called. Exit status 1: a
request costs more in large books than in small ones. Calls a second and the time to start are printed, not judged: a
busy machine is no fault of the sandbox.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

from connectors.quickbooks.sandbox import FIRST_REALM, Request, Sandbox

SMALL = 1000
MEASURED = 500
GREW = 1.5  # sorted lists are some levels deeper in large books, and nothing else may grow
ROOT = f"http://quickbooks.sandbox/v3/company/{FIRST_REALM}"
HEADERS = {"Authorization": "Bearer benchmark", "Accept": "application/json", "Content-Type": "application/json"}
START = datetime(2026, 8, 1, tzinfo=UTC)
INVOICE = (
    b'{"CustomerRef":{"value":"%d"},"Line":[{"Amount":100.00,"DetailType":"SalesItemLineDetail",'
    b'"SalesItemLineDetail":{"ItemRef":{"value":"1"}}}]}'
)
FEW = "9"  # a customer with the same few invoices however large the books are
QUERIES = {
    "query by Id": "select * from Invoice where Id = '{last}'",
    "query by DocNumber": "select * from Invoice where DocNumber = '{number}'",
    "query by DocNumber prefix": "select Id from Invoice where DocNumber like '{number}%'",
    "query by customer": f"select * from Invoice where CustomerRef = '{FEW}'",
    "query by time": "select * from Invoice where MetaData.LastUpdatedTime >= '{time}' maxresults 10",
    "first page": "select * from Invoice maxresults 10",
    "page in the middle": "select * from Invoice orderby Id startposition 500 maxresults 10",
    "largest totals": "select * from Invoice orderby TotalAmt desc maxresults 10",
    "count": "select count(*) from Invoice",
    "count of open ones": "select count(*) from Invoice where Balance > '0'",
}


@dataclass(frozen=True)
class Cost:
    """What one request costs: rows examined, Python calls, seconds."""

    rows: int
    calls: int
    seconds: Any


class Books:
    """A sandbox and requests to it; the clock moves a hundredth of a second at each look."""

    def __init__(self) -> None:
        looks = count()
        self.sandbox = Sandbox(lambda: START + timedelta(milliseconds=next(looks) % 3_000_000))
        self.sandbox.connect(FIRST_REALM, access_token="benchmark")
        self.store = self.sandbox.companies[FIRST_REALM].store
        self._customers = [row.id for row in self.store.rows("Customer") if row.id != FEW and row.data["Active"]]
        self._created = 0

    def call(self, method: str, path: str, body: bytes = b"", **query: str) -> bytes:
        answer = self.sandbox.handle(Request.of(method, f"{ROOT}/{path}?{urlencode(query)}", HEADERS, body))
        if answer.status != 200:
            raise AssertionError(answer.body)
        return answer.body

    def create(self) -> None:
        self._created += 1
        customer = FEW if self._created <= 5 else self._customers[self._created % len(self._customers)]
        self.call("POST", "invoice", INVOICE % int(customer))

    def requests(self) -> dict[str, Callable[[], Any]]:
        """The requests that are measured, fitted to the newest invoice."""
        last = next(reversed(list(self.store.rows("Invoice"))))
        values = {
            "last": last.id,
            "number": last.data["DocNumber"],
            "time": last.data["MetaData"]["LastUpdatedTime"],
        }
        queries = {name: text.format(**values) for name, text in QUERIES.items()}
        asked = {name: self._query(text) for name, text in queries.items()}
        return {"create": self.create, "read": lambda: self.call("GET", f"invoice/{last.id}"), **asked}

    def _query(self, text: str) -> Callable[[], Any]:
        return lambda: self.call("GET", "query", query=text)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=100_000, help="invoices in the larger books")
    larger = parser.parse_args().documents
    began = started()
    books = Books()
    small, large = costs_at(books, SMALL), costs_at(books, larger)
    print(f"{'':28}{'rows examined':>18}{'functions called':>18}{'ratio':>8}{'a second':>20}{'ratio':>8}")
    print(f"{'with invoices':28}{f'{SMALL:>8,}{larger:>10,}' * 2}{'':8}{SMALL:>10,}{larger:>10,}")
    for name, cost in large.items():
        first = small[name]
        rows = f"{first.rows:>8,}{cost.rows:>10,}"
        calls = f"{first.calls:>8,}{cost.calls:>10,}{cost.calls / first.calls:>8.2f}"
        rates = f"{1 / first.seconds:>10,.0f}{1 / cost.seconds:>10,.0f}{cost.seconds / first.seconds:>8.2f}"
        print(f"{name:28}{rows}{calls}{rates}")
    simple = 2 / (small["create"].seconds + small["read"].seconds)
    grown = [name for name, cost in large.items() if dearer(small[name], cost)]
    print(f"simple calls a second (half create, half read): {simple:,.0f}; starts in {began:.2f} s")
    print(f"Dearer in larger books: {', '.join(grown)}." if grown else "The size of the books makes no difference.")
    return int(bool(grown))


def dearer(first: Cost, then: Cost) -> bool:
    return then.rows > first.rows or then.calls > GREW * first.calls


def costs_at(books: Books, documents: int) -> dict[str, Cost]:
    """Fill the books up and measure each request; the first run of each makes the indices that it needs."""
    while books.store.count("Invoice") < documents:
        books.create()
    return {name: cost(books, request) for name, request in books.requests().items()}


def cost(books: Books, request: Callable[[], Any]) -> Cost:
    request()
    before = books.store.examined
    request()
    rows = books.store.examined - before
    calls = counted(request)
    began = time.perf_counter()
    for _ in range(MEASURED):
        request()
    return Cost(rows, calls, (time.perf_counter() - began) / MEASURED)


def counted(request: Callable[[], Any]) -> int:
    """How many functions a request calls, Python's and C's."""
    calls = 0

    def profile(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        request()
    finally:
        sys.setprofile(None)
    return calls


def started() -> Any:
    """Seconds until a fresh Python has a sandbox that answers."""
    program = "from benchmarks.sandbox_speed import Books; Books().call('GET', 'query', query='select * from Customer')"
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
