"""Decisions about customers beside everything else that happens: ticks under way, other orders, edits, lost answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from errors.kinds import Action, CustomerUnlinked
from errors.listing import ErrorRow
from tests.story.test_story_customers import (
    INVOICE,
    choose,
    link,
    missing,
    names,
    result,
    state,
    taken,
    theirs,
    unlink,
    unlinking,
)
from tests.support.house import House
from worker.state.machine import State
from worker.steps import orders, post


def in_a_tick(monkeypatch: pytest.MonkeyPatch, give: Callable[[], object]) -> None:
    """Right after the orders of the next tick were carried out, this happens."""
    real, waiting = orders.apply, [give]

    def apply(company: Any) -> Any:
        carried = real(company)
        while waiting:
            waiting.pop()()
        return carried

    monkeypatch.setattr(orders, "apply", apply)


def cut_short(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick that ends before anything is sent."""
    with monkeypatch.context() as patch:
        patch.setattr(post, "run", lambda _company, **_how: False)
        house.tick()


def renamed(house: House) -> ErrorRow:
    """Our linked customer has a new name, which a vendor has already."""
    house.furnish()
    house.tick()
    house.outsider("Vendor", {"DisplayName": "Ana Maria"})
    house.change("customers", "c1", name="Ana Maria")
    house.tick()
    (error,) = house.errors()
    return error


def relinked(house: House) -> tuple[str, str]:
    """Invoice 1 was posted and half paid before the right customer was chosen. The ids of the wrong one and of that."""
    wrong = theirs(house, "Ana Ruiz")
    house.furnish()
    house.invoice("1", "A-1")
    house.payment("p1", {"1": "75.00"})
    house.tick()
    right = theirs(house, "The right one")
    choose(house, unlink(house), right)
    house.tick()
    return wrong["Id"], right["Id"]


def customer_of(house: House, number: str) -> str:
    return str(house.by_number(number)["CustomerRef"]["value"])


# --- what was posted stays where it is --------------------------------------------------------------------------------


def test_a_change_of_an_invoice_that_was_posted_for_the_wrong_customer_leaves_it_and_its_payment_there(
    house: House,
) -> None:
    wrong, right = relinked(house)
    house.change("invoices", "1", memo="changed")
    house.invoice("2", "A-2")
    house.tick()
    assert (customer_of(house, "A-1"), customer_of(house, "A-2")) == (wrong, right)
    assert (house.by_number("A-1")["Balance"], house.errors()) == (75, [])
    assert "changed" in house.by_number("A-1")["PrivateNote"]


def test_a_payment_goes_to_the_customer_under_whom_its_invoice_stands(house: House) -> None:
    wrong, _right = relinked(house)
    house.payment("p2", {"1": "75.00"})
    house.tick()
    assert [row["CustomerRef"]["value"] for row in house.rows("Payment")] == [wrong, wrong]
    assert (house.by_number("A-1")["Balance"], house.errors()) == (0, [])


def test_an_invoice_that_is_ready_to_leave_is_made_anew_for_the_right_customer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = renamed(house)
    house.invoice("1", "A-1")
    cut_short(house, monkeypatch)
    right = theirs(house, "The right one")
    choose(house, error, right)
    house.tick()
    assert customer_of(house, "A-1") == right["Id"]


def test_an_invoice_that_is_ready_to_leave_waits_when_its_customer_is_the_wrong_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1")
    cut_short(house, monkeypatch)
    unlink(house)
    house.tick()
    assert (house.rows("Invoice"), state(house, INVOICE, "1")) == ([], State.HELD)


def test_an_invoice_whose_request_was_lost_is_not_sent_again_for_the_wrong_customer(house: House) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1")
    house.fail("lose_request", entity="Invoice", operation="create")
    house.tick()
    error = unlink(house)
    for _ in range(3):
        house.tick()
    assert (house.rows("Invoice"), house.kinds()) == ([], [CustomerUnlinked])
    right = theirs(house, "The right one")
    choose(house, error, right)
    house.tick()
    assert customer_of(house, "A-1") == right["Id"]


def test_an_invoice_whose_request_was_lost_is_not_stranded_by_a_choice_that_comes_to_nothing(house: House) -> None:
    error = renamed(house)
    house.invoice("1", "A-1")
    house.fail("lose_request", entity="Invoice", operation="create")
    house.tick()
    assert state(house, INVOICE, "1") is State.SENDING
    choose(house, error, {"Id": "999"})
    for _ in range(4):
        house.tick()
    assert result(house, error).startswith("could not be done")
    assert state(house, INVOICE, "1") is State.LINKED


# --- a person says which one it is, and nobody else -------------------------------------------------------------------


@pytest.mark.parametrize("edit", [{"phone": "555 0100"}, {"name": "Ana M. Ruiz"}])
def test_an_edit_of_a_customer_that_waits_for_its_right_one_neither_links_nor_creates(
    house: House, edit: dict[str, str]
) -> None:
    theirs(house, "Ana Ruiz")
    house.furnish()
    house.tick()
    unlink(house)
    house.invoice("1", "A-1")
    house.tick()
    house.change("customers", "c1", **edit)
    house.tick()
    house.order(Action.RESYNC, house.errors()[0])
    house.tick()
    assert (link(house), names(house), house.rows("Invoice")) == (None, ["Ana Ruiz"], [])
    assert house.kinds() == [CustomerUnlinked]


def test_a_link_is_taken_back_though_the_tick_under_way_updates_the_customer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.furnish()
    house.tick()

    def meanwhile() -> None:
        assert not unlinking(house).refused
        house.change("customers", "c1", phone="555 0100")

    in_a_tick(monkeypatch, meanwhile)
    house.tick()
    house.tick()
    assert (link(house), house.kinds()) == (None, [CustomerUnlinked])


@pytest.mark.parametrize("edit", [{"phone": "555 0100"}, {"name": "Ana R. Ruiz"}])
def test_an_edit_between_the_choice_and_the_tick_does_not_end_the_choice(house: House, edit: dict[str, str]) -> None:
    error = taken(house)
    chosen = theirs(house, "Ruiz, Ana")
    choose(house, error, chosen)
    house.change("customers", "c1", **edit)
    house.tick()
    linked = link(house)
    assert linked is not None
    assert linked.target_id == chosen["Id"]
    assert len(house.rows("Customer")) == 1


def test_a_choice_holds_in_the_quickbooks_company_that_it_was_made_in(house: House) -> None:
    error = missing(house)
    chosen = theirs(house, "Ruiz, Ana")
    house.order(Action.LINK_CUSTOMER, error, f"{chosen['Id']}@another")
    house.tick(create_customers=False)
    assert result(house, error) == "could not be done: it was chosen in another QuickBooks company"
    assert link(house) is None


def test_of_a_lost_request_no_customer_with_the_same_address_is_taken_for_the_new_one(house: House) -> None:
    wrong = theirs(house, "Ana Home", "ana@example.test")
    house.service()
    house.customer(email="ana@example.test")
    house.tick()
    error = unlink(house)
    house.order(Action.CREATE_CUSTOMER, error)
    house.fail("lose_request", entity="Customer", operation="create")
    for _ in range(5):
        house.tick()
    linked = link(house)
    assert linked is not None
    assert (names(house), linked.target_id != wrong["Id"]) == (["Ana Home", "Ana Ruiz"], True)
