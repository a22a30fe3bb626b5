"""A machine with everything on it: the application's books, a `cuadre run`, and a `cuadre sandbox` behind a gate."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests
from cryptography.fernet import Fernet
from sqlalchemy import Engine, create_engine, select, update

from connectors.local.reference_setup import init
from connectors.quickbooks.oauth import OAuth
from connectors.tokens import TokenStore
from errors.tables import errors
from tests.chaos.business import Business
from tests.support.gate import Gate
from worker.clock import Clock
from worker.companies import open_state
from worker.config import load, settings
from worker.state.machine import State
from worker.state.tables import items, leases

ROOT = Path(__file__).parents[2]
CUADRE = (sys.executable, "-c", "from worker.cli import main; main()")
REALM = "9130357849536326"
TOKENS = ("--realm", REALM, "--refresh-token", "first refresh", "--access-token", "auditor")
CONFIG = """\
[state]
url = "{state}"
[quickbooks]
environment = "{environment}"
client_id = "an app"
client_secret = "a secret"
token_key = "{key}"
timeout = 1
connect_timeout = 0.5
settle = 3
[companies.main]
poll = 1
jitter = 0
payment_methods = {{card = "Visa"}}
[companies.main.source]
url = "sqlite:///books.sqlite"
"""


@dataclass
class Site:
    """`log`: what all daemons said, one after another."""

    directory: Path
    gate: Gate
    quickbooks: str
    state: Engine
    business: Business

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[bytes]]:
        """A `cuadre run`; it is killed at the end, if nobody was faster."""
        with (self.directory / "log").open("ab") as log, _started(self.directory, "run", stderr=log) as process:
            yield process
            process.kill()

    def bury(self) -> None:
        """The worker is dead for certain: its lease need not run out first (that takes a minute and a half)."""
        with self.state.begin() as connection:
            connection.execute(update(leases).values(expires_at=Clock().now()))

    def differences(self) -> list[str]:
        """What keeps both sides from agreeing to the cent: nothing, one hopes."""
        with self.state.connect() as connection:
            states = Counter(connection.execute(select(items.c.state)).scalars())
            open_errors = connection.execute(select(errors.c.kind).where(errors.c.state == "open")).scalars().all()
        moving = {state: count for state, count in states.items() if state not in {State.LINKED, State.SKIPPED}}
        found = [f"{count} {state}" for state, count in moving.items()]
        found += [f"an open error: {kind}" for kind in open_errors]
        for entity, wanted in self.business.expected().items():
            held = Counter(self._held(entity))
            missing = [what for what in (wanted - held).elements() if entity != "Invoice" or what[1]]
            found += [f"{entity} lacks {what}" for what in missing]  # cancelled before it was ever posted: no lack
            found += [f"{entity} has too many: {what}" for what in (held - wanted).elements()]
        return found

    def _held(self, entity: str) -> Iterator[tuple[str, Decimal]]:
        """Number and total of every document in QuickBooks; of customers and services the name."""
        field = {"Customer": "DisplayName", "Item": "Name", "Payment": "PaymentRefNum"}.get(entity, "DocNumber")
        for row in self._rows(entity):
            yield str(row.get(field, "")), Decimal(str(row.get("TotalAmt", 0)))

    def _rows(self, entity: str) -> list[Any]:
        rows: list[Any] = []
        while True:
            answer = requests.post(
                f"{self.quickbooks}/v3/company/{REALM}/query",
                data=f"select * from {entity} startposition {len(rows) + 1} maxresults 1000",
                headers={
                    "Authorization": "Bearer auditor",
                    "Accept": "application/json",
                    "Content-Type": "application/text",
                },
                timeout=60,
            )
            answer.raise_for_status()
            page = answer.json()["QueryResponse"].get(entity, [])
            rows += page
            if len(page) < 1000:
                return rows


@contextmanager
def built(directory: Path, state_url: str = "sqlite:///cuadre.sqlite") -> Iterator[Site]:
    """A connected company with empty books."""
    books = f"sqlite:///{directory}/books.sqlite"
    (directory / "books.sqlite").touch()
    engine = create_engine(books)
    init(engine)
    arguments = ("sandbox", "--json", "--port", "0", "--seed", "empty", "--data", "quickbooks.sqlite", *TOKENS)
    with _started(directory, *arguments, stdout=subprocess.PIPE) as quickbooks:
        assert quickbooks.stdout is not None
        url = json.loads(quickbooks.stdout.readline())["url"]
        with Gate(int(url.rsplit(":", 1)[1])) as gate:
            state = _connected(directory, gate.url, state_url)
            try:
                yield Site(directory, gate, url, state, Business(engine))
            finally:
                state.dispose()
                engine.dispose()
        quickbooks.kill()


def _connected(directory: Path, environment: str, state_url: str) -> Engine:
    key = Fernet.generate_key().decode()
    state = state_url.replace("sqlite:///", f"sqlite:///{directory}/")
    (directory / "cuadre.toml").write_text(CONFIG.format(state=state, environment=environment, key=key))
    config = load(directory / "cuadre.toml", {}).config
    engine = open_state(config)
    grant = OAuth(settings.app(config), now=Clock().now).refresh("main", "first refresh")
    TokenStore(engine, settings.token_keys(config), now=Clock().now).connect("main", REALM, environment, grant)
    return engine


@contextmanager
def _started(directory: Path, *arguments: str, **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(directory)}
    with subprocess.Popen([*CUADRE, *arguments], cwd=directory, env=environment, **streams) as process:
        try:
            yield process
        finally:
            process.kill()
