"""What it takes to carry out one sort of order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from errors.orders import Order
from worker.state.items import Item

if TYPE_CHECKING:
    from worker.pipeline import Company


@dataclass(frozen=True, kw_only=True)
class Task:
    """One order, with the records that its error blocks as they stand now, and what `Carrier.outside` answered."""

    order: Order
    concerned: tuple[Item, ...]
    answer: Any = None


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """How one sort of order is carried out.

    `inside`: what is written here, in the transaction that ends the orders; many at once where there is no `outside`.
    `outside`: what is asked or changed first in the local books or, where `reaches_target`, in QuickBooks; never inside
    a transaction, so it may happen twice. A ProblemError that a person must act upon (ASK) ends the order, which says
    so in the audit; with any other it waits.
    `after_sending`: it waits while nobody knows whether QuickBooks has one of its documents.
    """

    inside: Callable[[Connection, Company, Sequence[Task]], None]
    outside: Callable[[Company, Task], Any] | None = None
    reaches_target: bool = False
    after_sending: bool = False
