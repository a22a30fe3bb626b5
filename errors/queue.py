"""The error queue: one open error for each cause, with every document that it blocks.

The caller owns the transaction: what happened to a document and its error are committed together. All functions are
safe beside other workers: an error is opened by one atomic upsert under a partial unique index, and is locked before
it settles.

    record/block -> open --settle_document--> settled      a cause settles when it blocks nothing any more
                     |  ^
                skip |  | unskip                           a skipped cause takes no new documents: they open a new error
                     v  |
                   skipped
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, and_, case, exists, null, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from errors.blocked import Blocked
from errors.kinds import Category
from errors.listing import ErrorRow, count_errors, counts, list_errors
from errors.orders import Order, applied, applied_all, pending_actions
from errors.problem import Problem
from errors.tables import State, blocked as blocked_table, errors

__all__ = [
    "Blocked",
    "ErrorRow",
    "Order",
    "applied",
    "applied_all",
    "block",
    "company_problem",
    "company_recovered",
    "count_errors",
    "counts",
    "keep",
    "list_errors",
    "pending_actions",
    "record",
    "record_all",
    "release",
    "settle_document",
    "settle_documents",
    "standing_under",
]

Document = tuple[str, str]  # (document kind, local id)
IN_CHUNK = 500
LONGEST_SUBJECT = 500  # PostgreSQL: an index row holds at most 2,704 bytes


def record(connection: Connection, problem: Problem, blocked: Blocked, now: datetime) -> int:
    """The document is stopped by this cause, and by no other any more. Returns the id of the open error.

    `attempts` starts at 1 and grows by one for each resync that failed again, however many documents it set free.
    """
    return record_all(connection, (problem,), blocked, now)[0]


def record_all(connection: Connection, problems: Sequence[Problem], blocked: Blocked, now: datetime) -> tuple[int, ...]:
    """The document is stopped by each of these causes, and by no other any more. Ids in the order of the problems."""
    causes = (_cause(problem, blocked.company, problem.kind.category or blocked.category) for problem in problems)
    ids = tuple(_join(connection, cause, blocked, now) for cause in causes)
    _leave(connection, blocked.company, (blocked.document_kind, blocked.local_id), now, stay=ids)
    return ids


def block(connection: Connection, error_id: int, blocked: Blocked, now: datetime) -> int:
    """Another document waits for the cause of this error, and for no other; a fresh copy opens when it is not open.

    A payment that waits for two invoices stands under the one it was blocked by last, until that one is settled.

    Raises:
        LookupError: there is no such error.
    """
    columns = (errors.c[name] for name in CAUSE)
    row = connection.execute(select(*columns).where(errors.c.id == error_id)).one_or_none()
    if row is None:
        raise LookupError(f"There is no error {error_id}")
    joined = _join(connection, row._asdict(), blocked, now)
    _leave(connection, blocked.company, (blocked.document_kind, blocked.local_id), now, stay=(joined,))
    return joined


def keep(connection: Connection, error_id: int, company: str, kept: Sequence[Blocked], now: datetime) -> None:
    """These stand under this error, whatever state it is in, and under no other: an account that is left out."""
    _add_all(connection, error_id, kept, now)
    documents = {(each.document_kind, each.local_id): error_id for each in kept}
    leave_others(connection, company, documents, now)


def standing_under(connection: Connection, error_ids: Collection[int]) -> list[Document]:
    """The documents that stand under these errors now."""
    waiting = and_(blocked_table.c.error_id.in_(error_ids), blocked_table.c.left_at.is_(None))
    return _documents(connection.execute(select(*DOCUMENT).where(waiting)))


def release(connection: Connection, error_ids: Collection[int], now: datetime) -> list[Document]:
    """What these errors block may be tried again (a resync): all their documents. Those that are not open are left."""
    opened = update(errors).where(errors.c.id.in_(error_ids), errors.c.state == State.OPEN).values(released_at=now)
    still_open = connection.execute(opened.returning(errors.c.id)).scalars().all()
    return _freed(connection, still_open, now, again=True) if still_open else []


def settle_document(
    connection: Connection, company: str, document_kind: str, local_id: str, now: datetime
) -> list[Document]:
    """The document got through: it leaves every error, and an error that blocks nothing any more is settled.

    Returns the documents that still waited for one of these causes: it seems to be gone, so they may be tried again.
    """
    left = _leave(connection, company, (document_kind, local_id), now, stay=())
    return _freed(connection, left, now, again=False) if left else []


def settle_documents(
    connection: Connection, company: str, documents: Collection[Document], now: datetime
) -> list[Document]:
    """As `settle_document`, for many of which hardly any stands in an error: those alone cost a statement."""
    freed: list[Document] = []
    for kind, local_id in sorted({document for document, _error in _standing(connection, company, documents)}):
        freed += settle_document(connection, company, kind, local_id, now)
    return freed


def leave_others(connection: Connection, company: str, kept: Mapping[Document, int], now: datetime) -> None:
    """Documents that a person skipped are blocked by that error alone; the others settle when nothing else waits."""
    for document, error_id in sorted(_standing(connection, company, kept)):
        if error_id != kept[document]:
            _leave(connection, company, document, now, stay=(kept[document],))


def waiting_for(
    connection: Connection, company: str, kinds: Collection[str], subjects: Collection[str]
) -> list[Document]:
    """The documents that open errors of these kinds (codes) and subjects block: what they waited for has come."""
    if not subjects:
        return []
    chosen = select(errors.c.id).where(
        errors.c.company == company,
        errors.c.state == State.OPEN,
        errors.c.kind.in_(kinds),
        errors.c.subject.in_(subjects),
    )
    waiting = and_(blocked_table.c.error_id.in_(chosen), blocked_table.c.left_at.is_(None))
    return _documents(connection.execute(select(*DOCUMENT).where(waiting)))


def company_problem(connection: Connection, company: str, problem: Problem, now: datetime) -> int:
    """The whole company halts or waits. Returns the id of the open error (see `company_recovered`)."""
    error_id = _open(connection, _cause(problem, company, Category.COMPANY), now)
    _count_failed_resync(connection, errors.c.id == error_id)
    return error_id


def company_recovered(connection: Connection, company: str, now: datetime) -> list[Document]:
    """The company works again: its banner errors are settled. Returns the documents that waited for that."""
    banner = and_(errors.c.company == company, errors.c.category == Category.COMPANY, errors.c.state == State.OPEN)
    settled = update(errors).where(banner).values(state=State.SETTLED, closed_at=now, released_at=None)
    ids = connection.execute(settled.returning(errors.c.id)).scalars().all()
    if not ids:
        return []
    waiting = and_(blocked_table.c.error_id.in_(ids), blocked_table.c.left_at.is_(None))
    return _documents(connection.execute(update(blocked_table).where(waiting).values(left_at=now).returning(*DOCUMENT)))


# --- how -------------------------------------------------------------------------------------------------------------

KEY = ("company", "kind", "category", "subject")
NEWS = ("facts", "fault_code", "fault_detail", "trace_id", "http_status")
CAUSE = KEY + NEWS
DOCUMENT = (blocked_table.c.document_kind, blocked_table.c.local_id)


def _cause(problem: Problem, company: str, category: Category) -> dict[str, Any]:
    fault = problem.fault
    values = (company, problem.kind.code, category, _subject(problem.subject), problem.facts, fault.code, fault.detail,
              fault.trace_id, fault.status)  # fmt: skip
    return dict(zip(CAUSE, values, strict=True))


def _subject(subject: str) -> str:
    if len(subject) <= LONGEST_SUBJECT:
        return subject
    return f"{subject[: LONGEST_SUBJECT - 65]} {sha256(subject.encode('utf-8', 'replace')).hexdigest()}"


def _standing(connection: Connection, company: str, documents: Collection[Document]) -> set[tuple[Document, int]]:
    """Where these documents stand in an error, each with its id: one statement for each kind."""
    found: set[tuple[Document, int]] = set()
    for kind in {kind for kind, _ in documents}:
        ids = [local_id for of_kind, local_id in documents if of_kind == kind]
        for start in range(0, len(ids), IN_CHUNK):
            stands = (
                select(blocked_table.c.local_id, blocked_table.c.error_id)
                .join(errors, errors.c.id == blocked_table.c.error_id)
                .where(errors.c.company == company, blocked_table.c.left_at.is_(None))
                .where(blocked_table.c.document_kind == kind)
                .where(blocked_table.c.local_id.in_(ids[start : start + IN_CHUNK]))
            )
            found |= {((kind, row.local_id), row.error_id) for row in connection.execute(stands)}
    return found


def _open(connection: Connection, cause: Mapping[str, Any], now: datetime) -> int:
    """The one open error of this cause, with what is known of it now. Only a new error uses up an id."""
    news = {name: cause[name] for name in NEWS} | {"last_at": now}
    same = and_(*(errors.c[name] == cause[name] for name in KEY), errors.c.state == State.OPEN)
    known = connection.execute(update(errors).where(same).values(**news).returning(errors.c.id)).scalar_one_or_none()
    if known is not None:
        return int(known)
    insert = _insert(connection, errors).values(**cause, state=State.OPEN, attempts=1, first_at=now, last_at=now)
    # Somebody else may have opened it since: then the upsert waits for them, and takes theirs.
    upsert = insert.on_conflict_do_update(index_elements=list(KEY), index_where=text("state = 'open'"), set_=news)
    return int(connection.execute(upsert.returning(errors.c.id)).scalar_one())


def _join(connection: Connection, cause: Mapping[str, Any], blocked: Blocked, now: datetime) -> int:
    error_id = _open(connection, cause, now)
    key = {"error_id": error_id, "document_kind": blocked.document_kind, "local_id": blocked.local_id}
    mine = and_(*(blocked_table.c[name] == value for name, value in key.items()), blocked_table.c.left_at.is_(None))
    was_released = exists().where(mine, blocked_table.c.released_at.is_not(None))
    _count_failed_resync(connection, and_(errors.c.id == error_id, was_released))
    _add_all(connection, error_id, (blocked,), now)
    return error_id


def _add_all(connection: Connection, error_id: int, blocked: Sequence[Blocked], now: datetime) -> None:
    """One statement, however many there are."""
    key, told = ("error_id", "document_kind", "local_id"), ("label", "customer", "amount", "currency")
    rows = [
        {"error_id": error_id, "since": now} | {name: getattr(each, name) for name in (*key[1:], *told)}
        for each in blocked
    ]
    if not rows:
        return
    insert = _insert(connection, blocked_table)
    since = case((blocked_table.c.left_at.is_(None), blocked_table.c.since), else_=insert.excluded.since)
    again = {name: insert.excluded[name] for name in told} | {"since": since, "released_at": null(), "left_at": null()}
    connection.execute(insert.on_conflict_do_update(index_elements=list(key), set_=again), rows)


def _count_failed_resync(connection: Connection, failed_again: Any) -> None:
    """Once for each release: the first of its documents that fails clears the mark, the others find it cleared."""
    counted = {"attempts": errors.c.attempts + 1, "released_at": None}
    connection.execute(update(errors).where(failed_again, errors.c.released_at.is_not(None)).values(**counted))


def _leave(
    connection: Connection, company: str, document: Document, now: datetime, *, stay: Collection[int]
) -> list[int]:
    """Take a document out of its errors but `stay`; settle those that block nothing now. Returns the others' ids."""
    theirs = select(errors.c.id).where(errors.c.company == company)
    mine = and_(
        blocked_table.c.document_kind == document[0],
        blocked_table.c.local_id == document[1],
        blocked_table.c.left_at.is_(None),
        blocked_table.c.error_id.not_in(stay),
        blocked_table.c.error_id.in_(theirs),
    )
    leaving = update(blocked_table).where(mine).values(left_at=now).returning(blocked_table.c.error_id)
    left = sorted(connection.execute(leaving).scalars())
    if not left:
        return []
    open_ones = and_(errors.c.id.in_(left), errors.c.state == State.OPEN)
    # Locked first, looked at second: the second statement sees what others have just added.
    locked = connection.execute(select(errors.c.id).where(open_ones).order_by(errors.c.id).with_for_update())
    still_open = list(locked.scalars())
    empty = ~exists().where(blocked_table.c.error_id == errors.c.id, blocked_table.c.left_at.is_(None))
    settle = update(errors).where(errors.c.id.in_(still_open), empty)
    closed = {"state": State.SETTLED, "closed_at": now, "released_at": None}
    settled = set(connection.execute(settle.values(**closed).returning(errors.c.id)).scalars())
    return [error_id for error_id in still_open if error_id not in settled]


def _freed(connection: Connection, error_ids: Collection[int], now: datetime, *, again: bool) -> list[Document]:
    """Mark the documents of these errors as on their way; `again`: also those that already are."""
    waiting = [blocked_table.c.error_id.in_(error_ids), blocked_table.c.left_at.is_(None)]
    if not again:
        waiting.append(blocked_table.c.released_at.is_(None))
    return _documents(
        connection.execute(update(blocked_table).where(*waiting).values(released_at=now).returning(*DOCUMENT))
    )


def _documents(rows: Any) -> list[Document]:
    return sorted({(row.document_kind, row.local_id) for row in rows})


def _insert(connection: Connection, table: Any) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
