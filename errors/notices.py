"""Who is told what by mail, and when. A notice is written to the outbox in the transaction that made it necessary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql, sqlite

from errors.kinds import KINDS, Category, Verb
from errors.language import LANGUAGES, _, fix, say, sentence
from errors.listing import ErrorRow, list_errors
from errors.message import Message, render
from errors.selection import Selection
from errors.tables import State, errors, outbox
from errors.wording import blocks, category_word, moment, support

LISTED = 50  # a burst is one mail, and not an endless one
ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@\x00-\x1f]+@[^\s<>,;:\"()\[\]\\@\x00-\x1f]+")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Raises ValueError for an address that is none, or a language that there is no catalogue for."""

    address: str
    language: str = "en"

    def __post_init__(self) -> None:
        if not ADDRESS.fullmatch(self.address):
            raise ValueError(f"{self.address!r} is no mail address (name@domain)")
        if self.language not in LANGUAGES:
            raise ValueError(f"{self.language!r} is no language of Cuadre ({', '.join(LANGUAGES)})")


def notice_halt(connection: Connection, recipients: Sequence[Recipient], error_id: int, now: datetime) -> int:
    """One urgent mail to each recipient when a company has stopped; once for each error, however often it is called.

    Returns how many mails were written: 0 for an error that stops no company.
    """
    rows = list_errors(connection, Selection(ids=(error_id,), state=State.OPEN, category=Category.COMPANY))
    if not rows or rows[0].problem.verb is not Verb.HALT:
        return 0
    key = f"halt:{rows[0].company}:{error_id}"
    return sum(_post(connection, key, to, _halted(rows[0], to.language), now) for to in recipients)


def notice_new(
    connection: Connection, recipients: Sequence[Recipient], since: datetime, now: datetime, company: str | None = None
) -> int:
    """One mail to each recipient that lists the open errors that ask for a person and were not told yet.

    `since`: errors first seen before are left out (an error is told once whatever `since` is, so it may lie far back).
    `company`: only of this one. Returns how many mails were written. Without recipients nothing counts as told.
    """
    if not recipients:
        return 0
    asking = [code for code, kind in KINDS.items() if kind.verb is Verb.ASK]
    new = [
        errors.c.state == State.OPEN,
        errors.c.mailed_at.is_(None),
        errors.c.first_at >= since,
        errors.c.kind.in_(asking),
        errors.c.category != Category.COMPANY,
    ]
    if company is not None:
        new.append(errors.c.company == company)
    ids = connection.execute(update(errors).where(*new).values(mailed_at=now).returning(errors.c.id)).scalars().all()
    if not ids:
        return 0
    rows = sorted(list_errors(connection, Selection(ids=tuple(sorted(ids)[:LISTED])), LISTED), key=lambda row: row.id)
    key = f"new:{min(ids)}:{len(ids)}:{max(ids)}"
    return sum(_post(connection, key, to, _new(rows, len(ids), to.language), now) for to in recipients)


def _halted(row: ErrorRow, language: str) -> Message:
    title = say("Cuadre has stopped for {company}", language, company=row.company)
    details = (
        say("Stopped since: {moment}", language, moment=moment(row.first_at, language)),
        support(row.problem.fault, language),
    )
    values = {
        "language": language,
        "subject": say("Cuadre: {company} has stopped", language, company=row.company),
        "title": title,
        "sentence": sentence(row.problem, language),
        "to_do": _("What to do:", language),
        "fix": fix(row.problem, language),
        "details": "\n".join(line for line in details if line),
        "footer": say("More about it: cuadre errors show {id}", language, id=str(row.id)),
    }
    return render("halt", values)


def _new(rows: Sequence[ErrorRow], number: int, language: str) -> Message:
    title = _("1 new problem", language) if number == 1 else say("{count} new problems", language, count=number)
    companies = ", ".join(sorted({row.company for row in rows}))
    more = say("and {count} more", language, count=number - len(rows)) if number > len(rows) else ""
    values = {
        "language": language,
        "subject": f"Cuadre: {title} ({companies})",
        "title": title,
        "more": more,
        "footer": _("All of them: cuadre errors list", language),
    }
    return render("new", values, [_listed(row, language) for row in rows])


def _listed(row: ErrorRow, language: str) -> dict[str, str]:
    held = blocks(row, language)
    return {
        "id": str(row.id),
        "where": f"{row.company}, {category_word(row.category, language)}",
        "sentence": sentence(row.problem, language),
        "to_do": _("What to do:", language),
        "fix": fix(row.problem, language),
        "blocks": say("Waiting for it: {blocks}", language, blocks=held) if held else "",
    }


def _post(connection: Connection, key: str, to: Recipient, message: Message, now: datetime) -> int:
    """Into the outbox, once for each key and recipient."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(outbox).values(
        key=key,
        recipient=to.address,
        language=to.language,
        subject=message.subject,
        text=message.text,
        html=message.html,
        message_id=sha256(f"{key} {to.address} {now.isoformat()}".encode()).hexdigest()[:32],
        created_at=now,
        not_before=now,
        attempts=0,
        last_error="",
    )
    once = row.on_conflict_do_nothing(index_elements=["key", "recipient"])
    return len(connection.execute(once.returning(outbox.c.id)).all())
