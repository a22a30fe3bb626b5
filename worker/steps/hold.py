"""Put an item aside: its cause goes to the error table in the same transaction that moves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import Category, InternalFailure, Verb
from errors.problem import Fact, Name, Problem, ProblemError
from worker.rules.patience import retry_at
from worker.state import items
from worker.state.database import reading
from worker.state.items import Item
from worker.state.leases import Fenced
from worker.state.machine import MOVES, State

if TYPE_CHECKING:
    from worker.pipeline import Company

_log = structlog.get_logger("cuadre.steps")

CATEGORIES: dict[DocumentKind, Category] = {
    DocumentKind.CUSTOMER: Category.ACCOUNTS,
    DocumentKind.SERVICE: Category.SERVICES,
    DocumentKind.INVOICE: Category.INVOICES,
    DocumentKind.PAYMENT: Category.PAYMENTS,
    DocumentKind.REFUND: Category.REFUNDS,
    DocumentKind.FEE: Category.EXPENSES,
}

FAR_APART = 3  # so many tries without an answer, and a document travels alone: which one it was is seen next time
DEPENDENCY_WAIT = timedelta(seconds=30)


def blocked(item: Item) -> queue.Blocked:
    """How the error table names this item."""
    return queue.Blocked(
        company=item.company,
        category=CATEGORIES[item.kind],
        document_kind=item.kind.value,
        local_id=item.local_id,
        label=item.label or item.local_id,
        customer=item.customer,
        amount=item.amount,
        currency=item.currency,
    )


def retry_of(item: Item, now: datetime) -> datetime:
    """When it is tried again; what left together stays together."""
    return retry_at(item.request_id or str(item.id), item.attempts, now)


def hold(company: Company, item: Item, *problems: Problem) -> None:
    """Move an item to held, with all its problems as the reason; what may pass by itself is tried again by itself."""
    now = company.clock.now()
    passing = all(problem.verb in {Verb.RETRY, Verb.WAIT} for problem in problems)
    with company.begin() as connection:
        error_id = queue.record_all(connection, problems, blocked(item), now)[0]
        to_held(connection, company, item, error_id, retry_of(item, now) if passing else None)


def put_off(company: Company, chosen: Sequence[Item], problem: Problem | None, *, tries: int = 1) -> None:
    """Items whose outcome is unknown stay in sending and are looked at again, later each time, but not before
    QuickBooks has surely given up on what was sent.

    With a problem, the error table tells of it until it is known.
    """
    now = company.clock.now()
    with company.begin() as connection:
        for item in chosen:
            if problem is not None:
                queue.record(connection, problem, blocked(item), now)
            later = max(retry_of(item, now), item.changed_at + company.settle)
            items.note(connection, item, not_before=later, attempts=item.attempts + tries)


@contextmanager
def guarded(company: Company, *chosen: Item) -> Iterator[None]:
    """What goes wrong with these items is put aside with them, and the others go on (invariant I11).

    Raises:
        ProblemError: the whole company must wait or halt.
        sqlalchemy.exc.SQLAlchemyError: the state database is out of reach.
        Fenced: another worker has the company.
    """
    try:
        yield
    except ProblemError as moment:
        if moment.problem.verb in {Verb.WAIT, Verb.HALT}:
            raise
        for item in chosen:
            _aside(company, item, moment.problem)
    except (SQLAlchemyError, Fenced):
        raise
    except Exception as error:  # noqa: BLE001 - a poison document; the log tells all of it
        _log.exception("failed", company=company.name, documents=[item.subject for item in chosen])
        tries = 1 if len(chosen) == 1 else FAR_APART
        for item in chosen:
            _aside(company, item, failure(item.name, item.subject, error), tries=tries)


def failure(name: Name, subject: str, error: Exception) -> Problem:
    """Cuadre's own mistake, as an error that somebody sees."""
    facts: dict[str, Fact] = {"document": name, "detail": f"{type(error).__name__}: {error}"}
    return Problem(kind=InternalFailure, subject=subject, facts=facts)


def _aside(company: Company, item: Item, problem: Problem, *, tries: int = 1) -> None:
    with reading(company.engine) as connection:
        present = items.again(connection, item)
    if present.state is State.SENDING:
        put_off(company, [present], problem, tries=tries)
    elif State.HELD in MOVES[present.state]:
        hold(company, replace(item, state=present.state), problem)


def hold_with(company: Company, item: Item, error_id: int) -> None:
    """Move an item to held behind an error that already stands: what it needs is held there."""
    with company.begin() as connection:
        error_id = queue.block(connection, error_id, blocked(item), company.clock.now())
        to_held(connection, company, item, error_id, None)


def to_held(connection: Connection, company: Company, item: Item, error_id: int, again: datetime | None) -> None:
    """The move itself, for a caller who recorded the error.

    A row that was changed while its document was under way starts anew instead: the correction must not wait.
    """
    if item.state is State.SENDING and items.again(connection, item).version != item.sent_version:
        items.move(
            connection, item, State.SEEN, company.clock.now(), request_id=None, bid=None, not_before=None, attempts=0
        )
        return
    moved = items.move(
        connection,
        item,
        State.HELD,
        company.clock.now(),
        error_id=error_id,
        not_before=again,
        attempts=item.attempts + 1,
        request_id=None,
        bid=None,
        **items.described(item),
    )
    company.tally.held += moved
