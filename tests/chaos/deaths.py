"""kill -9, again and again, of a real daemon that works between real databases and a real HTTP QuickBooks."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from tests.chaos.site import Site
from tests.support.gate import Blow, Phase
from tests.support.servers import MortalPostgres

MOST_REQUESTS, MOST_WRITES = 12, 4  # that a daemon sees before it dies
LOOK = 5  # seconds between two looks at a daemon that has too little to do
SETTLED_WITHIN = 240  # seconds, of the last daemon


@dataclass
class Deaths:
    """What was done, and where the requests were at which the blows fell."""

    daemons: int = 0
    servers: int = 0
    places: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        places = ", ".join(f"{count} {place}" for place, count in sorted(self.places.items()))
        return f"daemons killed: {self.daemons}, database servers killed: {self.servers} ({places})"


def kill_daemon(site: Site, rng: Random, deaths: Deaths) -> None:
    """A daemon works until a request that the dice chose; meanwhile the business writes its books."""
    site.business.work(rng)
    with site.daemon() as daemon:
        _wait(site, rng, daemon, deaths, daemon.kill)
    site.bury()
    deaths.daemons += 1


def kill_server(site: Site, rng: Random, deaths: Deaths, server: MortalPostgres) -> None:
    """The database server dies under the daemon's work, and comes back; the daemon outlives it, and dies of age."""
    site.business.work(rng)
    with site.daemon() as daemon:
        _wait(site, rng, daemon, deaths, server.kill)
        server.start()
        assert daemon.poll() is None, "the daemon died with its database"
    site.bury()
    deaths.servers += 1


def _wait(
    site: Site, rng: Random, daemon: subprocess.Popen[bytes], deaths: Deaths, strike: Callable[[], object]
) -> None:
    phase, writes_only = rng.choice(list(Phase)), rng.random() < 0.7
    after = rng.randint(1, MOST_WRITES if writes_only else MOST_REQUESTS)
    blow = Blow(after, phase, writes_only, strike)
    site.gate.plan(blow)
    site.business.work(rng)
    while not blow.fallen.wait(LOOK):
        assert daemon.poll() is None, f"the daemon ended by itself: {daemon.returncode}"
        site.business.work(rng)
    deaths.places[f"at a {'write' if writes_only else 'request'}, {phase}"] += 1


def settled(site: Site) -> list[str]:
    """The last daemon, whom nobody kills, finishes; what is then left of differences."""
    waiting = Retrying(
        retry=retry_if_result(bool),
        wait=wait_fixed(0.5),
        stop=stop_after_delay(SETTLED_WITHIN),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else ["nothing was looked at"],
    )
    with site.daemon():
        left: list[str] = waiting(site.differences)
    return left
