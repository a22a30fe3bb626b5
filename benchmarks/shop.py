"""A shop to be measured: books, state database, and Cuadre opened from a configuration as the daemon opens it."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.fernet import Fernet
from requests.adapters import BaseAdapter
from sqlalchemy import Engine

from connectors.local.engine import connect
from connectors.local.reference_setup import init
from connectors.quickbooks.sandbox import FIRST_REALM, Sandbox, SandboxAdapter
from connectors.quickbooks.sandbox.trouble.limits import Limits
from connectors.tokens import Grant
from connectors.transport import Mount
from tests.support.quickbooks_desk import FakeClock
from worker import log, pipeline
from worker.clock import Clock
from worker.companies import connector, open_company, open_state
from worker.config import load
from worker.config.schema import Config, Log
from worker.pipeline import TickReport
from worker.schedule.workshop import Workshop

NAME = "main"
TOKEN = "benchmark"
NOWHERE = "http://127.0.0.1:1"  # nothing listens there: the sandbox of this process is mounted on it
# For what is measured without limits.
ABOVE_ALL = "requests_per_second = 10000\nrequests_per_minute = 100000\nbatches_per_minute = 100000\n"
FOREVER = timedelta(days=30)

CONFIGURATION = """\
[state]
url = "sqlite:///{folder}/state.sqlite"

[quickbooks]
environment = "{url}"
client_id = "benchmark"
client_secret = "benchmark"
token_key = "{key}"

[quickbooks.limits]
{limits}
[companies.main.source]
url = "sqlite:///{folder}/books.sqlite"

[companies.main.payment_methods]
card = "Visa"
"""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """One company, ready to tick."""

    config: Config
    state: Engine
    books: Engine
    workshop: Workshop

    def tick(self) -> TickReport:
        """One tick, which must not be halted."""
        report = self.workshop.tick(NAME)
        if not isinstance(report, TickReport) or report.halted is not None:
            raise AssertionError(f"the company is halted: {report}")
        return report

    def settle(self) -> int:
        """Ticks until nothing is on its way; the number of documents posted."""
        posted = 0
        while True:
            report = self.tick()
            posted += sum(report.posted.values())
            if not report.waiting:
                break
        if report.held:
            raise AssertionError(f"{report.held} documents are held")
        return posted


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cuadre-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def opened(
    place: Path,
    url: str,
    clock: Clock,
    *,
    adapter: BaseAdapter | None = None,
    realm: str = FIRST_REALM,
    limits: str = ABOVE_ALL,
) -> Iterator[Shop]:
    """Books and state in `place`, connected to the QuickBooks at `url`, or behind `adapter`; what is there is kept."""
    file = place / "cuadre.toml"
    if not file.exists():
        key = Fernet.generate_key().decode()
        file.write_text(CONFIGURATION.format(folder=place, url=url, key=key, limits=limits), encoding="utf-8")
    config = load(file, {}).config
    with ExitStack() as stack, (place / "log").open("a", encoding="utf-8") as written:
        log.setup(Log(format="json"), written)  # as the daemon logs: its lines are part of what is measured
        books = connect(f"sqlite:///{place}/books.sqlite", "source", create=True)
        stack.callback(books.dispose)
        init(books)
        state = open_state(config)
        stack.callback(state.dispose)
        mounted = (lambda session: session.mount(url, adapter)) if adapter else None
        _connect(config, state, clock, realm, mounted)
        workshop = Workshop(config, state, clock, opener=open_company, run=pipeline.run)
        stack.callback(workshop.close)
        yield Shop(config=config, state=state, books=books, workshop=workshop)


def _connect(config: Config, state: Engine, clock: Clock, realm: str, mount: Mount | None) -> None:
    """What `cuadre connect` leaves behind."""
    quickbooks = connector(config, state, clock, mount)
    ends = clock.now() + FOREVER
    grant = Grant(access_token=TOKEN, refresh_token=TOKEN, access_expires_at=ends, refresh_expires_at=ends)
    quickbooks.store.connect(NAME, realm, quickbooks.app.environment, grant)


@dataclass(frozen=True)
class Cost:
    """Calls to QuickBooks, and those of them that Intuit's meter counts as reads, as the sandbox saw them."""

    calls: int
    reads: int

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.calls - other.calls, self.reads - other.reads)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A shop and its QuickBooks in one process; time passes when somebody sleeps."""

    shop: Shop
    sandbox: Sandbox
    clock: FakeClock

    def spent(self) -> Cost:
        """All that was asked so far."""
        return Cost(self.sandbox.journal.meters["calls"], self.sandbox.meters.core_plus(self.clock.now()))

    def cost(self) -> Cost:
        """What is asked from now until nothing is on its way."""
        before = self.spent()
        self.shop.settle()
        return self.spent() - before

    def rest(self, pause: timedelta = timedelta(minutes=10)) -> None:
        """Time passes; the tick after it looks at nothing that is new."""
        self.clock.moment += pause
        self.shop.settle()


@contextmanager
def bench(
    limits: Limits | None = None,
    written: str = ABOVE_ALL,
    wire: Callable[[Sandbox, FakeClock], BaseAdapter] = lambda sandbox, _clock: SandboxAdapter(sandbox),
) -> Iterator[Bench]:
    """An empty shop at a new QuickBooks company; `limits` of QuickBooks, and what is `written` about them for us."""
    clock = FakeClock()
    sandbox = Sandbox(clock.now, seed="empty", limits=limits)
    sandbox.connect(FIRST_REALM, access_token=TOKEN, refresh_token=TOKEN)
    turned = Clock(now=clock.now, sleep=clock.sleep)
    with folder() as place, opened(place, NOWHERE, turned, adapter=wire(sandbox, clock), limits=written) as shop:
        yield Bench(shop=shop, sandbox=sandbox, clock=clock)


@contextmanager
def sandbox_process(latency: str = "0ms") -> Iterator[str]:
    """A sandbox in a process of its own, without limits; its address. Every token of ours opens every company."""
    options = ["--port", "0", "--seed", "empty", "--realms", "any", "--latency", latency, "--access-token", TOKEN]
    command = [sys.executable, "-m", "worker", "sandbox", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = re.search(r"http://[\w.]+:\d+", process.stdout.readline())
            if address is None:
                raise RuntimeError("the sandbox did not start")
            yield address.group()
        finally:
            process.terminate()
