"""The stage of the demo: a folder with two local databases, a configuration, and a sandbox QuickBooks that runs."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urljoin

import requests
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from connectors.documents import Service
from connectors.local import reference_setup
from connectors.local.engine import connect
from connectors.quickbooks import connecting
from worker.clock import Clock
from worker.companies import connector, open_state
from worker.config import Loaded, load
from worker.demo import books
from worker.demo.accountant import Accountant
from worker.demo.firm import Firm, found

MAIN, BRANCH = "main", "branch"
COMPANIES = (MAIN, BRANCH)
REALMS = {MAIN: "9341450000000001", BRANCH: "9341450000000002"}
WARRANTY = "Warranty handling"  # planted: its income account is an expense account
SECONDS = 30

CONFIGURATION = """\
# Made by `cuadre demo`: two companies of one firm, and a QuickBooks that runs on this machine.
[state]
url = "sqlite:///{folder}/cuadre.sqlite"

[quickbooks]
environment = "{url}"
client_id = "cuadre-demo"
client_secret_file = "{folder}/client_secret"
token_key_file = "{folder}/token_key"

[quickbooks.limits]              # Intuit's own limits do not hold for a sandbox on this machine
requests_per_second = 10000
requests_per_minute = 100000
batches_per_minute = 100000

[companies.main.source]
url = "sqlite:///{folder}/main.sqlite"

[companies.main.payment_methods]
card = "Visa"

[companies.branch.source]
url = "sqlite:///{folder}/branch.sqlite"

[companies.branch.policies]
customers = "match"              # the accountant enters customers there, nobody else

[companies.branch.payment_methods]
card = "Visa"
"""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything the story is played on."""

    folder: Path
    url: str
    loaded: Loaded
    engine: Engine
    sources: dict[str, Engine]
    accountants: dict[str, Accountant]

    @property
    def port(self) -> str:
        return self.url.rpartition(":")[2]


@contextmanager
def opened(folder: Path, clock: Clock) -> Iterator[Stage]:
    """Books, configuration and sandbox; the sandbox ends with the block and leaves its data in the folder."""
    with _sandbox(folder) as url:
        loaded = _configuration(folder, url)
        sources = {name: connect(f"sqlite:///{folder}/{name}.sqlite", "source", create=True) for name in COMPANIES}
        for name, firm in _firms(clock.now().date()).items():
            reference_setup.init(sources[name])
            books.write(sources[name], firm)
        engine = open_state(loaded.config)
        accountants = {name: _accountant(url, name) for name in COMPANIES}
        try:
            yield Stage(folder=folder, url=url, loaded=loaded, engine=engine, sources=sources, accountants=accountants)
        finally:
            for each in (engine, *sources.values()):
                each.dispose()


def give_consent(stage: Stage, name: str, clock: Clock) -> None:
    """What `cuadre connect` does, with the click on the consent page done by us: real OAuth over real HTTP."""
    quickbooks = connector(stage.loaded.config, stage.engine, clock)
    page, state = connecting.begin(quickbooks.oauth)
    shown = requests.get(page, timeout=SECONDS)
    shown.raise_for_status()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown.text))
    answer = {**hidden, "state": state, "realmId": REALMS[name], "action": "connect"}
    clicked = requests.post(urljoin(page, "/connect/oauth2"), data=answer, timeout=SECONDS, allow_redirects=False)
    connecting.finish(
        quickbooks.oauth,
        quickbooks.store,
        company=name,
        environment=quickbooks.app.environment,
        callback=connecting.read_callback(clicked.headers["Location"]),
        expected_state=state,
    )


def _firms(today: date) -> dict[str, Firm]:
    """The books with their troubles in them: a refund without its payment, a service with a bad account."""
    main = found(1, today, customers=64, invoices=400, prefix="S-")
    lost = replace(main.refunds[0], payment_id="9999")
    bad = Service(local_id="13", name=WARRANTY, price=Decimal("15.00"), income_account="Bank Charges")
    main = replace(main, refunds=(lost, *main.refunds[1:]), services=(*main.services, bad))
    return {MAIN: main, BRANCH: found(2, today, customers=5, invoices=12, prefix="B-")}


def _configuration(folder: Path, url: str) -> Loaded:
    for name, secret in (("client_secret", secrets.token_urlsafe()), ("token_key", Fernet.generate_key().decode())):
        file = folder / name
        file.touch(mode=0o600)
        file.write_text(secret)
    file = folder / "cuadre.toml"
    file.write_text(CONFIGURATION.format(folder=folder, url=url), encoding="utf-8")
    return load(file, {})


def _accountant(url: str, name: str) -> Accountant:
    """A company in the sandbox, and a token of the accountant's own for it."""
    token = secrets.token_urlsafe()
    body = {"seed": "empty", "company_name": f"Cuadre demo, {name}", "access_token": token}
    answer = requests.post(f"{url}/sandbox/realms/{REALMS[name]}", json=body, timeout=SECONDS)
    answer.raise_for_status()
    return Accountant(url, REALMS[name], token)


@contextmanager
def _sandbox(folder: Path) -> Iterator[str]:
    """`cuadre sandbox` as a process of its own: what is spoken with it crosses a real socket."""
    command = [sys.executable, "-m", "worker", "sandbox", "--port", "0", "--data", str(folder / "sandbox.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            address = re.search(r"http://[\w.]+:\d+", first)
            if address is None:
                raise RuntimeError(f"the sandbox did not start: {first!r}")
            yield address.group()
        finally:
            process.terminate()
