"""Sessions: a random cookie, of which the database keeps a keyed hash; and what every form must carry (CSRF)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from worker.site.people import Person, person_of
from worker.state.deeds import Deed, record
from worker.state.tables import deeds, sessions, sign_ins, users

WINDOW = timedelta(minutes=15)
BY_NAME_AND_ADDRESS, BY_ADDRESS, BY_NAME = 5, 20, 50  # tries in a window; the last bounds a guess from everywhere
REMEMBERED = timedelta(days=1)
FOR_A_START, STARTS = timedelta(minutes=10), 60  # a sign-in elsewhere may take so long; so many under way of an address


@dataclass(frozen=True)
class Keeper:
    """Knows the key. Another key ends every session."""

    key: bytes
    lasts: timedelta

    def begin(self, connection: Connection, person: Person, now: datetime) -> str:
        """The cookie of a new session."""
        cookie = secrets.token_urlsafe(32)
        connection.execute(delete(sessions).where(sessions.c.ends_at <= now))
        values = {"mark": self.mark("session", cookie), "user_id": person.id, "began_at": now}
        connection.execute(insert(sessions).values(**values, ends_at=now + self.lasts))
        connection.execute(update(users).where(users.c.id == person.id).values(seen_at=now))
        return cookie

    def person(self, connection: Connection, cookie: str, now: datetime) -> Person | None:
        """Whose session this is; None when it ended or never was."""
        mine = sessions.c.mark == self.mark("session", cookie)
        query = select(users).join(sessions, sessions.c.user_id == users.c.id).where(mine, sessions.c.ends_at > now)
        row = connection.execute(query).mappings().one_or_none()
        return None if row is None else person_of(row)

    def end(self, connection: Connection, cookie: str) -> None:
        connection.execute(delete(sessions).where(sessions.c.mark == self.mark("session", cookie)))

    def stamp(self, cookie: str) -> str:
        """What a form of this session carries: a page of somebody else cannot know it."""
        return self.mark("form", cookie)

    def stamped(self, cookie: str, stamp: str) -> bool:
        return bool(cookie) and hmac.compare_digest(self.stamp(cookie).encode(), stamp.encode("utf-8", "replace"))

    def mark(self, use: str, cookie: str) -> str:
        """What only the site can make of a cookie; another for each use."""
        return hmac.new(self.key, f"{use}:{cookie}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def try_sign_in(connection: Connection, name: str, address: str, now: datetime) -> int | None:
    """Note a try before it is looked at, so that many at once count, too. None: too many, nothing is looked at."""
    connection.execute(delete(sign_ins).where(sign_ins.c.at < now - REMEMBERED))
    name, address = name[:64], address[:64]
    recent = select(func.count()).where(sign_ins.c.at > now - WINDOW)
    by_address = recent.where(sign_ins.c.address == address)
    limits = (
        (by_address.where(sign_ins.c.name == name), BY_NAME_AND_ADDRESS),
        (by_address, BY_ADDRESS),
        (recent.where(sign_ins.c.name == name), BY_NAME),
    )
    if any(connection.execute(query).scalar_one() >= most for query, most in limits):
        return None
    return _note(connection, name, address, now)


def try_openid(connection: Connection, address: str, now: datetime) -> int | None:
    """Note that somebody came back from the sign-in service. None: too many from there that came to nothing."""
    theirs = select(func.count()).where(sign_ins.c.at > now - WINDOW, sign_ins.c.address == address[:64])
    if connection.execute(theirs).scalar_one() >= BY_ADDRESS:
        return None
    return _note(connection, "", address[:64], now)


def _note(connection: Connection, name: str, address: str, now: datetime) -> int:
    row = insert(sign_ins).values(name=name, address=address, at=now).returning(sign_ins.c.id)
    return int(connection.execute(row).scalar_one())


def note_lock_out(connection: Connection, name: str, address: str, now: datetime) -> None:
    """Once in a window for a name at an address: who guesses on does not fill the audit."""
    name, address = name[:64], address[:64]
    told = (deeds.c.at > now - WINDOW, deeds.c.act == Deed.LOCKED_OUT, deeds.c.by == name, deeds.c.subject == address)
    if connection.execute(select(deeds.c.id).where(*told).limit(1)).first() is None:
        record(connection, Deed.LOCKED_OUT, by=name, now=now, subject=address)


def forget_tries(connection: Connection, name: str, address: str, tried: int) -> None:
    """The password was right: what this reader got wrong before does not count any more."""
    theirs = (sign_ins.c.name == name[:64]) & (sign_ins.c.address == address[:64])
    connection.execute(delete(sign_ins).where(or_(sign_ins.c.id == tried, theirs)))
