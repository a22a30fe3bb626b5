"""What Cuadre mends by order: in QuickBooks itself, or by what a person chose. What it stopped is tried again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from connectors.documents import Customer, Document, DocumentKind, Service
from errors.kinds import InactiveReference
from errors.problem import phrase
from worker.mending import CREDIT_CARD
from worker.rules.references import needs
from worker.state import decisions, items, links
from worker.state.database import reading
from worker.state.decisions import Decision, Matter
from worker.state.items import Item, storable
from worker.steps.ordered.carrier import CannotBeError, Carrier, Task, decision
from worker.steps.ordered.plain import RESYNC

if TYPE_CHECKING:
    from worker.pipeline import Company


METHOD = "payment-method"  # what a decision of this sort is about


def _reactivate(company: Company, task: Task) -> None:
    linked = task.order.problem.kind is InactiveReference
    for document, target_id in _resting(company, task) if linked else [(_document(company, task), "")]:
        assert isinstance(document, Customer | Service)
        if (reason := company.target.reactivate(document, str(task.order.id), target_id)) is not None:
            raise CannotBeError(reason)


def _resting(company: Company, task: Task) -> list[tuple[Document, str]]:
    """What the first of its documents names and is inactive in QuickBooks, with its id there; all have one cause.

    Nothing where an earlier try, or somebody else, was here already: then it is only tried again.
    """
    document = _read(company, task.concerned[:1])
    kinds = {DocumentKind.CUSTOMER, DocumentKind.SERVICE}
    keys = {need.key for need in needs(document, company.default_service) if need.kind in kinds}
    with reading(company.engine) as connection:
        known = items.by_key(connection, company.name, keys)
        linked = links.live(connection, company.name, company.realm_id, keys)
    held = {key: company.target.get(key[0], link.target_id) for key, link in linked.items()}
    resting = [(known[key], remote) for key, remote in held.items() if remote is not None and not remote.active]
    return [(_read(company, [item]), remote.target_id) for item, remote in resting]


def _account(company: Company, task: Task) -> Decision:
    """The account, if it still is one, in place of the one that the person saw in the error."""
    service, account = _document(company, task), task.order.value
    assert isinstance(service, Service)
    if service.income_account != task.order.problem.facts["account"]:
        raise CannotBeError(phrase("its row names another account by now"))
    if account not in company.target.income_accounts():
        raise CannotBeError(phrase("{account} is not an income account in QuickBooks any more", account=account))
    about, key = DocumentKind.SERVICE, service.local_id
    return decision(company, task, Matter.ACCOUNT, about, key, value=account, instead_of=service.income_account)


def _method(company: Company, task: Task) -> Decision:
    """The method, if QuickBooks still has it, for what the local books or the configuration call it."""
    word, method = _word(task), task.order.value
    if method not in company.target.payment_methods():
        raise CannotBeError(phrase("{method} is not a payment method in QuickBooks any more", method=method))
    if not storable(word):
        raise CannotBeError(phrase("what your own books call it is too long to be kept"))
    return decision(company, task, Matter.METHOD, METHOD, word, value=method)


def _create_method(company: Company, task: Task) -> None:
    name, credit_card = str(task.order.problem.facts["method"]), task.order.value == CREDIT_CARD
    reason = company.target.create_method(name, credit_card=credit_card, order=str(task.order.id))
    if reason is not None:
        raise CannotBeError(reason)


def _created(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    """It stands for itself from now on."""
    decisions.drop(connection, company.name, METHOD, {_word(task) for task in tasks}, Matter.METHOD)
    RESYNC.inside(connection, company, tasks)


def _decide(connection: Connection, company: Company, tasks: Sequence[Task]) -> None:
    for task in tasks:
        decisions.save(connection, task.answer)
    RESYNC.inside(connection, company, tasks)


def _word(task: Task) -> str:
    return str(task.order.problem.facts["method"]).casefold()


# --- how -------------------------------------------------------------------------------------------------------------


def _document(company: Company, task: Task) -> Document:
    """What the error is about, as the local books say it now."""
    return _read(company, task.own)


def _read(company: Company, chosen: Sequence[Item]) -> Document:
    gone = phrase("its document is not here any more")
    if len(chosen) != 1:
        raise CannotBeError(gone)
    item = chosen[0]
    found = company.source.read(item.kind, [item.local_id]).documents.get(item.local_id)
    if found is None:
        raise CannotBeError(gone)
    return found


REACTIVATE = Carrier(inside=RESYNC.inside, outside=_reactivate, reaches_target=True)
CHOOSE_ACCOUNT = Carrier(inside=_decide, outside=_account, reaches_target=True)
CREATE_METHOD = Carrier(inside=_created, outside=_create_method, reaches_target=True)
USE_METHOD = Carrier(inside=_decide, outside=_method, reaches_target=True)
