"""An account is left out beside everything else: ticks under way, other orders, other customers, lost answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.documents import DocumentKind
from errors import actions
from errors.kinds import Action, InvalidField, TextRefused
from errors.listing import ErrorRow
from errors.selection import Selection
from errors.tables import State as ErrorState
from tests.story.test_story_customer_guards import in_a_tick, renamed
from tests.story.test_story_customers import (
    INVOICE,
    left_out,
    missing,
    state,
    theirs,
    unlinking,
)
from tests.support.house import BY, House
from tests.support.quickbooks_desk import DAY
from worker.state.machine import State

PAYMENT, FEE = DocumentKind.PAYMENT, DocumentKind.FEE
TOO_LONG = "A-1 is a number that is much too long"


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
