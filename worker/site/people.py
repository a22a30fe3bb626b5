"""Who may sign in, and what each may do. Passwords are kept as argon2id hashes; nobody has one by default."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from threading import BoundedSemaphore
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from errors.language import _, say
from worker.state.deeds import Deed, record
from worker.state.tables import sessions, users

LEAST, MOST = 10, 200  # characters of a password
AT_ONCE = 2  # each takes 64 MiB: a flood of sign-ins must not take the machine's memory
_NAME = re.compile(r"[\w.@+-]{1,64}")
_hasher = PasswordHasher()
_room = BoundedSemaphore(AT_ONCE)


class Role(StrEnum):
    """Each may do what those before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def may(self, needed: Role) -> bool:
        order = list(Role)
        return order.index(self) >= order.index(needed)


class SignsIn(StrEnum):
    """How: with a password kept here; with the sign-in service, added by an admin or let in by a group there."""

    PASSWORD = "password"  # noqa: S105 - a word
    OPENID = "openid"
    GROUP = "group"


class RefusedError(ValueError):
    """What was asked for cannot be; the sentence says why, in the reader's language."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """`once`: signed in with a one-time password, another must be chosen. `language`, `theme`: "" for no choice."""

    id: int
    name: str
    role: Role
    signs_in: SignsIn
    once: bool
    language: str
    theme: str
    created_at: datetime
    seen_at: datetime | None


def add(connection: Connection, name: str, role: Role, password: str | None, *, by: str, now: datetime) -> str:
    """A new user. Returns the password: a fresh one-time password when none is given.

    Raises:
        RefusedError: the name is taken or none, or the password is too short.
    """
    check_name(name)
    given = one_time() if password is None else _acceptable(name, password)
    insert_new(connection, name, role, by=by, now=now, password=_hash(given), once=password is None)
    return given


def check_name(name: str) -> None:
    """Raises RefusedError."""
    if not _NAME.fullmatch(name):
        raise RefusedError(_("A name has letters, digits and . _ @ + - only, at most 64 of them."))


def insert_new(connection: Connection, name: str, role: Role, *, by: str, now: datetime, **values: Any) -> None:
    """Raises RefusedError: the name is taken."""
    if _row(connection, name) is not None:
        raise RefusedError(say("There is a user {name} already.", name=name))
    try:
        connection.execute(insert(users).values(name=name, role=role, created_at=now, **values))
    except IntegrityError:
        raise RefusedError(say("There is a user {name} already.", name=name)) from None
    record(connection, Deed.USER_ADDED, by=by, now=now, subject=name, value=role)


def set_password(connection: Connection, name: str, password: str | None, *, by: str, now: datetime) -> str:
    """Another password; every session of the user ends. Returns it: a one-time password when none is given.

    Raises:
        RefusedError: there is no such user, one without a password, or the password is too short.
    """
    row = known(connection, name)
    if row["signs_in"] != SignsIn.PASSWORD:
        raise RefusedError(say("{name} signs in with OpenID Connect and has no password here.", name=name))
    given = one_time() if password is None else _acceptable(name, password)
    values = {"password": _hash(given), "once": password is None}
    connection.execute(update(users).where(users.c.id == row["id"]).values(**values))
    connection.execute(delete(sessions).where(sessions.c.user_id == row["id"]))
    record(connection, Deed.PASSWORD_CHOSEN if by == name else Deed.PASSWORD_RESET, by=by, now=now, subject=name)
    return given


def set_role(connection: Connection, name: str, role: Role, *, by: str, now: datetime) -> None:
    """Counts at once, in sessions that are open, too.

    Raises:
        RefusedError: there is no such user, a group gives the role, or no admin would be left.
    """
    row = known(connection, name)
    if row["signs_in"] == SignsIn.GROUP:
        raise RefusedError(say("{name} has the role that their group at the sign-in service gives.", name=name))
    if role is not Role.ADMIN:
        _keep_an_admin(connection, row)
    write_role(connection, row, role, by=by, now=now)


def write_role(connection: Connection, row: RowMapping, role: Role, *, by: str, now: datetime) -> None:
    """Nothing is written where nothing changes."""
    if row["role"] == role:
        return
    connection.execute(update(users).where(users.c.id == row["id"]).values(role=role))
    record(connection, Deed.ROLE_CHANGED, by=by, now=now, subject=row["name"], value=f"{row['role']} → {role}")


def remove(connection: Connection, name: str, *, by: str, now: datetime) -> None:
    """The user and every session of theirs; what they did stays in the audit.

    Raises:
        RefusedError: there is no such user, or no admin would be left.
    """
    row = known(connection, name)
    _keep_an_admin(connection, row)
    connection.execute(delete(users).where(users.c.id == row["id"]))
    record(connection, Deed.USER_REMOVED, by=by, now=now, subject=name)


def prefer(connection: Connection, person: Person, *, language: str, theme: str) -> None:
    connection.execute(update(users).where(users.c.id == person.id).values(language=language, theme=theme))


def listed(connection: Connection) -> list[Person]:
    return [person_of(row) for row in connection.execute(select(users).order_by(users.c.name)).mappings()]


def verified(connection: Connection, name: str, password: str) -> Person | None:
    """The user, if that is the password. A name that nobody has takes as long to refuse as a wrong password."""
    row = _row(connection, name)
    kept = _nobody() if row is None else row["password"]
    try:
        with _room:
            _hasher.verify(kept, password[: MOST + 1])
    except (VerifyMismatchError, InvalidHashError):
        return None
    return None if row is None else person_of(row)


def known(connection: Connection, name: str) -> RowMapping:
    """Raises RefusedError: there is no such user."""
    row = _row(connection, name)
    if row is None:
        raise RefusedError(say("There is no user {name}.", name=name))
    return row


def person_of(row: RowMapping) -> Person:
    kept = {name: row[name] for name in ("id", "name", "once", "language", "theme", "created_at", "seen_at")}
    return Person(role=Role(row["role"]), signs_in=SignsIn(row["signs_in"]), **kept)


def one_time() -> str:
    return secrets.token_urlsafe(12)


def nobodys_password() -> str:
    """The hash of one that nobody knows: guessing at it takes as long as at any other."""
    return _hash(secrets.token_urlsafe())


# --- how -------------------------------------------------------------------------------------------------------------


def _acceptable(name: str, password: str) -> str:
    if len(password) < LEAST:
        raise RefusedError(say("A password has at least {least} characters.", least=LEAST))
    if len(password) > MOST:
        raise RefusedError(say("A password has at most {most} characters.", most=MOST))
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise RefusedError(_("That password is too easy to guess."))
    return password


def _hash(password: str) -> str:
    with _room:
        return _hasher.hash(password)


@cache
def _nobody() -> str:
    return nobodys_password()


def _row(connection: Connection, name: str) -> RowMapping | None:
    return connection.execute(select(users).where(users.c.name == name)).mappings().one_or_none()


def _keep_an_admin(connection: Connection, row: RowMapping) -> None:
    others = select(func.count()).where(users.c.role == Role.ADMIN, users.c.id != row["id"])
    if row["role"] == Role.ADMIN and connection.execute(others).scalar_one() == 0:
        raise RefusedError(say("{name} is the only admin.", name=row["name"]))
