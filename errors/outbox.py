"""The outbox: what is to be sent, to whom, once; written with what made it necessary, and kept until somebody took it.

post -> queued --claim--> (on its way) --sent-----> sent
            ^                          |-failed---> queued again, later each time
            |                          `-refused--> asked once a day          after a week: no news any more
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from errors.letterhead import Recipient
from errors.message import Message
from errors.tables import outbox

LEASE = timedelta(minutes=5)  # longer than one mail can take
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
REFUSED_PAUSE = timedelta(days=1)  # the server said never (5xx): a person may mend the address meanwhile
EXPIRES = timedelta(days=7)  # older news is no news
FORGOTTEN = timedelta(days=30)  # after which a sent mail's words are dropped; that it was sent stays known

UNSENT = text("outbox.sent_at IS NULL")  # spelt out: only so SQLite sees that the small index is enough


class Standing(StrEnum):
    """Where a mail stands. A failed one was refused, or is too old to be sent."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail as `cuadre mail list` tells of it. `reason`: why it has not been sent yet, in the server's words."""

    id: int
    kind: str
    recipient: str
    language: str
    subject: str
    standing: Standing
    reason: str
    attempts: int
    created_at: datetime
    not_before: datetime
    sent_at: datetime | None


def post(
    connection: Connection, kind: str, key: str, to: Recipient, message: Message, now: datetime, thread: str = ""
) -> int:
    """Into the outbox, once for each key and recipient: 1, or 0 when it was there. `thread`: see `conversation`."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(outbox).values(
        kind=kind,
        key=key,
        recipient=to.address,
        language=to.language,
        subject=message.subject,
        text=message.text,
        html=message.html,
        message_id=sha256(f"{key} {to.address} {now.isoformat()}".encode()).hexdigest()[:32],
        thread=thread,
        created_at=now,
        not_before=now,
        attempts=0,
        last_error="",
    )
    once = row.on_conflict_do_nothing(index_elements=["key", "recipient"])
    return len(connection.execute(once.returning(outbox.c.id)).all())


def conversation(
    connection: Connection, kind: str, to: Recipient, *, since: datetime, subject: str | None = None, key: str = ""
) -> str:
    """The first mail of the last conversation of this kind with this reader (its message id); empty when there is none.

    `since`: not of one that began earlier. `subject`, `key`: of the mail that is answered.
    """
    chosen = [outbox.c.kind == kind, outbox.c.recipient == to.address, outbox.c.created_at >= since]
    if subject is not None:
        chosen.append(outbox.c.subject.in_((subject, f"Re: {subject}")))
    if key:
        chosen.append(outbox.c.key == key)
    query = select(outbox.c.thread, outbox.c.message_id).where(*chosen).order_by(outbox.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.thread or row.message_id) if row else ""


def claim(engine: Engine, now: datetime, channel: Any) -> Row[Any] | None:
    """The next mail that is due, and ours alone until its lease ends. `channel`: a condition, which mails are meant."""
    while True:
        with engine.begin() as connection:
            due = select(outbox).where(_due(now), channel).order_by(outbox.c.id).limit(1)
            mail = connection.execute(due).first()
            if mail is None:
                return None
            mine = and_(outbox.c.id == mail.id, _due(now))  # still: somebody may have been faster
            # No reason while it is on its way: `retry` tells by it what nobody is sending right now.
            claimed = {"not_before": now + LEASE, "attempts": mail.attempts + 1, "last_error": ""}
            if connection.execute(update(outbox).where(mine).values(**claimed)).rowcount == 1:
                return mail


def any_due(engine: Engine, now: datetime, channel: Any) -> bool:
    with engine.connect() as connection:
        return connection.execute(select(outbox.c.id).where(_due(now), channel).limit(1)).first() is not None


def sent(engine: Engine, mail: Row[Any], now: datetime) -> None:
    _write(engine, mail, {"sent_at": now, "refused_at": None, "last_error": ""})


def failed(engine: Engine, mail: Row[Any], now: datetime, reason: str) -> None:
    """It is tried again, the later the more often it failed."""
    _write(engine, mail, {"not_before": now + pause(mail.attempts), "last_error": reason})


def refused(engine: Engine, mail: Row[Any], now: datetime, reason: str) -> None:
    """The other side will never take it as it is; a person may mend the address, so it is asked again tomorrow."""
    _write(engine, mail, {"not_before": now + REFUSED_PAUSE, "refused_at": now, "last_error": reason})


def postpone(engine: Engine, now: datetime, reason: str, channel: Any) -> int:
    """Nobody answers at all: whatever is due waits, the longer the more often it failed. Returns how many wait."""
    with engine.begin() as connection:
        rows = connection.execute(select(outbox.c.id, outbox.c.attempts).where(_due(now), channel)).all()
        for row in rows:
            news = {"attempts": row.attempts + 1, "not_before": now + pause(row.attempts), "last_error": reason}
            connection.execute(update(outbox).where(outbox.c.id == row.id, outbox.c.sent_at.is_(None)).values(**news))
    return len(rows)


def waiting(engine: Engine, now: datetime) -> int:
    """How many mails are still to be sent."""
    with engine.connect() as connection:
        query = select(func.count()).select_from(outbox).where(UNSENT, outbox.c.created_at > now - EXPIRES)
        return connection.execute(query).scalar_one()


def retry(connection: Connection, now: datetime, ids: Sequence[int] = ()) -> int:
    """Whatever is not sent yet, and not too old, is due now, also what was refused. `ids`: only these. How many."""
    chosen: list[Any] = [
        UNSENT,
        outbox.c.created_at > now - EXPIRES,
        or_(outbox.c.not_before <= now, outbox.c.last_error != ""),
    ]
    if ids:
        chosen.append(outbox.c.id.in_(ids))
    return connection.execute(update(outbox).where(*chosen).values(not_before=now, refused_at=None)).rowcount


def mails(
    connection: Connection, now: datetime, standing: Standing | None = None, limit: int = 50, offset: int = 0
) -> list[Mail]:
    """The latest first, without their words (see `read`)."""
    columns = [outbox.c[name] for name in ("id", "kind", "recipient", "language", "subject", "attempts", "last_error",
               "created_at", "not_before", "sent_at", "refused_at")]  # fmt: skip
    query = select(*columns).order_by(outbox.c.id.desc()).limit(limit).offset(offset)
    if standing is not None:
        query = query.where(_stands(now, standing))
    return [_mail(row, now) for row in connection.execute(query)]


def read(connection: Connection, mail_id: int) -> Row[Any] | None:
    """A whole mail with its words; None: there is no such mail."""
    return connection.execute(select(outbox).where(outbox.c.id == mail_id)).first()


def counts(connection: Connection, now: datetime) -> Mapping[Standing, int]:
    """How many mails stand where."""
    query = select(func.count()).select_from(outbox)
    return {each: connection.execute(query.where(_stands(now, each))).scalar_one() for each in Standing}


def forget(connection: Connection, now: datetime) -> int:
    """Drop the words of what was sent long ago; its row stays, so that it is never sent again."""
    old = and_(outbox.c.sent_at < now - FORGOTTEN, outbox.c.text != "")
    return connection.execute(update(outbox).where(old).values(text="", html="")).rowcount


def pause(attempts: int) -> timedelta:
    """How long a mail waits that failed for the (attempts + 1)th time: 1, 2, 4 ... minutes, at most an hour."""
    pauses: int = 2 ** min(attempts, 10)
    return min(FIRST_PAUSE * pauses, LONGEST_PAUSE)


# --- how -------------------------------------------------------------------------------------------------------------


def _due(now: datetime) -> Any:
    return and_(UNSENT, outbox.c.not_before <= now, outbox.c.created_at > now - EXPIRES)


def _write(engine: Engine, mail: Row[Any], news: Mapping[str, Any]) -> None:
    with engine.begin() as connection:
        connection.execute(update(outbox).where(outbox.c.id == mail.id).values(**news))


def _stands(now: datetime, standing: Standing) -> Any:
    if standing is Standing.SENT:
        return outbox.c.sent_at.is_not(None)
    given_up = or_(outbox.c.refused_at.is_not(None), outbox.c.created_at <= now - EXPIRES)
    return and_(UNSENT, given_up if standing is Standing.FAILED else ~given_up)


def _mail(row: Row[Any], now: datetime) -> Mail:
    given_up = row.refused_at is not None or row.created_at <= now - EXPIRES
    return Mail(
        id=row.id,
        kind=row.kind,
        recipient=row.recipient,
        language=row.language,
        subject=row.subject,
        standing=Standing.SENT if row.sent_at else Standing.FAILED if given_up else Standing.QUEUED,
        reason=row.last_error,
        attempts=row.attempts,
        created_at=row.created_at,
        not_before=row.not_before,
        sent_at=row.sent_at,
    )
