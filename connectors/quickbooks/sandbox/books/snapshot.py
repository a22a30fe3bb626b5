"""A sandbox in a file: one SQLite table of named JSON texts, loaded on start and saved on stop."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json, Row
from connectors.quickbooks.sandbox.books.switches import Switches
from connectors.quickbooks.sandbox.core import Sandbox
from connectors.quickbooks.sandbox.wire import jsontext

TABLE = "CREATE TABLE IF NOT EXISTS snapshot (name TEXT PRIMARY KEY, body TEXT NOT NULL)"
REALM = "realm "


def save(sandbox: Sandbox, file: Path) -> None:
    """Write the whole sandbox, replacing what the file held; the journal and the fault rules are not kept."""
    with sandbox.lock:
        texts = {REALM + realm: jsontext.dumps(_company_state(one)) for realm, one in sandbox.companies.items()}
        texts["tokens"] = json.dumps(sandbox.tokens.state())
        texts["clock"] = json.dumps(int(sandbox.clock.advanced.total_seconds()))
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(TABLE)
        database.execute("DELETE FROM snapshot")
        database.executemany("INSERT INTO snapshot VALUES (?, ?)", texts.items())


def load(sandbox: Sandbox, file: Path) -> bool:
    """Fill a fresh sandbox from a file; says whether there was one."""
    if not file.exists():
        return False
    with closing(sqlite3.connect(file)) as database:
        database.execute(TABLE)
        texts = dict(database.execute("SELECT name, body FROM snapshot").fetchall())
    if not texts:
        return False
    with sandbox.lock:
        sandbox.companies.clear()
        for name, text in texts.items():
            if name.startswith(REALM):
                sandbox.companies[name.removeprefix(REALM)] = _company(jsontext.loads(text))
        sandbox.tokens.restore(json.loads(texts["tokens"]))
        sandbox.clock.advance(json.loads(texts["clock"]))
    return True


def _company_state(company: Company) -> Json:
    rows: list[Row] = [row for kind in company.store.kinds() for row in company.store.rows(kind)]
    return {
        "realm": company.realm,
        "seed": company.seed,
        "counters": company.counters,
        "last_numbers": company.last_numbers,
        "switches": asdict(company.switches),
        "replies": company.replies,
        "deleted": [[one.kind, one.id, one.time] for one in company.store.tombstones()],
        "rows": [[row.kind, row.data] for row in sorted(rows, key=lambda row: row.changed)],
    }


def _company(state: Json) -> Company:
    company = Company(
        state["realm"],
        state["seed"],
        counters=dict(state["counters"]),
        last_numbers=dict(state["last_numbers"]),
        switches=Switches(**state["switches"]),
        replies=dict(state["replies"]),
    )
    for kind, data in state["rows"]:
        company.put(kind, data)
    for kind, id_, time in state["deleted"]:
        company.store.remove(kind, id_, time)
    return company
