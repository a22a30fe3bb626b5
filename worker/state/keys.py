"""API keys: made once, shown once, kept as a hash. A key is `cuadre_` + 8 characters that name it + a secret."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from errors.language import _, say
from worker.state.deeds import Deed, record
from worker.state.outside import api_keys

NAME = re.compile(r"[\w.@+-]{1,64}")
SHAPE = re.compile(r"cuadre_([0-9a-f]{8})_[A-Za-z0-9_-]{43}")
NOTED = timedelta(minutes=10)  # a key in use is not written down at every request
NOBODY = "0" * 64


class Scope(StrEnum):
    """What a key may do. READ: look; ACT: orders for errors; SYNC: a look now; WEBHOOKS: what QuickBooks told us."""

    READ = "read"
    ACT = "act"
    SYNC = "sync"
    WEBHOOKS = "webhooks"


class RefusedKeyError(ValueError):
    """What was asked for cannot be; the sentence says why, in the reader's language."""


@dataclass(frozen=True, kw_only=True)
class Key:
    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    seen_at: datetime | None


def add(connection: Connection, name: str, scopes: Collection[Scope], *, by: str, now: datetime) -> str:
    """The new key, which is never shown again.

    Raises:
        RefusedKeyError: the name is taken or none, or the key could do nothing.
    """
    if not NAME.fullmatch(name):
        raise RefusedKeyError(_("A name has letters, digits and . _ @ + - only, at most 64 of them."))
    if not scopes:
        raise RefusedKeyError(_("A key needs at least one scope."))
    if name in {each.name for each in listed(connection)}:
        raise RefusedKeyError(say("There is a key {name} already.", name=name))
    key_id = secrets.token_hex(4)
    key = f"cuadre_{key_id}_{secrets.token_urlsafe(32)}"
    words = " ".join(sorted(scope.value for scope in set(scopes)))
    values = {"id": key_id, "name": name, "hash": _hash(key), "scopes": words, "created_at": now, "created_by": by}
    try:
        connection.execute(insert(api_keys).values(**values))
    except IntegrityError:
        raise RefusedKeyError(say("There is a key {name} already.", name=name)) from None
    record(connection, Deed.KEY_MADE, by=by, now=now, subject=name, value=words)
    return key


def remove(connection: Connection, name: str, *, by: str, now: datetime) -> bool:
    """It counts at once; False: there is none of this name. What it did stays in the audit."""
    done = connection.execute(delete(api_keys).where(api_keys.c.name == name)).rowcount == 1
    if done:
        record(connection, Deed.KEY_REMOVED, by=by, now=now, subject=name)
    return done


def listed(connection: Connection) -> list[Key]:
    return [_key(row) for row in connection.execute(select(api_keys).order_by(api_keys.c.name)).mappings()]


def verified(connection: Connection, given: str) -> Key | None:
    """The key, if there is such a one; how long this takes tells nothing of the secret."""
    shape = SHAPE.fullmatch(given)
    if shape is None:
        return None
    row = connection.execute(select(api_keys).where(api_keys.c.id == shape[1])).mappings().one_or_none()
    kept = NOBODY if row is None else row["hash"]
    return _key(row) if hmac.compare_digest(kept, _hash(given)) and row is not None else None


def noted(key: Key, now: datetime) -> bool:
    """Whether its last use is known well enough."""
    return key.seen_at is not None and now - key.seen_at < NOTED


def seen(connection: Connection, key: Key, now: datetime) -> None:
    connection.execute(update(api_keys).where(api_keys.c.id == key.id).values(seen_at=now))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _key(row: RowMapping) -> Key:
    plain = {name: row[name] for name in ("id", "name", "created_at", "created_by", "seen_at")}
    return Key(scopes=frozenset(Scope(word) for word in row["scopes"].split()), **plain)
