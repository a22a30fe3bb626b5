"""Real deaths: a process killed in the middle of its work leaves books that the next one brings to an end."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.chaos.deaths import Deaths, kill_daemon, kill_server, settled
from tests.chaos.site import built
from tests.support.servers import POSTGRES_VARIABLE, MortalPostgres, NoServerError

KILLS = 20
SERVERS = 3


@pytest.mark.slow
def test_a_daemon_may_be_killed_twenty_times_and_both_sides_agree_to_the_cent(tmp_path: Path) -> None:
    rng, deaths = Random(4), Deaths()
    with built(tmp_path) as site:
        for _ in range(KILLS):
            kill_daemon(site, rng, deaths)
        assert settled(site) == [], (tmp_path / "log").read_text()[-10_000:]
        assert site.business.documents >= KILLS
    assert deaths.places.total() == KILLS
    assert len(deaths.places) > 1, deaths


@pytest.fixture
def server() -> Iterator[MortalPostgres]:
    if os.environ.get(POSTGRES_VARIABLE):
        pytest.skip("a server that is not ours is not killed")
    directory = Path(tempfile.mkdtemp(prefix="cuadre-"))
    try:
        mortal = MortalPostgres(directory)
    except NoServerError as error:
        pytest.skip(f"no PostgreSQL: {error}")
    yield mortal
    mortal.close()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.mark.slow
def test_the_database_server_may_be_killed_under_the_daemon(tmp_path: Path, server: MortalPostgres) -> None:
    rng, deaths = Random(4), Deaths()
    with built(tmp_path, server.url.render_as_string(hide_password=False)) as site:
        for _ in range(SERVERS):
            kill_server(site, rng, deaths, server)
        assert settled(site) == [], (tmp_path / "log").read_text()[-10_000:]
    assert deaths.places.total() == SERVERS
