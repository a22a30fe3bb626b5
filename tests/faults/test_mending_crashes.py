"""A process dies at any boundary of an order that mends something in QuickBooks: it is mended, and only once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from errors.kinds import Action
from tests.story.test_story_mending import (
    inactive_customer,
    inactive_reference,
    inactive_service,
    wrong_account,
)
from tests.story.test_story_methods import unknown_method
from tests.support.cases import deaths
from tests.support.house import House
from worker.mending import OTHER

CASES: dict[str, Callable[[House], Any]] = {
    "service": lambda house: house.order(Action.REACTIVATE, inactive_service(house)),
    "new method": lambda house: house.order(Action.CREATE_METHOD, unknown_method(house), OTHER),
    "other method": lambda house: house.order(Action.USE_METHOD, unknown_method(house), "Cash"),
    "account": lambda house: house.order(Action.CHOOSE_ACCOUNT, wrong_account(house), "Services"),
    "linked": lambda house: house.order(Action.REACTIVATE, inactive_reference(house, "Item")),
    "customer": lambda house: house.order(Action.REACTIVATE, inactive_customer(house)),
}


def done(house: House) -> None:
    """Nothing is inactive, nothing is double, and what waited is there."""
    assert house.errors() == []
    for entity, name in (("Customer", "DisplayName"), ("Item", "Name"), ("PaymentMethod", "Name")):
        rows = house.rows(entity)
        assert all(row["Active"] for row in rows)
        assert len({row[name] for row in rows}) == len(rows)
    assert house.by_number("A-1")


@pytest.mark.parametrize("case", CASES)
def test_a_process_may_die_at_any_boundary_of_an_order_that_mends(house: House, case: str) -> None:
    CASES[case](house)
    assert deaths(house, lambda: done(house)) == []
