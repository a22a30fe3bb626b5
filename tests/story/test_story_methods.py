"""A payment method that QuickBooks lacks is created there, or another one stands for its word."""

from __future__ import annotations

from datetime import timedelta

import pytest

from errors.kinds import Action, PaymentMethodUnknown
from errors.listing import ErrorRow
from tests.story.test_story_mending import ours, rested
from tests.story.test_story_sides import result
from tests.support.house import House
from worker.mending import CREDIT_CARD, OTHER


def unknown_method(house: House, method: str = "Stripe") -> ErrorRow:
    """A payment by what QuickBooks does not know."""
    house.furnish()
    house.invoice("1", "A-1")
    house.payment("7", {"1": "20.00"}, method=method)
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is PaymentMethodUnknown
    return error


def paid_by(house: House) -> list[str]:
    """What QuickBooks says of our payments."""
    names = {row["Id"]: row["Name"] for row in house.rows("PaymentMethod")}
    return [names[row["PaymentMethodRef"]["value"]] for row in house.rows("Payment")]


@pytest.mark.parametrize(("sort", "told"), [(CREDIT_CARD, "CREDIT_CARD"), (OTHER, "NON_CREDIT_CARD")])
def test_a_payment_method_is_created_as_the_person_said_and_used_at_once(house: House, sort: str, told: str) -> None:
    error = unknown_method(house)
    house.order(Action.CREATE_METHOD, error, sort)
    house.tick()
    assert (house.errors(), result(house, error), paid_by(house)) == ([], "done", ["Stripe"])
    assert [row["Type"] for row in house.rows("PaymentMethod") if row["Name"] == "Stripe"] == [told]


def test_a_payment_method_that_somebody_created_meanwhile_is_left_alone(house: House) -> None:
    error = unknown_method(house)
    house.outsider("PaymentMethod", {"Name": "stripe"})
    house.order(Action.CREATE_METHOD, error, CREDIT_CARD)
    house.tick()
    assert (house.errors(), ours(house, "PaymentMethod"), paid_by(house)) == ([], [], ["stripe"])


def test_a_name_that_quickbooks_cannot_take_says_so(house: House) -> None:
    error = unknown_method(house, "x" * 32)
    house.order(Action.CREATE_METHOD, error, OTHER)
    house.tick()
    assert "longer than the 31 characters" in result(house, error)
    assert ours(house, "PaymentMethod") == []


def test_a_method_without_an_answer_is_created_once(house: House) -> None:
    error = unknown_method(house)
    house.order(Action.CREATE_METHOD, error, OTHER)
    house.fail("lose_reply", entity="PaymentMethod", operation="create", times=1)
    for _ in range(4):
        house.tick()
    assert (house.errors(), result(house, error), paid_by(house)) == ([], "done", ["Stripe"])


def test_a_word_stands_for_a_method_that_quickbooks_has_and_goes_on_doing_so(house: House) -> None:
    error = unknown_method(house, "transfer")
    assert "Check" in house.company.target.payment_methods()
    house.order(Action.USE_METHOD, error, "Check")
    house.tick()
    house.payment("8", {"1": "30.00"}, method="Transfer")
    house.tick()
    assert (house.errors(), result(house, error), paid_by(house)) == ([], "done", ["Check", "Check"])


def test_what_the_configuration_says_goes_first(house: House) -> None:
    """It makes a Visa of a card; the choice is about the Visa that QuickBooks lacks."""
    house.tick()
    visa = next(row for row in house.rows("PaymentMethod") if row["Name"] == "Visa")
    rested(house, "PaymentMethod", visa)
    error = unknown_method(house, "card")
    assert error.problem.facts["method"] == "Visa"
    house.order(Action.USE_METHOD, error, "MasterCard")
    house.tick()
    assert (house.errors(), paid_by(house)) == ([], ["MasterCard"])


def test_a_method_that_is_gone_by_now_is_not_used_and_can_be_chosen_anew(house: House) -> None:
    error = unknown_method(house)
    house.order(Action.USE_METHOD, error, "Check")
    rested(house, "PaymentMethod", next(row for row in house.rows("PaymentMethod") if row["Name"] == "Check"))
    house.tick()
    assert "Check is not a payment method in QuickBooks any more" in result(house, error)
    house.order(Action.USE_METHOD, error, "Cash")
    house.tick()
    assert (house.errors(), paid_by(house)) == ([], ["Cash"])


def test_a_choice_whose_method_is_gone_later_is_an_error_about_the_same_word(house: House) -> None:
    house.order(Action.USE_METHOD, unknown_method(house, "transfer"), "Check")
    house.tick()
    rested(house, "PaymentMethod", next(row for row in house.rows("PaymentMethod") if row["Name"] == "Check"))
    house.clock.moment += timedelta(days=2)
    house.payment("8", {"1": "30.00"}, method="transfer")
    house.tick()
    (error,) = house.errors()
    assert error.problem.facts["method"] == "transfer"
    house.order(Action.CREATE_METHOD, error, OTHER)
    house.tick()
    assert (house.errors(), "transfer" in paid_by(house)) == ([], True)


def test_who_creates_and_then_chooses_gets_what_they_chose(house: House) -> None:
    error = unknown_method(house)
    house.order(Action.CREATE_METHOD, error, OTHER)
    house.order(Action.USE_METHOD, error, "Cash")
    house.tick()
    assert (paid_by(house), ours(house, "PaymentMethod")) == (["Cash"], [])
