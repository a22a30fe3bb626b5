"""What a person decided after a look at both sides. The tick looks once more: it is done as it was ordered, or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.contract import Remote
from errors import queue
from errors.problem import ProblemError, phrase
from worker import sides
from worker.rules.sides import Sides, why_not
from worker.state import items, links
from worker.state.machine import State
from worker.steps.link import link_in
from worker.steps.ordered.carrier import CannotBeError, Carrier, Task
from worker.steps.ordered.plain import wake

if TYPE_CHECKING:
    from worker.pipeline import Company


def _look(company: Company, task: Task) -> Sides:
    """Both sides as they are now, where they are still what the person looked at.

    Raises:
        CannotBeError: they are not, or it cannot be done any more.
        ProblemError: one of them is out of reach.
    """
    if len(task.own) != 1:
        raise CannotBeError(phrase("its document is not here any more"))
    found = sides.look(company, task.own[0])
    if found.unseen is not None:
        raise ProblemError(found.unseen)
    if (reason := why_not(task.order.action, found)) is not None:
        raise CannotBeError(reason)
    if found.seen != task.order.value:
        raise CannotBeError(phrase("it was changed in QuickBooks after you looked; look at both sides once more"))
    return found


def _link(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """As it stands there it is ours, with nothing noted as sent; the next change of the local row updates it."""
    for found in _answers(tasks):
        item = replace(found.item, body="", sent_version=found.item.version)
        company.tally.linked += link_in(connection, company, [(item, _remote(found))], adopted=True)


def _link_and_push(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    now = company.clock.now()
    for found in _answers(tasks):
        item = replace(found.item, body="", fingerprint="")  # nothing was sent: the next step sends an update
        links.save_all(connection, company.name, company.realm_id, [(item, _remote(found))], now, adopted=True)
    _again(connection, company, tasks)


def _push(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """The next step sends an update of the version that the person looked at, whatever was sent before."""
    for found in _answers(tasks):
        assert found.link is not None
        links.amend(connection, found.link, version=_remote(found).version, fingerprint="")
    _again(connection, company, tasks)


def _keep(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """Linked as it stands there; what it says is ours to defend from now on."""
    for found in _answers(tasks):
        assert found.link is not None
        body = company.target.accepted(found.link.body, _remote(found)) if found.link.body else ""
        item = replace(found.item, body=body, sent_version=found.item.version)
        company.tally.linked += link_in(connection, company, [(item, _remote(found))])


def _recreate(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """Another generation of the record (invariant I3): it has no link, and a marker and a request id of its own."""
    for found in _answers(tasks):
        assert found.link is not None
        links.retire(connection, found.link)
        items.note(connection, found.item, generation=found.item.generation + 1, request_id=None, bid=None)
    _again(connection, company, tasks)


def _answers(tasks: Sequence[Task]) -> list[Sides]:
    return [task.answer for task in tasks]


def _remote(found: Sides) -> Remote:
    assert found.remote is not None
    return found.remote


def _again(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    queue.release(connection, [task.order.error_id for task in tasks], company.clock.now())
    wake(connection, company, tasks, State.HELD)


LINK = Carrier(inside=_link, outside=_look, reaches_target=True, after_sending=True)
LINK_PUSH = Carrier(inside=_link_and_push, outside=_look, reaches_target=True, after_sending=True)
PUSH = Carrier(inside=_push, outside=_look, reaches_target=True, after_sending=True)
KEEP = Carrier(inside=_keep, outside=_look, reaches_target=True, after_sending=True)
RECREATE = Carrier(inside=_recreate, outside=_look, reaches_target=True, after_sending=True)
