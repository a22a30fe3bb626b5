"""Mails about problems that nobody could take yet: they say what is true when they go, not when they were written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, select, update

from errors import outbox
from errors.digest import digest
from errors.letterhead import Letterhead, Recipient
from errors.message import render
from errors.tables import outbox as mails


def renew(connection: Connection, readers: Sequence[Recipient], letterhead: Letterhead, now: datetime) -> int:
    """Write them anew; one of which nothing is open any more is taken back. Returns how many changed.

    A mail that is on its way just now is left as it is. The subject stays: conversations go by it.
    """
    known = {to.address: to for to in readers}
    waits = and_(outbox.UNSENT, mails.c.last_error != "", mails.c.created_at > now - outbox.EXPIRES)
    changed = 0
    for row in connection.execute(select(mails).where(waits, mails.c.kind == "problems")).all():
        if row.recipient not in known:
            continue
        to = known[row.recipient]
        news = digest(connection, row.created_at, to.companies)
        mine = and_(mails.c.id == row.id, waits)
        if not news.number:
            changed += connection.execute(delete(mails).where(mine)).rowcount
            continue
        message = render("problems", to, letterhead, digest=news)
        other = and_(mine, mails.c.text != message.text)
        changed += connection.execute(update(mails).where(other).values(text=message.text, html=message.html)).rowcount
    return changed
