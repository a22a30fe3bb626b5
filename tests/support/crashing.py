"""Every moment at which a process can die, numbered, and what its death there leaves behind.

`kill -9` leaves what is committed and what QuickBooks holds, nothing else: no handler of ours runs. So a death is not
acted out: at each boundary (before and after each commit of the state database, before and after each call) one more
connection reads what stands there now. From such an image a house goes on as a new process would.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import requests
from sqlalchemy import Engine, delete, insert, inspect, select

from connectors.quickbooks.sandbox.adapter import SandboxAdapter
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.storage import state
from tests.support.house import House
from tests.support.striking import Write, writes
from worker.state import database

TABLES = [table for metadata in database.TABLES for table in metadata.sorted_tables]


@dataclass(frozen=True)
class Image:
    """What a death leaves: all committed rows, the company in QuickBooks; and the time."""

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    books: Company
    moment: datetime

    @classmethod
    def of(cls, house: House) -> Image:
        books = copy.deepcopy(house.sandbox.company(FIRST_REALM))
        return cls(committed(house.engine), books, house.clock.moment)

    @cached_property
    def leaves(self) -> str:
        """Equal texts, equal futures: a new process knows nothing else."""
        return repr((self.moment, self.rows, state.dump(self.books)))

    def restore(self, house: House) -> None:
        """Make it the present of a house, whose process begins anew."""
        with house.engine.begin() as connection:
            for table in reversed(TABLES):
                connection.execute(delete(table))
            for table in TABLES:
                if self.rows[table.name]:
                    connection.execute(insert(table), list(self.rows[table.name]))
        house.sandbox.companies[FIRST_REALM] = copy.deepcopy(self.books)
        house.clock.moment = self.moment
        house.restart()


def committed(engine: Engine) -> dict[str, list[Mapping[str, Any]]]:
    """Every row that is committed, by table."""
    with database.reading(engine) as connection:
        return {table.name: _rows(connection.execute(select(table))) for table in TABLES}


def _rows(found: Any) -> list[Mapping[str, Any]]:
    return [dict(row) for row in found.mappings()]


def forgotten(engine: Engine) -> set[str]:
    """Tables that an image would leave out: there must be none."""
    return set(inspect(engine).get_table_names()) - {table.name for table in TABLES} - {"alembic_version"}


class WatchedAdapter(SandboxAdapter):
    """The wire: tells before each call reaches QuickBooks, and before its answer is seen; keeps what was written."""

    def __init__(self, sandbox: Sandbox, passed: Callable[[str], object] = lambda _: None) -> None:
        super().__init__(sandbox)
        self.sent: list[Write] = []
        self._passed = passed

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        called = f"{request.method} {urlsplit(request.url or '').path.rsplit('/', 1)[-1]}"
        self._passed(f"before {called}")
        self.sent += writes(request)
        response = super().send(request, *args, **kwargs)
        self._passed(f"after {called}")
        return response


@dataclass
class Life:
    """What a process passed: the name of each boundary, and what its death there would have left."""

    points: list[tuple[str, Image]] = field(default_factory=list)

    def deaths(self) -> Iterator[tuple[str, Image, int]]:
        """Each different death once, and how many boundaries it stands for."""
        alike: dict[str, list[tuple[str, Image]]] = defaultdict(list)
        for name, image in self.points:
            alike[image.leaves].append((name, image))
        for points in alike.values():
            yield ", ".join(name for name, _ in points), points[0][1], len(points)


@contextmanager
def watched(house: House) -> Iterator[Life]:
    """A process of this house, looked at at every boundary."""
    life = Life()
    dialect: Any = house.engine.dialect
    commit = dialect.do_commit

    def passed(name: str) -> None:
        life.points.append((f"{len(life.points) + 1} {name}", Image.of(house)))

    def do_commit(connection: Any) -> None:
        passed("before a commit")
        commit(connection)
        passed("after a commit")

    house.restart(WatchedAdapter(house.sandbox, passed))
    dialect.do_commit = do_commit
    try:
        yield life
    finally:
        dialect.do_commit = commit
