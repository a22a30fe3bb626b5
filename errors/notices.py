"""Who is told what by mail, and when. A notice is written to the outbox in the transaction that made it necessary.

    a problem that asks for a person    at once; more of them within the window are one digest     notice_problems
    what mends itself, but has lasted   in the same mail                                           notice_problems
    a company stops                     urgent, once                                               notice_halts
    it goes on                          once, as an answer to the mail above                       notice_halts
    no problem is left                  once, as an answer to the last digest                      notice_clear
    a connection comes near its end     14, 7 and 2 days before, each once                         notice_token
    every day, where it is wanted                                                                  notice_summary

`readers`: each gets a mail of their own, in their language, of their companies. What no reader hears of does not count
as told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select, true, update

from errors import followups, outbox
from errors.digest import Digest, digest
from errors.followups import HALTS, PROBLEMS, TOKENS
from errors.letterhead import Letterhead, Recipient, heard
from errors.listing import list_errors
from errors.message import Message, render
from errors.selection import Selection
from errors.summary import Summary
from errors.tables import State, errors, outbox as outbox_table
from errors.untold import UNTOLD, halting, telling

AGAIN = timedelta(hours=1)  # a company that stops and starts and stops is told of once in this time
ENDINGS = (14, 7, 2)  # days before a connection's end at which people are told
SAME_END = timedelta(days=1)  # a renewed token ends weeks later; the same end is told to the second, give or take
ENOUGH = 1000


@dataclass(frozen=True, kw_only=True)
class Habits:
    """`window`: between two mails about problems. `patience`: what mends itself is told after it lasted so long."""

    window: timedelta = timedelta(minutes=15)
    patience: timedelta = timedelta(hours=1)


def notice_problems(
    connection: Connection, readers: Sequence[Recipient], letterhead: Letterhead, habits: Habits, now: datetime
) -> int:
    """One mail to each reader about every open error that wants a person and was not told yet: an error is told once.

    Nothing while the window since the last such mail is open, or while that one still waits for the mail server: what
    comes meanwhile is one digest. Returns how many mails were written.
    """
    if not readers or _too_soon(connection, habits, now):
        return 0
    companies = heard(readers)
    ours = true() if companies is None else errors.c.company.in_(companies)
    told = update(errors).where(UNTOLD, telling(now - habits.patience), ours).values(mailed_at=now)
    if connection.execute(told).rowcount == 0:
        return 0
    news = {each: digest(connection, now, each) for each in {to.companies for to in readers}}
    begun = sorted({company for each in news.values() for company in each.companies})
    since = {company: followups.begin(connection, PROBLEMS, company, now) for company in begun}
    return sum(_post_digest(connection, to, letterhead, news[to.companies], since, now) for to in readers)


def notice_halts(connection: Connection, readers: Sequence[Recipient], letterhead: Letterhead, now: datetime) -> int:
    """One urgent mail for each company that has stopped, and one when it goes on. Returns how many were written."""
    if not readers:
        return 0
    stopped = select(errors.c.id, errors.c.company).where(UNTOLD, halting()).order_by(errors.c.id).limit(ENOUGH)
    written = sum(
        _halt(connection, readers, letterhead, row.id, row.company, now) for row in connection.execute(stopped).all()
    )
    return written + _resumed(connection, readers, letterhead, now)


def notice_clear(connection: Connection, readers: Sequence[Recipient], letterhead: Letterhead, now: datetime) -> int:
    """One mail about every company whose problems were told and of which none is open any more, as an answer to that
    mail: who was told of none hears of no end.
    """
    cleared = followups.cleared(connection)
    if not readers or not cleared:
        return 0
    since = {each.name: each.since for each in cleared}
    outcomes = {company: _outcomes(connection, company, begun) for company, begun in since.items()}
    written = sum(_post_clear(connection, to, letterhead, since, outcomes, now) for to in readers)
    for company in since:
        followups.end(connection, PROBLEMS, company)
    return written


def notice_token(
    connection: Connection,
    readers: Sequence[Recipient],
    letterhead: Letterhead,
    company: str,
    ends_at: datetime,
    now: datetime,
) -> int:
    """One mail 14, 7 and 2 days before a connection ends (only the last that is due). Returns how many were written."""
    readers = [to for to in readers if to.hears(company)]
    due = [days for days in ENDINGS if now < ends_at <= now + timedelta(days=days)]
    if not readers or not due:
        return 0
    level = min(due)
    known = followups.get(connection, TOKENS, company)
    if known is not None and abs(known.since - ends_at) < SAME_END and known.level <= level:
        return 0
    followups.put(connection, TOKENS, company, since=ends_at, level=level)
    key = f"token:{company}:{ends_at.isoformat()}:{level}"
    days = -((now - ends_at) // timedelta(days=1))
    written = 0
    for to in readers:
        message = render("token", to, letterhead, company=company, days=days, ends_at=ends_at)
        thread = outbox.conversation(
            connection, "token", to, since=ends_at - timedelta(days=20), subject=message.subject
        )
        written += outbox.post(connection, "token", key, to, message, now, thread)
    return written


def notice_summary(
    connection: Connection, readers: Sequence[Recipient], letterhead: Letterhead, summary: Summary, now: datetime
) -> int:
    """One mail for each day; none to whom none of its companies concerns."""
    key, written = summary_key(summary.day), 0
    for to in readers:
        theirs = replace(summary, companies=[each for each in summary.companies if to.hears(each.company)])
        if theirs.companies or to.companies is None:
            message = render("summary", to, letterhead, summary=theirs)
            written += outbox.post(connection, "summary", key, to, message, now)
    return written


def summary_key(day: date) -> str:
    """Under which the summary of a day stands in the outbox."""
    return f"summary:{day.isoformat()}"


# --- how -------------------------------------------------------------------------------------------------------------


def _too_soon(connection: Connection, habits: Habits, now: datetime) -> bool:
    mails = outbox_table.c
    last = select(mails.created_at).where(mails.kind == "problems").order_by(mails.id.desc()).limit(1)
    row = connection.execute(last).first()
    if row is None:
        return False
    if now - row.created_at < habits.window:
        return True
    if now - row.created_at >= outbox.EXPIRES:
        return False
    # Nobody got the last one: the server is down. One refused address among others holds nobody up.
    same = (mails.kind == "problems", mails.created_at == row.created_at)
    got = select(mails.id).where(*same, mails.sent_at.is_not(None) | mails.refused_at.is_not(None))
    return connection.execute(got.limit(1)).first() is None


def _post_digest(
    connection: Connection,
    to: Recipient,
    letterhead: Letterhead,
    news: Digest,
    since: Mapping[str, datetime],
    now: datetime,
) -> int:
    if not news.number:
        return 0
    message = render("problems", to, letterhead, digest=news)
    begun = min(since[company] for company in news.companies)
    thread = outbox.conversation(connection, "problems", to, since=begun, subject=message.subject)
    if thread:  # a mail program that goes by the subject keeps the conversation together, too
        message = Message(subject=f"Re: {message.subject}", text=message.text, html=message.html)
    return outbox.post(connection, "problems", f"problems:{now.isoformat()}:{news.number}", to, message, now, thread)


def _post_clear(
    connection: Connection,
    to: Recipient,
    letterhead: Letterhead,
    since: Mapping[str, datetime],
    outcomes: Mapping[str, Counter[str]],
    now: datetime,
) -> int:
    companies = [company for company in since if to.hears(company)]
    if not companies:
        return 0
    thread = outbox.conversation(connection, "problems", to, since=min(since[each] for each in companies))
    if not thread:
        return 0
    counts = {state.value: sum(outcomes[each][state] for each in companies) for state in State}
    message = render("clear", to, letterhead, companies=companies, counts=counts)
    return outbox.post(connection, "clear", f"clear:{now.isoformat()}", to, message, now, thread)


def _halt(
    connection: Connection,
    readers: Sequence[Recipient],
    letterhead: Letterhead,
    error_id: int,
    company: str,
    now: datetime,
) -> int:
    readers = [to for to in readers if to.hears(company)]
    if not readers:
        return 0
    (row,) = list_errors(connection, Selection(ids=(error_id,)))
    known = followups.get(connection, HALTS, company)
    if known is not None and now - known.since < AGAIN and now - row.first_at < AGAIN:
        return 0
    told = update(errors).where(errors.c.id == error_id, errors.c.mailed_at.is_(None)).values(mailed_at=now)
    if connection.execute(told).rowcount == 0:
        return 0
    followups.put(connection, HALTS, company, since=now, level=error_id)
    return sum(
        outbox.post(connection, "halt", f"halt:{company}:{error_id}", to, render("halt", to, letterhead, row=row), now)
        for to in readers
    )


def _resumed(connection: Connection, readers: Sequence[Recipient], letterhead: Letterhead, now: datetime) -> int:
    written = 0
    for company, error_id in followups.resumed(connection):
        (row,) = list_errors(connection, Selection(ids=(error_id,))) or (None,)
        followups.put(connection, HALTS, company, level=0)
        if row is None:
            continue
        still = (
            select(func.count()).select_from(errors).where(errors.c.company == company, errors.c.state == State.OPEN)
        )
        left = connection.execute(still).scalar_one()
        for to in (each for each in readers if each.hears(company)):
            message = render("resumed", to, letterhead, row=row, left=left)
            key = f"halt:{company}:{error_id}"
            thread = outbox.conversation(connection, "halt", to, since=row.first_at, key=key)
            written += outbox.post(connection, "resumed", f"resumed:{company}:{error_id}", to, message, now, thread)
    return written


def _outcomes(connection: Connection, company: str, begun: datetime) -> Counter[str]:
    """How the problems that were told ended: how many in which state."""
    query = select(errors.c.state, func.count().label("number")).where(
        errors.c.mailed_at >= begun, errors.c.company == company
    )
    return Counter({row.state: row.number for row in connection.execute(query.group_by(errors.c.state))})
