"""A process dies at any boundary of an order that reaches QuickBooks: another one goes on, and it is done once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from errors.kinds import Action
from errors.listing import ErrorRow
from tests.story.test_story_sides import INVOICE, changed, deleted, duplicate, link, order
from tests.support.cases import deaths
from tests.support.house import House
from worker.state.machine import State

PLANTED: dict[Action, Callable[[House], ErrorRow]] = {
    Action.LINK: duplicate,
    Action.LINK_PUSH: lambda house: duplicate(house, price="10.00"),
    Action.PUSH: lambda house: changed(house, TxnDate="2026-03-09"),
    Action.KEEP: lambda house: changed(house, TxnDate="2026-03-09"),
    Action.RECREATE: deleted,
}


def done(house: House) -> None:
    """One document in QuickBooks, ours, with our total, and nothing open."""
    (held,) = house.rows("Invoice")
    mine = link(house)
    assert mine is not None
    assert (mine.target_id, held["TotalAmt"], house.item(INVOICE, "1").state) == (held["Id"], 150, State.LINKED)
    assert house.errors() == []


@pytest.mark.parametrize("action", PLANTED)
def test_a_process_may_die_at_any_boundary_of_an_order(house: House, action: Action) -> None:
    order(house, action, PLANTED[action](house))
    assert deaths(house, lambda: done(house)) == []
