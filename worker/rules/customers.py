"""What a person decided about a customer, and what of it still holds. Pure."""

from __future__ import annotations

from dataclasses import replace

from connectors.contract import Match
from connectors.documents import Customer
from errors.kinds import CustomerInactive
from worker.state.decisions import Decision


def as_decided(customer: Customer, decision: Decision | None) -> Customer:
    """With the name that a person gave it, as long as the local books say what it stands for."""
    if decision is None or not decision.value or decision.instead_of != customer.name:
        return customer
    return replace(customer, name=decision.value)


def by_name_alone(customer: Customer) -> Customer:
    """A new customer may share its e-mail address with others: a person said that it is none of them."""
    return replace(customer, email="")


def stands_in_the_way(match: Match) -> bool:
    """Of one that was looked for by name alone. A name that was taken out of use is free again (qbo-facts 2.1)."""
    if match.problem is not None:
        return match.problem.kind is not CustomerInactive
    return match.remote is not None
