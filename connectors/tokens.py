"""The tokens of each company, encrypted at rest, renewed by one at a time (invariant I8).

Renewing calls Intuit, which may take a minute. A database lock held for that long would stop everybody who writes
(SQLite has one writer), so the right to renew is a *lease*: two columns, taken by compare-and-set, committed at once.
Who dies while holding it is forgotten when it runs out. A renewed pair is stored by compare-and-set on the refresh
token it was made from, and committed before anybody uses it: a newer pair is never overwritten by an older one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)

from errors.kinds import ConnectionLost, QuickBooksUnavailable
from errors.problem import Fact, Fault, Problem, ProblemError, phrase
from errors.tables import UtcDateTime

MARGIN = timedelta(minutes=5)
LEASE = timedelta(minutes=3)  # longer than a token call may take with every timeout used up
POLL = 0.25

CONNECTED, LOST, DISCONNECTED = "connected", "lost", "disconnected"


metadata = MetaData()
tokens = Table(
    "tokens",
    metadata,
    Column("company", String(100), primary_key=True),
    Column("realm_id", String(32), nullable=False),
    Column("environment", String(200), nullable=False),
    # Text: Intuit's tokens have up to 4096 and 512 characters, Fernet makes a third more of them (qbo-facts 8.1).
    Column("access_token", Text, nullable=False),
    Column("refresh_token", Text, nullable=False),
    Column("access_expires_at", UtcDateTime, nullable=False),
    Column("refresh_expires_at", UtcDateTime, nullable=False),
    Column("connected_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("status", String(16), nullable=False),
    Column("lease_owner", String(36)),
    Column("lease_until", UtcDateTime),
)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What Intuit gives: a pair of tokens and when each ends."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Token(Grant):
    """A company's pair with all that is known of its connection."""

    company: str
    realm_id: str
    environment: str
    connected_at: datetime
    updated_at: datetime
    status: str
    sealed_refresh: str = field(repr=False)  # as stored: tells whether somebody changed it since


Refresher = Callable[[str], Grant]


class TokenStore:
    """Tokens in the state database.

    Args:
        keys: Fernet keys; the first one encrypts, all of them decrypt (so that a key can be rotated).

    Raises:
        ValueError: no key, or one that Fernet does not take.
    """

    def __init__(self, engine: Engine, keys: Sequence[str], *, now: Callable[[], datetime]) -> None:
        if not keys:
            raise ValueError("quickbooks.token_key is empty; make one with `cuadre config new-key`")
        try:
            self._box = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise ValueError("quickbooks.token_key must be 32 bytes in URL-safe base64 (a Fernet key)") from error
        self.engine = engine
        self._now = now
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)
        self._locks_lock = Lock()

    def load(self, company: str) -> Token | None:
        """What is stored, connected or not; None for a company that never was.

        Raises:
            ProblemError: ConnectionLost, the tokens were encrypted with a key that is no longer configured.
        """
        with self.engine.connect() as connection:
            row = connection.execute(select(tokens).where(tokens.c.company == company)).mappings().one_or_none()
        return self._opened(row) if row is not None else None

    def realm_of(self, company: str) -> str:
        """The realm that the company belongs to, "" before its first connection; no key is needed to know it."""
        with self.engine.connect() as connection:
            found = connection.execute(select(tokens.c.realm_id).where(tokens.c.company == company)).scalar()
        return found or ""

    def connect(self, company: str, realm_id: str, environment: str, grant: Grant) -> None:
        """Store the first pair of a connection; durable when this returns. The company's earlier pair is replaced."""
        moment = self._now()
        values = self._sealed(grant) | {
            "company": company,
            "realm_id": realm_id,
            "environment": environment,
            "connected_at": moment,
            "updated_at": moment,
            "status": CONNECTED,
        }
        with self.engine.begin() as connection:
            connection.execute(delete(tokens).where(tokens.c.company == company))
            connection.execute(insert(tokens).values(values))

    def save(self, token: Token, grant: Grant) -> bool:
        """Store the pair that was made from `token`; durable when this returns. False: somebody was faster."""
        values = self._sealed(grant) | {"updated_at": self._now(), "status": CONNECTED}
        return self._write(_unchanged(token), values | {"lease_owner": None, "lease_until": None})

    def mark_stale(self, company: str, access_token: str) -> None:
        """QuickBooks refused this access token (401): the next call renews it. Nothing happens if it is not current."""
        token = self.load(company)
        if token is not None and token.access_token == access_token:
            self._write(_unchanged(token), {"access_expires_at": self._now()})

    def mark_lost(self, token: Token) -> bool:
        """The refresh token is dead: a person must connect again. False: somebody stored a newer pair."""
        return self._write(_unchanged(token), {"status": LOST, "updated_at": self._now()})

    def disconnect(self, company: str) -> None:
        """Forget the tokens; which realm the company belongs to stays known."""
        nothing = {"access_token": self._seal(""), "refresh_token": self._seal("")}
        self._write(tokens.c.company == company, nothing | {"status": DISCONNECTED, "updated_at": self._now()})

    def take_lease(self, company: str, owner: str) -> bool:
        """Take the right to renew; False while somebody else has it."""
        moment = self._now()
        free = or_(tokens.c.lease_until.is_(None), tokens.c.lease_until < moment)
        lease = {"lease_owner": owner, "lease_until": moment + LEASE}
        return self._write(and_(tokens.c.company == company, free), lease)

    def drop_lease(self, company: str, owner: str) -> None:
        mine = and_(tokens.c.company == company, tokens.c.lease_owner == owner)
        self._write(mine, {"lease_owner": None, "lease_until": None})

    def lock(self, company: str) -> AbstractContextManager[Any]:
        """This process's own lock of a company: its threads need not ask the database whose turn it is."""
        with self._locks_lock:
            return self._locks[company]

    def _write(self, where: ColumnElement[bool], values: dict[str, Any]) -> bool:
        with self.engine.begin() as connection:
            return connection.execute(update(tokens).where(where).values(values)).rowcount == 1

    def _seal(self, text: str) -> str:
        return self._box.encrypt(text.encode()).decode("ascii")

    def _sealed(self, grant: Grant) -> dict[str, Any]:
        return {
            "access_token": self._seal(grant.access_token),
            "refresh_token": self._seal(grant.refresh_token),
            "access_expires_at": grant.access_expires_at,
            "refresh_expires_at": grant.refresh_expires_at,
        }

    def _opened(self, row: RowMapping) -> Token:
        company = row["company"]
        try:
            access, refresh = (self._box.decrypt(row[name]).decode() for name in ("access_token", "refresh_token"))
        except InvalidToken as error:
            raise lost(company, phrase("the stored tokens do not open with the configured token_key")) from error
        plain = {name: row[name] for name in Token.__dataclass_fields__ if name in row}
        plain |= {"access_token": access, "refresh_token": refresh, "sealed_refresh": row["refresh_token"]}
        return Token(**plain)


def _unchanged(token: Token) -> ColumnElement[bool]:
    return and_(tokens.c.company == token.company, tokens.c.refresh_token == token.sealed_refresh)


def lost(company: str, detail: Fact, fault: Fault | None = None) -> ProblemError:
    """The exception that halts a company until a person connects it again."""
    facts: dict[str, Fact] = {"company": company, "detail": detail}
    return ProblemError(Problem(kind=ConnectionLost, subject=f"company {company}", facts=facts, fault=fault or Fault()))


def require_connected(token: Token | None, company: str, environment: str) -> Token:
    """The token of a company that may be used.

    Raises:
        ProblemError: ConnectionLost, with what is the matter.
    """
    if token is None:
        raise lost(company, phrase("it was never connected"))
    if token.status == DISCONNECTED:
        raise lost(company, phrase("it was disconnected"))
    if token.status == LOST:
        raise lost(company, phrase("Intuit refused to renew it"))
    if token.environment != environment:
        raise lost(company, phrase("it was connected in another environment (quickbooks.environment)"))
    return token


class Renewer:
    """Hands out an access token that is good for a while, and renews it when it is not: once, whoever asks.

    `refresher` asks Intuit (it raises ProblemError: ConnectionLost or QuickBooksUnavailable).
    """

    def __init__(
        self,
        store: TokenStore,
        refresher: Refresher,
        *,
        environment: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._store = store
        self._refresher = refresher
        self._environment = environment
        self._now = now
        self._sleep = sleep

    def fresh(self, company: str) -> Token:
        """A pair whose access token lasts at least five minutes more.

        Raises:
            ProblemError: ConnectionLost, or QuickBooksUnavailable when the token endpoint does not answer.
        """
        token = self._current(company)
        if not self._due(token):
            return token
        with self._store.lock(company):
            return self._renewed(company)

    def _renewed(self, company: str) -> Token:
        owner = str(uuid4())
        give_up = self._now() + 2 * LEASE
        while not self._store.take_lease(company, owner):
            self._sleep(POLL)
            token = self._current(company)
            if not self._due(token):
                return token
            if self._now() > give_up:
                detail = phrase("another process has been renewing the tokens for too long")
                problem = Problem(kind=QuickBooksUnavailable, subject=f"company {company}", facts={"detail": detail})
                raise ProblemError(problem)
        try:
            token = self._current(company)  # again, under the lease: somebody may have renewed it meanwhile
            return self._ask(token) if self._due(token) else token
        finally:
            self._store.drop_lease(company, owner)

    def _ask(self, token: Token) -> Token:
        try:
            grant = self._refresher(token.refresh_token)
        except ProblemError as error:
            if error.problem.kind is ConnectionLost and not self._store.mark_lost(token):
                return self._current(token.company)  # a newer pair is there: ours was refused because it is old
            raise
        self._store.save(token, grant)
        return self._current(token.company)

    def _current(self, company: str) -> Token:
        return require_connected(self._store.load(company), company, self._environment)

    def _due(self, token: Token) -> bool:
        return token.access_expires_at <= self._now() + MARGIN
