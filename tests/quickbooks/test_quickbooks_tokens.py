"""Tokens: encrypted, durable before use, renewed once whoever asks (invariant I8)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Lock

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, text

from connectors.tokens import LEASE, Grant, Renewer, TokenStore, lost, metadata
from errors.kinds import ConnectionLost, QuickBooksUnavailable
from errors.problem import Problem, ProblemError
from tests.support.quickbooks_desk import FakeClock, grant, token_store


class RotatingEndpoint:
    """Gives a new pair for the newest refresh token; an older one is dead for ever, and takes the newest with it."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.newest = "refresh-1"
        self.asked = 0
        self.refused = 0
        self._lock = Lock()
        self.meanwhile: Callable[[], object] = lambda: None

    def refresh(self, refresh_token: str) -> Grant:
        with self._lock:
            self.asked += 1
            if refresh_token != self.newest:
                self.refused += 1
                raise lost("shop", "invalid_grant")
            self.newest = f"refresh-{self.asked + 1}"
            new = grant(self.clock, access=f"access-{self.asked + 1}", refresh=self.newest)
        self.meanwhile()
        return new


def renewer(store: TokenStore, endpoint: RotatingEndpoint, clock: FakeClock) -> Renewer:
    return Renewer(store, endpoint.refresh, environment="sandbox", now=clock.now, sleep=clock.sleep)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> TokenStore:
    store = token_store(clock)
    store.connect("shop", "realm-1", "sandbox", grant(clock))
    return store


def test_a_token_that_lasts_is_not_renewed(clock: FakeClock, store: TokenStore) -> None:
    endpoint = RotatingEndpoint(clock)
    assert renewer(store, endpoint, clock).fresh("shop").access_token == "access-1"
    assert endpoint.asked == 0


def test_a_token_is_renewed_five_minutes_before_its_end(clock: FakeClock, store: TokenStore) -> None:
    endpoint = RotatingEndpoint(clock)
    clock.sleep(55 * 60)
    assert renewer(store, endpoint, clock).fresh("shop").access_token == "access-2"
    kept = store.load("shop")
    assert kept is not None
    assert kept.refresh_token == "refresh-2"
    assert kept.access_expires_at == clock.now() + timedelta(hours=1)


@pytest.mark.parametrize("database", ["sqlite_url", "postgres_url"])
def test_many_threads_and_processes_renew_once(database: str, request: pytest.FixtureRequest, clock: FakeClock) -> None:
    key = Fernet.generate_key().decode()
    url: str = request.getfixturevalue(database)
    waiting = {"connect_args": {"timeout": 30}} if url.startswith("sqlite") else {"pool_size": 2}
    engines = [create_engine(url, **waiting) for _ in range(4)]
    metadata.create_all(engines[0])
    stores = [TokenStore(engine, [key], now=clock.now) for engine in engines]  # a process has locks of its own
    stores[0].connect("shop", "realm-1", "sandbox", grant(clock, minutes=1))
    endpoint = RotatingEndpoint(clock)
    # Time stands still: a lease that a slow thread holds must not run out because others wait for it.
    renewers = [
        Renewer(store, endpoint.refresh, environment="sandbox", now=clock.now, sleep=lambda _: None) for store in stores
    ]
    with ThreadPoolExecutor(24) as pool:
        found = list(pool.map(lambda place: renewers[place % 4].fresh("shop").access_token, range(48)))
    for engine in engines:
        engine.dispose()
    assert set(found) == {"access-2"}
    assert (endpoint.asked, endpoint.refused) == (1, 0)


def test_a_renewed_pair_is_durable_before_it_is_used(clock: FakeClock, store: TokenStore) -> None:
    clock.sleep(3600)
    endpoint = RotatingEndpoint(clock)
    token = renewer(store, endpoint, clock).fresh("shop")
    assert store.load("shop") == token


def test_no_database_lock_is_held_while_intuit_is_asked(tmp_path: Path, clock: FakeClock) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'state.sqlite'}", connect_args={"timeout": 0})
    metadata.create_all(engine)
    store = TokenStore(engine, [Fernet.generate_key().decode()], now=clock.now)
    store.connect("shop", "realm-1", "sandbox", grant(clock, minutes=1))
    endpoint = RotatingEndpoint(clock)

    def somebody_writes() -> None:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE other (n INTEGER)"))

    endpoint.meanwhile = somebody_writes
    renewer(store, endpoint, clock).fresh("shop")
    engine.dispose()
    assert endpoint.asked == 1


def test_who_waits_for_another_process_uses_its_pair(clock: FakeClock, store: TokenStore) -> None:
    clock.sleep(3600)
    endpoint = RotatingEndpoint(clock)
    before = store.load("shop")
    assert before is not None
    assert store.take_lease("shop", "other-process")

    def the_other_finishes(seconds: float) -> None:
        clock.sleep(seconds)
        store.save(before, endpoint.refresh(before.refresh_token))

    waiting = Renewer(store, endpoint.refresh, environment="sandbox", now=clock.now, sleep=the_other_finishes)
    assert waiting.fresh("shop").access_token == "access-2"
    assert endpoint.asked == 1


def test_the_lease_of_a_process_that_died_runs_out(clock: FakeClock, store: TokenStore) -> None:
    clock.sleep(3600)
    store.take_lease("shop", "died")
    began = clock.now()
    endpoint = RotatingEndpoint(clock)
    assert renewer(store, endpoint, clock).fresh("shop").access_token == "access-2"
    assert LEASE <= clock.now() - began < LEASE + timedelta(seconds=2)


def test_the_lease_is_given_back_when_intuit_does_not_answer(clock: FakeClock, store: TokenStore) -> None:
    clock.sleep(3600)

    def silent(_: str) -> Grant:
        raise ProblemError(Problem(kind=QuickBooksUnavailable, subject="company shop", facts={"detail": "503"}))

    with pytest.raises(ProblemError):
        Renewer(store, silent, environment="sandbox", now=clock.now, sleep=clock.sleep).fresh("shop")
    assert store.take_lease("shop", "next")


def test_an_older_pair_never_replaces_a_newer_one(clock: FakeClock, store: TokenStore) -> None:
    old = store.load("shop")
    assert old is not None
    assert store.save(old, grant(clock, refresh="refresh-2"))
    assert not store.save(old, grant(clock, refresh="refresh-0"))
    kept = store.load("shop")
    assert kept is not None
    assert kept.refresh_token == "refresh-2"


def test_a_dead_refresh_token_loses_the_connection_for_good(clock: FakeClock, store: TokenStore) -> None:
    clock.sleep(3600)
    endpoint = RotatingEndpoint(clock)
    endpoint.newest = "somebody else's"
    for _ in range(2):
        with pytest.raises(ProblemError) as raised:
            renewer(store, endpoint, clock).fresh("shop")
        assert raised.value.problem.kind is ConnectionLost
    assert endpoint.asked == 1  # Intuit is not asked again


def test_a_refusal_of_an_old_token_does_not_lose_the_newer_pair(clock: FakeClock, store: TokenStore) -> None:
    clock.sleep(3600)

    def refused(_: str) -> Grant:
        held = store.load("shop")
        assert held is not None
        store.save(held, grant(clock, access="newer", refresh="refresh-9"))
        raise lost("shop", "invalid_grant")

    asking = Renewer(store, refused, environment="sandbox", now=clock.now, sleep=clock.sleep)
    assert asking.fresh("shop").access_token == "newer"


def test_a_refused_access_token_is_renewed_by_the_next_call(clock: FakeClock, store: TokenStore) -> None:
    endpoint = RotatingEndpoint(clock)
    store.mark_stale("shop", "access-0")  # not the current one: nothing happens
    assert renewer(store, endpoint, clock).fresh("shop").access_token == "access-1"
    store.mark_stale("shop", "access-1")
    assert renewer(store, endpoint, clock).fresh("shop").access_token == "access-2"


def test_tokens_of_the_greatest_size_stand_encrypted_in_the_database(clock: FakeClock, store: TokenStore) -> None:
    store.connect("big", "realm-2", "sandbox", grant(clock, access="a" * 4096, refresh="r" * 512))
    kept = store.load("big")
    assert kept is not None
    assert (len(kept.access_token), len(kept.refresh_token)) == (4096, 512)
    with store.engine.connect() as connection:
        stored = str(connection.execute(text("SELECT * FROM tokens")).fetchall())
    assert "aaaa" not in stored
    assert "refresh-1" not in stored
    assert "rrrr" not in repr(kept)
    assert "aaaa" not in repr(kept)


def test_a_key_is_rotated(clock: FakeClock) -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    first = token_store(clock, old)
    first.connect("shop", "realm-1", "sandbox", grant(clock))
    both = TokenStore(first.engine, [new, old], now=clock.now)
    assert both.load("shop") is not None
    only_new = TokenStore(first.engine, [new], now=clock.now)
    with pytest.raises(ProblemError) as raised:
        only_new.load("shop")
    assert raised.value.problem.kind is ConnectionLost
    assert only_new.realm_of("shop") == "realm-1"


@pytest.mark.parametrize("keys", [[], ["short"]])
def test_a_bad_key_is_named(clock: FakeClock, store: TokenStore, keys: list[str]) -> None:
    with pytest.raises(ValueError, match="token_key"):
        TokenStore(store.engine, keys, now=clock.now)


def test_a_disconnected_company_keeps_its_realm(clock: FakeClock, store: TokenStore) -> None:
    store.disconnect("shop")
    with pytest.raises(ProblemError, match="connection-lost"):
        renewer(store, RotatingEndpoint(clock), clock).fresh("shop")
    assert store.realm_of("shop") == "realm-1"
    kept = store.load("shop")
    assert kept is not None
    assert (kept.access_token, kept.refresh_token) == ("", "")


def test_a_company_of_another_environment_is_not_used(clock: FakeClock, store: TokenStore) -> None:
    asking = Renewer(store, RotatingEndpoint(clock).refresh, environment="production", now=clock.now, sleep=clock.sleep)
    with pytest.raises(ProblemError, match="environment"):
        asking.fresh("shop")
    with pytest.raises(ProblemError, match="never connected"):
        asking.fresh("nobody")


def test_times_read_back_in_utc(clock: FakeClock, store: TokenStore) -> None:
    kept = store.load("shop")
    assert kept is not None
    assert kept.connected_at == clock.now()
    assert kept == replace(kept, connected_at=clock.now())
