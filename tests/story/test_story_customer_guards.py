"""Decisions about customers beside everything else that happens: ticks under way, other orders, edits, lost answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from connectors.documents import DocumentKind
from errors import actions
from errors.kinds import Action, CustomerUnlinked, InvalidField, TextRefused
from errors.listing import ErrorRow
from errors.selection import Selection
from errors.tables import State as ErrorState
from tests.story.test_story_customers import (
    INVOICE,
    choose,
    left_out,
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
from tests.support.house import BY, House
from tests.support.quickbooks_desk import DAY
from worker.state.machine import State
from worker.steps import orders, post

PAYMENT, FEE = DocumentKind.PAYMENT, DocumentKind.FEE
TOO_LONG = "A-1 is a number that is much too long"


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


# --- left out, whatever else is ordered -------------------------------------------------------------------------------


def test_an_account_is_left_out_though_the_tick_under_way_links_its_customer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = missing(house)
    theirs(house, "Ana Ruiz")
    house.order(Action.RESYNC, error)
    in_a_tick(monkeypatch, lambda: house.order(Action.LEAVE_OUT, error))
    house.tick(create_customers=False)
    house.tick(create_customers=False)
    house.invoice("2", "A-2")
    house.tick(create_customers=False)
    assert (left_out(house), state(house, INVOICE, "2"), house.errors()) == (["c1"], State.SKIPPED, [])
    (skipped,) = house.errors(ErrorState.SKIPPED)
    house.order(Action.UNSKIP, skipped)
    house.tick(create_customers=False)
    assert (left_out(house), state(house, INVOICE, "2"), house.errors()) == ([], State.LINKED, [])


def test_a_customer_that_is_linked_and_left_out_is_not_unlinked_before_it_is_synced_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = missing(house)
    theirs(house, "Ana Ruiz")
    house.order(Action.RESYNC, error)
    in_a_tick(monkeypatch, lambda: house.order(Action.LEAVE_OUT, error))
    house.tick(create_customers=False)
    house.tick(create_customers=False)
    (refusal,) = unlinking(house).refused
    assert refusal.reason == "customer Ana Ruiz is not synced; sync it again first."
    (skipped,) = house.errors(ErrorState.SKIPPED)
    house.order(Action.UNSKIP, skipped)
    house.tick(create_customers=False)
    assert (left_out(house), house.errors()) == ([], [])
    assert not unlinking(house).refused


def test_leaving_out_and_undoing_it_before_the_tick_strands_nothing(house: House) -> None:
    error = missing(house)
    house.change("invoices", "1", number=TOO_LONG)
    house.tick(create_customers=False)
    house.order(Action.LEAVE_OUT, error)
    house.order(Action.UNSKIP, error)
    house.tick(create_customers=False)
    house.change("invoices", "1", number="A-1")
    theirs(house, "Ana Ruiz")
    for each in house.errors():
        house.order(Action.RESYNC, each)
    house.tick(create_customers=False)
    assert (state(house, INVOICE, "1"), left_out(house), house.errors()) == (State.LINKED, [], [])


def test_leaving_out_and_skipping_one_of_its_documents_before_the_tick_strands_nothing(house: House) -> None:
    error = missing(house)
    house.change("invoices", "1", number=TOO_LONG)
    house.tick(create_customers=False)
    (other,) = [each for each in house.errors() if each.id != error.id]
    house.order(Action.LEAVE_OUT, error)
    house.order(Action.SKIP, other)
    house.tick(create_customers=False)
    house.change("invoices", "1", number="A-1")
    theirs(house, "Ana Ruiz")
    for each in house.errors(ErrorState.SKIPPED):
        house.order(Action.UNSKIP, each)
    house.tick(create_customers=False)
    house.tick(create_customers=False)
    assert (state(house, INVOICE, "1"), house.errors()) == (State.LINKED, [])


def test_two_errors_of_one_customer_are_left_out_together_and_come_back_together(house: House) -> None:
    house.service()
    house.customer("c1", "Ana:Ruiz", email="x" * 150)
    house.invoice("1", "A-1")
    house.tick()
    assert house.kinds() == [InvalidField, TextRefused]
    with house.engine.begin() as connection:
        done = actions.leave_out(connection, Selection(all=True), by=BY, now=house.clock.now())
    assert not done.refused
    house.tick()
    assert (left_out(house), house.errors()) == (["c1"], [])
    house.change("customers", "c1", name="Ana Ruiz", email="")
    (skipped,) = [each for each in house.errors(ErrorState.SKIPPED) if each.blocks]
    house.order(Action.UNSKIP, skipped)
    house.tick()
    assert (state(house, INVOICE, "1"), left_out(house), house.errors()) == (State.LINKED, [], [])


def test_an_invoice_that_is_given_to_another_customer_is_posted(house: House) -> None:
    house.order(Action.LEAVE_OUT, missing(house))
    house.tick(create_customers=False)
    theirs(house, "Berta")
    house.customer("c2", "Berta")
    house.change("invoices", "1", customer_id="c2")
    house.tick(create_customers=False)
    assert house.by_number("A-1")["CustomerRef"]["name"] == "Berta"
    house.change("invoices", "1", memo="still hers")
    house.tick(create_customers=False)
    assert house.errors() == []


@pytest.mark.parametrize("early", [True, False])
def test_what_another_customer_pays_for_an_account_that_is_left_out_waits_as_silently(
    house: House, *, early: bool
) -> None:
    error = missing(house)
    theirs(house, "Berta")
    house.customer("c2", "Berta")
    if early:
        house.payment("p1", {"1": "150.00"}, customer="c2")
        house.tick(create_customers=False)
    house.order(Action.LEAVE_OUT, error)
    house.tick(create_customers=False)
    if not early:
        house.payment("p1", {"1": "150.00"}, customer="c2")
        house.tick(create_customers=False)
    (skipped,) = house.errors(ErrorState.SKIPPED)
    assert (house.errors(), state(house, PAYMENT, "p1")) == ([], State.SKIPPED)
    assert ("payment", "p1") in {(each.document_kind, each.local_id) for each in skipped.documents}


def test_a_fee_waits_with_the_payment_of_an_account_that_is_left_out(house: House) -> None:
    house.order(Action.LEAVE_OUT, missing(house))
    house.tick(create_customers=False)
    house.payment("p1", {"1": "150.00"})
    house.row("fees", id="f1", date=DAY, total="3.20", payment_id="p1")
    house.tick(create_customers=False)
    assert (house.rows("Purchase"), state(house, FEE, "f1"), house.errors()) == ([], State.SKIPPED, [])


def test_an_invoice_whose_request_was_lost_is_not_sent_again_for_an_account_that_is_left_out(house: House) -> None:
    error = renamed(house)
    house.invoice("1", "A-1")
    house.fail("lose_request", entity="Invoice", operation="create")
    house.tick()
    assert state(house, INVOICE, "1") is State.SENDING
    house.order(Action.LEAVE_OUT, error)
    house.clock.moment += timedelta(minutes=10)
    for _ in range(3):
        house.tick()
    assert (house.rows("Invoice"), state(house, INVOICE, "1"), house.errors()) == ([], State.SKIPPED, [])


def test_of_two_customers_with_ids_that_look_alike_the_one_with_the_error_is_left_out(house: House) -> None:
    house.service()
    house.customer("7", "Ana", email="x" * 150)
    house.customer("7 email", "Berta")
    house.tick()
    (error,) = house.errors()
    assert error.problem.subject == "customer 7 email"
    house.order(Action.LEAVE_OUT, error)
    house.tick()
    assert left_out(house) == ["7"]


def test_an_error_about_several_customers_leaves_no_account_out(house: House) -> None:
    house.customer("c1", "Ana")
    house.customer("c2", "Berta")
    house.fail("lose_request", path="/batch$", times=4)
    shared: list[ErrorRow] = []
    for _ in range(6):
        house.tick()
        shared = shared or [each for each in house.errors() if each.problem.subject.startswith("batch")]
    assert shared
    assert Action.LEAVE_OUT not in shared[0].actions
