"""Which customer of QuickBooks is ours, as a person decided: one that is there, a new one, none, or not this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection

from connectors.contract import Remote
from connectors.documents import Customer, DocumentKind
from errors import queue
from errors.problem import Name, phrase
from worker.rules.customers import by_name_alone, stands_in_the_way
from worker.rules.fingerprint import fingerprint
from worker.state import decisions, items, links
from worker.state.database import reading
from worker.state.decisions import Decision, Matter
from worker.state.items import Item
from worker.state.links import Link
from worker.state.machine import MOVES, State
from worker.steps.adopting import owner
from worker.steps.decided import leave
from worker.steps.hold import blocked
from worker.steps.link import link_in
from worker.steps.ordered.carrier import CannotBeError, Carrier, Task
from worker.steps.ordered.plain import wake

if TYPE_CHECKING:
    from worker.pipeline import Company

_log = structlog.get_logger("cuadre.steps")

WAITING = (State.SEEN, State.PREPARED, State.NUMBERED, State.HELD)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Our customer as its row is now, and the one of QuickBooks that it is."""

    item: Item
    customer: Customer
    remote: Remote


def _look(company: Company, task: Task) -> Chosen:
    """Once more what the person chose.

    Raises:
        CannotBeError: it cannot be chosen, or not any more.
        ProblemError: one of the sides is out of reach.
    """
    item, customer = _ours(company, task)
    remote = company.target.get(DocumentKind.CUSTOMER, task.order.value)
    if remote is None:
        raise CannotBeError(phrase("there is no such customer in QuickBooks any more"))
    if not remote.active:
        raise CannotBeError(phrase("that customer was made inactive in QuickBooks"))
    if other := owner(company, item, remote.target_id):
        raise CannotBeError(phrase("that customer belongs to your own {holder}", holder=_name(company, other)))
    return Chosen(item=item, customer=customer, remote=remote)


def _name(company: Company, local_id: str) -> Name:
    key = (DocumentKind.CUSTOMER, local_id)
    with reading(company.engine) as connection:
        found = items.by_key(connection, company.name, {key}).get(key)
    return found.name if found else Name(DocumentKind.CUSTOMER.value, local_id)


def _ours(company: Company, task: Task) -> tuple[Item, Customer]:
    """The one customer that the error is about, with its row as it is now."""
    if len(task.own) != 1 or task.own[0].kind is not DocumentKind.CUSTOMER:
        raise CannotBeError(phrase("its customer is not here any more"))
    (item,) = task.own
    if item.state is not State.HELD:
        raise CannotBeError(phrase("it is on its way again; look at the error once more"))
    customer = company.source.read(item.kind, [item.local_id]).documents.get(item.local_id)
    if not isinstance(customer, Customer):
        raise CannotBeError(phrase("its row cannot be read in the local books"))
    return item, customer


def _link(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """As it stands there it is ours, with nothing noted as sent; the next change of the local row updates it."""
    for task in tasks:
        chosen: Chosen = task.answer
        item = chosen.item
        _without_link(connection, company, item)
        decisions.drop(connection, company.name, item.kind, (item.local_id,), Matter.CREATE)
        linked = replace(item, body="", sent_version=item.version, fingerprint=fingerprint(chosen.customer))
        company.tally.linked += link_in(connection, company, [(linked, chosen.remote)], adopted=True)


def _without_link(connection: Connection, company: Company, item: Item) -> None:
    """What was posted for it stays with the customer that it was linked to."""
    found = _linked(connection, company, item)
    if found is not None:
        links.forget(connection, found)
        _log.info("unlinked", company=company.name, document=item.subject, target_id=found.target_id)


def _linked(connection: Connection, company: Company, item: Item) -> Link | None:
    key = (item.kind, item.local_id)
    return links.live(connection, company.name, company.realm_id, {key}).get(key)


def _new(company: Company, task: Task) -> Customer:
    """Our customer, if nobody in QuickBooks has the name that it is to get.

    Raises:
        CannotBeError: somebody has it.
        ProblemError: one of the sides is out of reach.
    """
    item, customer = _ours(company, task)
    name = task.order.value or customer.name
    match = company.target.match([by_name_alone(replace(customer, name=name))])[item.local_id]
    with reading(company.engine) as connection:
        linked = _linked(connection, company, item)
    itself = linked is not None and match.remote is not None and match.remote.target_id == linked.target_id
    if stands_in_the_way(match) and not itself:
        raise CannotBeError(phrase("somebody in QuickBooks has the name {name} already", name=name))
    return customer


def _create(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """The next step creates it, or renames the one that is linked; the name is kept for every later change, too."""
    for task in tasks:
        (item,) = task.own
        decided = replace(_decision(company, task, item, Matter.CREATE), value=task.order.value)
        decisions.save(connection, replace(decided, instead_of=task.answer.name))
    queue.release(connection, [task.order.error_id for task in tasks], company.clock.now())
    wake(connection, company, tasks, State.HELD)


def _leave_out(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """The customer, and every document of it that is on its way; what comes later is found by the decision."""
    for task in tasks:
        for customer in (item for item in task.concerned if item.kind is DocumentKind.CUSTOMER):
            decided = replace(_decision(company, task, customer, Matter.LEAVE_OUT), value=customer.label)
            decisions.save(connection, decided)
            theirs = items.of_customer(connection, company.name, customer.local_id, WAITING)
            leave(connection, company, [(item, decided) for item in (customer, *theirs)])


def _unlink(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """It stands in the error table until somebody says which customer it is; its documents wait for that."""
    now = company.clock.now()
    for task in tasks:
        for item in (each for each in task.own if State.HELD in MOVES[each.state] or each.state is State.HELD):
            decisions.drop(connection, company.name, item.kind, (item.local_id,), Matter.CREATE)
            _without_link(connection, company, item)
            error_id = queue.record(connection, task.order.problem, blocked(item), now)
            if item.state is not State.HELD:
                items.move(connection, item, State.HELD, now, error_id=error_id, not_before=None)


def _decision(company: Company, task: Task, item: Item, matter: Matter) -> Decision:
    return Decision(
        company=company.name,
        about=item.kind,
        key=item.local_id,
        matter=matter,
        error_id=task.order.error_id,
        by=task.order.by,
        why=task.order.why,
        at=company.clock.now(),
    )


LINK = Carrier(inside=_link, outside=_look, reaches_target=True, after_sending=True)
CREATE = Carrier(inside=_create, outside=_new, reaches_target=True, after_sending=True)
LEAVE_OUT = Carrier(inside=_leave_out, after_sending=True)
UNLINK = Carrier(inside=_unlink, after_sending=True)
