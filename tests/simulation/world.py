"""One seed: a firm, its Cuadre, its QuickBooks, and everybody who disturbs them. All chance comes from the seed."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import create_engine, update

from connectors.local.engine import connect
from connectors.local.reference_setup import init
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.inside.preferences import set_preferences
from connectors.quickbooks.sandbox.trouble.limits import Limits
from errors.letterhead import Letterhead, Recipient
from errors.notices import Habits, notice_problems
from errors.tables import outbox
from tests.simulation import audit, invariants
from tests.simulation.books import Books
from tests.simulation.deaths import Death
from tests.simulation.firm import Firm
from tests.simulation.outsider import Outsider
from tests.simulation.person import Person
from tests.simulation.process import Process, state_engine
from tests.simulation.simulated_time import Time
from tests.simulation.trace import Trace
from tests.simulation.view import look
from tests.simulation.weather import DEATHS, Weather
from tests.simulation.wire import Wire
from tests.simulation.wire_rules import Pace, WireRules
from worker import pipeline
from worker.state import database
from worker.state.machine import State

POLLS = 3  # after the last trouble
LONGEST_WAIT = 6.1 * 3600  # seconds: a little more than the longest backoff of a document
HELD_FOR = 150.0  # seconds that a process is held up at least: past the end of its lease
HELD_UP = 0.05  # how often, where that site is on
WORKERS = ("one", "two")
AT_ONCE = Habits(window=timedelta(0))
TOLD = (Recipient(address="admin@example.com"),)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a run is made of; None: the seed decides."""

    documents: int = 200
    steps: int = 20
    sites: frozenset[str] | None = None
    switches: Mapping[str, Any] = field(default_factory=dict)
    pace: Pace | None = None


FULL = Setting()
NARROW = Pace(per_second=3, per_minute=20, batches=4)


@dataclass
class Result:
    seed: int
    documents: int = 0
    crashes: int = 0
    faults: int = 0
    duplicates: int = 0
    lost: int = 0
    stuck: int = 0
    violations: list[str] = field(default_factory=list)
    digest: str = ""
    struck: dict[str, int] = field(default_factory=dict)


class World:
    """Built of parts that know nothing of one another; each draws from a random stream of its own."""

    def __init__(self, seed: int, folder: Path, setting: Setting = FULL, *, shown: bool = False) -> None:
        self.seed = seed
        self.setting = setting
        self.result = Result(seed)
        self.time = Time()
        self.trace = Trace(shown=shown)
        self.weather = Weather(self.random("weather"), setting.sites)
        self._chance = self.random("world")
        self.pace = setting.pace or self.random("pace").choice((Pace(), Pace(), NARROW))
        self._numbers, self._lives = count(1), count(1)
        self._key = Fernet.generate_key().decode()  # hides tokens in the database; nothing that is traced shows it
        self._paused = False
        self._blamed: Counter[str] = Counter()
        self.state_url, self.books_url = f"sqlite:///{folder}/state.sqlite", f"sqlite:///{folder}/books.sqlite"
        self.desk = state_engine(self.state_url)
        self._books_engine = connect(self.books_url, "source")
        self.sandbox = self._sandbox()
        self.rules = WireRules(self.desk, self._key, self.time, self.trace, self.blame, self.pace)
        self.wire = Wire(self.sandbox, self.time, self.weather, self.rules)
        self.person = Person(self.desk, self.sandbox, self._key, self.time, self.random("person"))
        self.person.connect()
        self.books = Books(self._books_engine, self.time.now)
        self.firm = Firm(self.books, self.random("firm"), self.time.now)
        self.outsider = Outsider(self.wire, self.random("outsider"), self._is_linked)
        self._processes: dict[str, Process] = {}

    def random(self, name: str) -> Random:
        return Random(f"{self.seed}:{name}")

    def close(self) -> None:
        for process in self._processes.values():
            process.close()
        self.desk.dispose()
        self._books_engine.dispose()

    def blame(self, invariant: str, what: str, counts: str = "violations") -> None:
        """Write a violation down; the same one once."""
        line = f"{invariant}: {what}"
        self._blamed[line] += 1
        if self._blamed[line] == 1:
            self.result.violations.append(line)
            self.say("VIOLATION", line)
            if counts != "violations":
                setattr(self.result, counts, getattr(self.result, counts) + 1)

    def say(self, who: str, what: str) -> None:
        self.trace.add(self.time.true, who, what)

    # --- the run ------------------------------------------------------------------------------------------------------

    def run(self) -> Result:
        for step in range(self.setting.steps):
            self._step(busy=step < self.setting.steps - 3)
        self._settle()
        self.result.documents = len(self.books.rows)
        self.result.faults = self.weather.faults
        self.result.crashes = sum(self.weather.struck[site] for site in DEATHS)
        self.result.digest = self.trace.digest
        self.result.struck = dict(self.weather.struck)
        return self.result

    def _step(self, *, busy: bool) -> None:
        chance = self._chance
        if busy:
            for _ in range(chance.choice((6, 10, 14, 50))):
                self.say("firm", self.firm.act())
        if chance.random() < 0.4:
            self.say("outsider", self.outsider.act())
        self.weather.stormy = chance.random() < 0.7
        if chance.random() < 0.1:
            self.time.set_back(chance.uniform(0.1, 5))
        if chance.random() < 0.1 and self._processes:
            self._stop(chance.choice(sorted(self._processes)))
        for name in chance.choices(WORKERS, k=chance.randint(1, 2)):
            self.tick(name)
        self.time.pass_by(chance.choice((20, 100, 200, 200, 300, 600, 3600 * chance.random() * 8)))
        self._look()
        if chance.random() < 0.4:
            self.say("person", self.person.act())
            self._note_skipped()
        self.person.mend()

    def _settle(self) -> None:
        """The troubles are over: a few polls, then all is accounted for."""
        self.weather.stormy = False
        while len(self.books.rows) < self.setting.documents:
            self.say("firm", self.firm.act())
        self.person.mend()
        left = POLLS
        while left:
            self.time.pass_by(LONGEST_WAIT)
            self.tick(WORKERS[0])
            self._look()
            left = POLLS if self.person.mend() else left - 1  # a connection that was lost is the last trouble
        view = look(self.desk, self.sandbox)
        for what in invariants.stuck(view):
            self.blame("I10", what, "stuck")
        for what in audit.delayed(view, self.books, self.outsider):
            self.blame("I11", what, "stuck")
        for what in audit.lost(view, self.books, self.outsider):
            self.blame("audit", what, "lost")

    def tick(self, name: str) -> None:
        """One tick of one process, which may not outlive it."""
        process = self._processes.get(name) or self._open(name)
        self.say(name, "tick")
        try:
            report = pipeline.run(process.company)
        except Death:
            self._bury(process)
        except Exception as error:  # noqa: BLE001 - whatever it is, a tick must not raise it
            self.blame("I12", f"the tick raised {type(error).__name__}: {error}"[:500])
            self._bury(process)
        else:
            halted = report.halted.kind.code if report.halted else "-"
            self.say(name, f"ticked: linked {report.linked}, held {report.held}, halted {halted}")

    def _open(self, name: str) -> Process:
        self._processes[name] = Process(
            name,
            state_url=self.state_url,
            books_url=self.books_url,
            token_key=self._key,
            wire=self.wire,
            new_request_id=lambda: f"{self.seed}-{next(self._numbers)}",
            held_up=self._hold_up,
            random=self.random("jitter"),
            pace=self.pace,
            life=next(self._lives),
        )
        return self._processes[name]

    def _stop(self, name: str) -> None:
        """Also while it gives its lease back a process may die."""
        self.say(name, "stopped")
        process = self._processes[name]
        try:
            process.stop()
        except Death:
            self._bury(process)
        else:
            del self._processes[name]

    def _bury(self, process: Process) -> None:
        self.say(process.name, "died")
        process.mortality.dead = True
        self._processes.pop(process.name).close()
        self.time.pass_by(self.weather.between(3, 60))

    def _hold_up(self, site: str, process: Process) -> None:
        """This process sleeps in the middle of what it does, past its lease, while the other one works on."""
        if self._paused or not self.weather.strikes(site, HELD_UP):
            return
        self._paused = True
        self.say(process.name, f"held up at {site}")
        try:
            self.time.pass_by(self.weather.between(HELD_FOR, 4 * HELD_FOR))
            self.tick(next(name for name in WORKERS if name != process.name))
        finally:
            self._paused = False
        self.say(process.name, "wakes")

    def _digest(self) -> None:
        with self.desk.begin() as connection:
            notice_problems(connection, TOLD, Letterhead(), AT_ONCE, self.time.now())
            connection.execute(update(outbox).values(sent_at=self.time.now()))  # the mail server took it

    def _look(self) -> None:
        self._digest()
        view = look(self.desk, self.sandbox)
        for check in invariants.CHECKS:
            for what in check.broken(view, self.outsider):
                self.blame(check.invariant, what, check.counts)

    def _note_skipped(self) -> None:
        """A skip counts from when it was carried out; what is skipped leaves no more."""
        view = look(self.desk, self.sandbox)
        self.rules.skipped = {
            (kind.value, local_id)
            for (kind, local_id), item in view.items.items()
            if item["state"] == State.SKIPPED and item["error_id"] is not None and (kind, local_id) not in view.ordered
        }

    def _is_linked(self, kind: str, target_id: str) -> bool:
        view = look(self.desk, self.sandbox)
        return any((link["kind"], link["target_id"]) == (kind, target_id) for link in view.links.values())

    def _sandbox(self) -> Sandbox:
        chance, hexes = self.random("sandbox"), self.random("tokens")
        sandbox = Sandbox(
            lambda: self.time.true,
            seed="empty",
            rotate=chance.choice(("daily", "daily", "always")),
            limits=Limits() if chance.random() < 0.5 else None,
            random_hex=lambda number: f"{hexes.getrandbits(8 * number):0{2 * number}x}",
        )
        switches: dict[str, Any] = {
            "replay": chance.choice(("original", "refuse", "ignore")),
            "replay_faults": chance.random() < 0.5,
            "replay_other_body": chance.choice(("original", "refuse", "run")),
            "replay_memory": chance.choice(("always", "day", "hour")),
            "duplicates": chance.choice(("refuse", "refuse", "allow")),
            "CustomTxnNumbers": chance.random() < 0.8,
        }
        switches |= self.setting.switches
        set_preferences(sandbox.company(FIRST_REALM), switches)
        self.say("sandbox", f"{switches} limits {sandbox.limiter.limits is not None}")
        self.say("weather", f"{sorted(self.weather.enabled)}")
        return sandbox


def simulate(seed: int, template: Path, setting: Setting = FULL, *, shown: bool = False) -> Result:
    """Run one seed on fresh copies of the databases in `template`."""
    with TemporaryDirectory(prefix="cuadre-simulation-") as name:
        folder = Path(name)
        shutil.copytree(template, folder, dirs_exist_ok=True)
        world = World(seed, folder, setting, shown=shown)
        try:
            return world.run()
        finally:
            world.close()


def make_template(folder: Path) -> Path:
    """Both databases with their tables, made once and copied for each seed."""
    engine = create_engine(f"sqlite:///{folder}/books.sqlite")
    init(engine)
    engine.dispose()
    state = database.connect(f"sqlite:///{folder}/state.sqlite")
    database.migrate(state)
    state.dispose()
    return folder
