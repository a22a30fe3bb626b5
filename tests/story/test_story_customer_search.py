"""Customers of QuickBooks are looked for by a part of their name or e-mail."""

from __future__ import annotations

import pytest

from tests.story.test_story_customers import inactive, theirs
from tests.support.house import House
from worker import customers


def found(house: House, text: str) -> list[str]:
    return [each.choice.name for each in customers.search(house.company, text)]


def test_a_search_looks_into_names_and_addresses_without_case_and_shows_those_in_use_first(house: House) -> None:
    theirs(house, "Berta Ruiz")
    theirs(house, "Ana", "info@RUIZ.test")
    inactive(house, theirs(house, "Antonio Ruiz"))
    theirs(house, "Somebody else")
    assert found(house, "ruiz") == ["Ana", "Berta Ruiz", "Antonio Ruiz (deleted)"]
    assert found(house, "r") == []
    assert [each.free for each in customers.search(house.company, "ruiz")] == [True, True, False]


@pytest.mark.parametrize("text", ["50%", "a_b", "O'Br", "back\\slash"])
def test_a_search_takes_every_character_for_itself(house: House, text: str) -> None:
    for name in ("50% off", "505 off", "a_b", "axb", "O'Brien", "back\\slash"):
        theirs(house, name)
    assert [name for name in ("50% off", "505 off", "a_b", "axb", "O'Brien", "back\\slash") if text in name] == found(
        house, text
    )


def test_what_was_searched_once_is_searched_again_without_a_call(house: House) -> None:
    theirs(house, "Berta Ruiz")
    found(house, "ruiz")
    before = house.company.calls()
    found(house, "bert")
    assert house.company.calls() == before


def test_a_search_says_which_customer_of_ours_one_belongs_to(house: House) -> None:
    house.furnish()
    house.tick()
    (each,) = customers.search(house.company, "ana")
    assert (str(each.owner), each.free) == ("customer Ana Ruiz", False)
