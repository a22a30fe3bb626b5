"""Put an item aside: its cause goes to the error table in the same transaction that moves it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.documents import DocumentKind
from errors import queue
from errors.kinds import Category, Verb
from errors.problem import Problem
from worker.state import items
from worker.state.items import Item
from worker.state.machine import State

if TYPE_CHECKING:
    from worker.pipeline import Company

CATEGORIES: dict[DocumentKind, Category] = {
    DocumentKind.CUSTOMER: Category.ACCOUNTS,
    DocumentKind.SERVICE: Category.SERVICES,
    DocumentKind.INVOICE: Category.INVOICES,
    DocumentKind.PAYMENT: Category.PAYMENTS,
    DocumentKind.REFUND: Category.REFUNDS,
    DocumentKind.FEE: Category.EXPENSES,
}

FIRST_RETRY = timedelta(minutes=1)  # a slow answer may still be on its way; QBO itself gives up after 120 s
LONGEST_RETRY = timedelta(hours=6)
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


def retry_at(attempts: int, now: datetime) -> datetime:
    """1, 2, 4 ... minutes, at most six hours."""
    delay: timedelta = FIRST_RETRY * 2 ** min(attempts, 16)
    return now + min(delay, LONGEST_RETRY)


def hold(company: Company, item: Item, *problems: Problem) -> None:
    """Move an item to held, with all its problems as the reason; what may pass by itself is tried again by itself."""
    now = company.clock.now()
    passing = all(problem.verb in {Verb.RETRY, Verb.WAIT} for problem in problems)
    with company.engine.begin() as connection:
        error_id = queue.record_all(connection, problems, blocked(item), now)[0]
        to_held(connection, company, item, error_id, retry_at(item.attempts, now) if passing else None)


def hold_with(company: Company, item: Item, error_id: int) -> None:
    """Move an item to held behind an error that already stands: what it needs is held there."""
    with company.engine.begin() as connection:
        error_id = queue.block(connection, error_id, blocked(item), company.clock.now())
        to_held(connection, company, item, error_id, None)


def to_held(connection: Connection, company: Company, item: Item, error_id: int, again: datetime | None) -> None:
    """The move itself, for a caller who recorded the error."""
    moved = items.move(
        connection,
        item,
        State.HELD,
        company.clock.now(),
        error_id=error_id,
        not_before=again,
        attempts=item.attempts + 1,
        request_id=None,
        **items.described(item),
    )
    company.tally.held += moved
