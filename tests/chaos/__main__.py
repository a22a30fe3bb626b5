"""`make chaos`: hundreds of real deaths. `python -m tests.chaos --kills 200 --servers 10 --seed 1`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from random import Random

from tests.chaos.deaths import Deaths, kill_daemon, kill_server, settled
from tests.chaos.site import Site, built
from tests.support.servers import MortalPostgres


def main() -> int:
    """Exit code 1 when both sides do not agree at the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--kills", type=int, default=200, help="daemons to kill")
    parser.add_argument("--servers", type=int, default=10, help="database servers to kill")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="cuadre-"))
    left = _daemons(directory / "sqlite", asked.kills, asked.seed) + _servers(directory, asked.servers, asked.seed)
    for difference in left:
        _say(difference)
    if left:
        _say(f"what was said stands in {directory}; again: python -m tests.chaos --seed {asked.seed}")
        return 1
    shutil.rmtree(directory, ignore_errors=True)
    return 0


def _daemons(directory: Path, kills: int, seed: int) -> list[str]:
    rng, deaths = Random(seed), Deaths()
    directory.mkdir()
    with built(directory) as site:
        for _ in range(kills):
            kill_daemon(site, rng, deaths)
            _tell(deaths, site)
        return _end(deaths, site)


def _servers(directory: Path, kills: int, seed: int) -> list[str]:
    """Daemons that outlive their database; each round ends with the daemon's own death."""
    rng, deaths = Random(seed), Deaths()
    server = MortalPostgres(directory / "server")
    (directory / "postgres").mkdir()
    try:
        with built(directory / "postgres", server.url.render_as_string(hide_password=False)) as site:
            for _ in range(kills):
                kill_server(site, rng, deaths, server)
                _tell(deaths, site)
            return _end(deaths, site)
    finally:
        server.close()


def _tell(deaths: Deaths, site: Site) -> None:
    sys.stderr.write(f"\r{deaths.daemons + deaths.servers} deaths, {site.business.documents} documents")


def _end(deaths: Deaths, site: Site) -> list[str]:
    left = settled(site)
    _say(f"\n{deaths}; documents={site.business.documents} requests={site.gate.seen} differences={len(left)}")
    return left


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
