"""A process dies at any boundary of an order about a customer: another one goes on, and it is done once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from errors.kinds import Action
from tests.story.test_story_customers import (
    CUSTOMER,
    INVOICE,
    choose as choosing,
    left_out,
    link,
    missing,
    names,
    state,
    taken,
    theirs,
    unlink,
)
from tests.support.cases import deaths
from tests.support.house import House
from worker.state.machine import State


def choose(house: House) -> None:
    error = missing(house)
    choosing(house, error, theirs(house, "Ruiz, Ana"))


def chosen(house: House) -> None:
    mine = link(house)
    assert mine is not None
    assert house.by_number("A-1")["CustomerRef"]["value"] == mine.target_id
    assert (names(house), house.errors()) == (["Ruiz, Ana"], [])


def create(house: House) -> None:
    house.order(Action.CREATE_CUSTOMER, taken(house), "Ana Ruiz (Customer)")


def created(house: House) -> None:
    assert house.by_number("A-1")["CustomerRef"]["name"] == "Ana Ruiz (Customer)"
    assert (names(house), house.errors()) == (["Ana Ruiz (Customer)"], [])


def leave(house: House) -> None:
    house.order(Action.LEAVE_OUT, missing(house))


def left(house: House) -> None:
    assert (left_out(house), house.errors(), house.rows("Invoice"), names(house)) == (["c1"], [], [], [])
    assert {state(house, CUSTOMER, "c1"), state(house, INVOICE, "1")} == {State.SKIPPED}


def take_back(house: House) -> None:
    theirs(house, "Ana Ruiz")
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    choosing(house, unlink(house), theirs(house, "Ruiz, Ana"))


def taken_back(house: House) -> None:
    mine = link(house)
    assert mine is not None
    assert [row["DisplayName"] for row in house.rows("Customer") if row["Id"] == mine.target_id] == ["Ruiz, Ana"]
    assert (house.errors(), house.by_number("A-1")["CustomerRef"]["name"]) == ([], "Ana Ruiz")


@pytest.mark.parametrize(
    ("plant", "done"),
    [(choose, chosen), (create, created), (leave, left), (take_back, taken_back)],
    ids=["link-customer", "create-customer", "leave-out", "unlink"],
)
def test_a_process_may_die_at_any_boundary_of_an_order(
    house: House, plant: Callable[[House], None], done: Callable[[House], None]
) -> None:
    plant(house)
    assert deaths(house, lambda: done(house)) == []
