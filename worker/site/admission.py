"""Whom the sign-in service may bring in: who was added here, and who is in a group that has a role.

A name at the service may change hands, so it counts once: at the first sign-in of who was added. From then on the
service's own mark of the person (subject) decides. Nobody gets a user that signs in with a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, select, update

from errors.language import _, say
from worker.openid.identity import Identity
from worker.site.people import (
    Person,
    RefusedError,
    Role,
    SignsIn,
    check_name,
    insert_new,
    known,
    nobodys_password,
    person_of,
    write_role,
)
from worker.state.deeds import Deed, record
from worker.state.tables import sessions, users


def add(connection: Connection, name: str, role: Role, *, by: str, now: datetime) -> None:
    """A user without a password: the service says who it is. `name` as the service tells it.

    Raises:
        RefusedError: the name is taken or none.
    """
    check_name(name)
    values = {"password": nobodys_password(), "once": False, "signs_in": SignsIn.OPENID}
    insert_new(connection, name, role, by=by, now=now, **values)


def move(connection: Connection, name: str, *, by: str, now: datetime) -> None:
    """The user signs in with the service from now on; whoever has the name there at the next sign-in is the one.

    Raises:
        RefusedError: there is no such user.
    """
    row = known(connection, name)
    values = {"password": nobodys_password(), "once": False, "signs_in": SignsIn.OPENID, "subject": ""}
    connection.execute(update(users).where(users.c.id == row["id"]).values(**values))
    connection.execute(delete(sessions).where(sessions.c.user_id == row["id"]))
    record(connection, Deed.USER_MOVED, by=by, now=now, subject=name)


def admit(connection: Connection, who: Identity, roles: Mapping[str, str], now: datetime) -> Person:
    """The user that this is; one who is let in by a group is made, or has the role of the group now.

    Raises:
        RefusedError: it is nobody here, or the name cannot be relied on.
    """
    row = _bound(connection, who) or _expected(connection, who)
    role = role_of(who.groups, roles)
    if row is None:
        if role is None:
            raise RefusedError(_stranger(who))
        _check(who)
        values = {"password": nobodys_password(), "once": False, "signs_in": SignsIn.GROUP, "subject": who.subject}
        insert_new(connection, who.name, role, by=who.name, now=now, **values)
    elif row["signs_in"] == SignsIn.GROUP:
        if role is None:
            raise RefusedError(_stranger(who))
        write_role(connection, row, role, by=row["name"], now=now)
    found = _bound(connection, who)
    assert found is not None
    return person_of(found)


def role_of(groups: frozenset[str], roles: Mapping[str, str]) -> Role | None:
    """The highest role that one of these groups has."""
    found = {Role(role) for group, role in roles.items() if group in groups}
    return next((role for role in reversed(Role) if role in found), None)


# --- how -------------------------------------------------------------------------------------------------------------


def _bound(connection: Connection, who: Identity) -> RowMapping | None:
    mine = (users.c.subject == who.subject) & (users.c.signs_in != SignsIn.PASSWORD)
    return connection.execute(select(users).where(mine)).mappings().one_or_none()


def _expected(connection: Connection, who: Identity) -> RowMapping | None:
    """Who was added under this name and never came: from now on it is this person."""
    waiting = (users.c.name == who.name) & (users.c.signs_in == SignsIn.OPENID) & (users.c.subject == "")
    if connection.execute(select(users.c.id).where(waiting)).first() is None:
        return None
    _check(who)
    connection.execute(update(users).where(waiting).values(subject=who.subject))
    return _bound(connection, who)


def _check(who: Identity) -> None:
    if not who.verified:
        raise RefusedError(say("The sign-in service says that nobody verified the address {name}.", name=who.name))
    check_name(who.name)


def _stranger(who: Identity) -> str:
    if not who.name:
        return _("The sign-in service does not tell your name. An admin must look at site.openid.name_claim.")
    return say("The sign-in service knows you as {name}, but nobody added you here. Ask an admin.", name=who.name)
