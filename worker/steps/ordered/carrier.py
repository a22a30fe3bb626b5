"""What it takes to carry out one sort of order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from errors.orders import Order
from errors.problem import Phrase
from worker.state.decisions import Decision, Matter
from worker.state.items import Item

if TYPE_CHECKING:
    from worker.pipeline import Company


class CannotBeError(Exception):
    """The order cannot be carried out as things stand now: it ends, and the audit tells the reason."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Task:
    """One order, with the records that its error blocks as they stand now, and what `Carrier.outside` answered.

    `about`: the record that the error is about, also where it does not wait for it any more.
    """

    order: Order
    concerned: tuple[Item, ...]
    about: Item | None = None
    answer: Any = None

    @property
    def own(self) -> tuple[Item, ...]:
        """The record that the error is about, without those that wait for it."""
        return tuple(item for item in self.concerned if item.subject == self.order.problem.subject)


def decision(company: Company, task: Task, matter: Matter, about: str, key: str, **values: str) -> Decision:
    """What this order decides: `about` and `key` as Matter says, the rest of it by name."""
    return Decision(
        company=company.name,
        about=about,
        key=key,
        matter=matter,
        error_id=task.order.error_id,
        by=task.order.by,
        why=task.order.why,
        at=company.clock.now(),
        **values,
    )


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """How one sort of order is carried out.

    `inside`: what is written here, in the transaction that ends the orders; many at once where there is no `outside`.
    `outside`: what is asked or changed first in the local books or, where `reaches_target`, in QuickBooks; never inside
    a transaction, so it may happen twice. CannotBeError, and a ProblemError that a person must act upon (ASK), end the
    order, which says so in the audit; with any other ProblemError it waits.
    `after_sending`: it waits while nobody knows whether QuickBooks has one of its documents; with `whole_account`, one
    of all documents of the customer that it is about.
    """

    inside: Callable[[Connection, Company, Sequence[Task]], None]
    outside: Callable[[Company, Task], Any] | None = None
    reaches_target: bool = False
    after_sending: bool = False
    whole_account: bool = False
