"""Which customer of QuickBooks is ours, as a person decided: one that is there, a new one, none, or not this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from worker.state.decisions import Matter
from worker.state.items import Item
from worker.state.links import Link
from worker.state.machine import MOVES, State
from worker.steps.adopting import owner
from worker.steps.decided import leave
from worker.steps.hold import blocked
from worker.steps.link import link_in
from worker.steps.ordered.carrier import CannotBeError, Carrier, Task, decision

if TYPE_CHECKING:
    from worker.pipeline import Company

_log = structlog.get_logger("cuadre.steps")

READY = (State.PREPARED, State.NUMBERED)  # with a body that names a customer of QuickBooks
WAITING = (State.SEEN, *READY, State.HELD)


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
    target_id, _at, realm_id = task.order.value.partition("@")
    if realm_id != company.realm_id:
        raise CannotBeError(phrase("it was chosen in another QuickBooks company"))
    remote = company.target.get(DocumentKind.CUSTOMER, target_id)
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
    """The customer that the error is about, with its row as it is now. One that was changed since starts anew: the
    decision is about who it is, not about what its row says.
    """
    item = task.about
    if item is None or item.kind is not DocumentKind.CUSTOMER:
        raise CannotBeError(phrase("its customer is not here any more"))
    if item.state not in {State.HELD, State.SEEN}:
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
        _without_link(connection, company, task, item)
        decisions.drop(connection, company.name, item.kind, (item.local_id,), Matter.CREATE, Matter.UNLINKED)
        linked = replace(item, body="", sent_version=item.version, fingerprint=fingerprint(chosen.customer))
        company.tally.linked += link_in(connection, company, [(linked, chosen.remote)], adopted=True)


def _without_link(connection: Connection, company: Company, task: Task, item: Item) -> None:
    """What was posted for it stays with the customer that it was linked to; what is ready to leave is made anew."""
    found = _linked(connection, company, item)
    if found is not None:
        links.forget(connection, found)
        _note_before(connection, company, task, item, found.target_id)
        _log.info("unlinked", company=company.name, document=item.subject, target_id=found.target_id)
    theirs = items.of_customer(connection, company.name, item.local_id, {*READY, State.HELD})
    anew = {"request_id": None, "bid": None, "not_before": None}
    items.move_all(connection, [(each, anew) for each in theirs], State.SEEN, company.clock.now())


def _note_before(connection: Connection, company: Company, task: Task, item: Item, target_id: str) -> None:
    key, realm_id = item.local_id, company.realm_id
    known = decisions.of(connection, company.name, item.kind, {key}, Matter.BEFORE, realm_id).get(key)
    ids = dict.fromkeys([*(known.value.split() if known else ()), target_id])
    before = decision(company, task, Matter.BEFORE, item.kind, key, realm_id=realm_id, value=" ".join(ids))
    decisions.save(connection, before)


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
    for item, task in _customers(tasks):
        name = {"value": task.order.value, "instead_of": task.answer.name}
        created = decision(company, task, Matter.CREATE, item.kind, item.local_id, realm_id=company.realm_id, **name)
        decisions.save(connection, created)
        decisions.drop(connection, company.name, item.kind, (item.local_id,), Matter.UNLINKED)
    freed = queue.release(connection, [task.order.error_id for task in tasks], company.clock.now())
    items.wake(connection, company.name, freed, {State.HELD}, company.clock.now())


def _leave_out(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """The customer, what waits for it, and all that is on its way; what comes later is found by the decision.

    It is decided once, whatever the customer has become since, and whichever of its errors it was ordered for.
    """
    for item, task in _customers(tasks):
        known = decisions.of(connection, company.name, item.kind, {item.local_id}, Matter.LEAVE_OUT)
        new = decision(company, task, Matter.LEAVE_OUT, item.kind, item.local_id, value=item.label)
        decided = known.get(item.local_id, new)
        if decided is new:
            decisions.save(connection, decided)
        queue.keep(connection, decided.error_id, company.name, (blocked(item),), company.clock.now())
        theirs = items.of_customer(connection, company.name, item.local_id, WAITING)
        waiting = {each.id: each for each in (item, *task.concerned, *theirs)}
        leave(connection, company, [(each, decided) for each in waiting.values()])


def _unlink(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """It stands in the error table until somebody says which customer it is; its documents wait for that."""
    now = company.clock.now()
    for item, task in _customers(tasks):
        decisions.drop(connection, company.name, item.kind, (item.local_id,), Matter.CREATE)
        unlinked = decision(company, task, Matter.UNLINKED, item.kind, item.local_id, realm_id=company.realm_id)
        decisions.save(connection, unlinked)
        _without_link(connection, company, task, item)
        if item.state is State.SKIPPED:  # left out meanwhile: it is asked when it is synced again
            continue
        error_id = queue.record(connection, task.order.problem, blocked(item), now)
        if State.HELD in MOVES[item.state]:
            items.move(connection, item, State.HELD, now, error_id=error_id, not_before=None)


def _customers(tasks: Iterable[Task]) -> Iterable[tuple[Item, Task]]:
    """The customers that these orders are about, with their orders."""
    return ((task.about, task) for task in tasks if task.about is not None and task.about.kind is DocumentKind.CUSTOMER)


LINK = Carrier(inside=_link, outside=_look, reaches_target=True, after_sending=True, whole_account=True)
CREATE = Carrier(inside=_create, outside=_new, reaches_target=True, after_sending=True)
LEAVE_OUT = Carrier(inside=_leave_out, after_sending=True, whole_account=True)
UNLINK = Carrier(inside=_unlink, after_sending=True, whole_account=True)
