"""Which customer of QuickBooks ours is, as a person decides it, and what becomes of its documents."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.documents import DocumentKind
from connectors.quickbooks.sandbox.core import FIRST_REALM
from errors import actions, orders
from errors.kinds import (
    Action,
    CustomerAmbiguous,
    CustomerInactive,
    CustomerNameTaken,
    CustomerNotFound,
    CustomerUnlinked,
    LinesDoNotAddUp,
)
from errors.language import told
from errors.listing import ErrorRow
from errors.ordering import Ordered
from errors.selection import Selection
from errors.tables import State as ErrorState
from tests.support.house import BY, NAME, House
from worker import customers
from worker.state import decisions, links
from worker.state.decisions import Matter
from worker.state.links import Link
from worker.state.machine import State

CUSTOMER, INVOICE = DocumentKind.CUSTOMER, DocumentKind.INVOICE


def missing(house: House, **values: Any) -> ErrorRow:
    """Our customer c1 with invoice 1; QuickBooks has neither, and nobody is created there."""
    house.service()
    house.customer(**values)
    house.invoice("1", "A-1")
    house.tick(create_customers=False)
    (error,) = house.errors()
    assert error.problem.kind is CustomerNotFound
    return error


def theirs(house: House, name: str, email: str = "", **body: Any) -> Any:
    address = {"PrimaryEmailAddr": {"Address": email}} if email else {}
    return house.outsider("Customer", {"DisplayName": name, **address, **body})


def choose(house: House, error: ErrorRow, customer: Any) -> None:
    house.order(Action.LINK_CUSTOMER, error, f"{customer['Id']}@{FIRST_REALM}")


def inactive(house: House, customer: Any) -> None:
    body = {"Id": customer["Id"], "SyncToken": customer["SyncToken"], "sparse": True, "Active": False}
    house.outsider("Customer", body)


def link(house: House, key: str = "c1") -> Link | None:
    with house.engine.connect() as connection:
        return links.live(connection, NAME, house.company.realm_id, {(CUSTOMER, key)}).get((CUSTOMER, key))


def result(house: House, error: ErrorRow) -> str:
    with house.engine.connect() as connection:
        line = orders.history(connection, error.id)[-1]
    assert line.applied_at is not None
    return told(line.result) if line.result else "done"


def names(house: House) -> list[str]:
    return sorted(row["DisplayName"] for row in house.rows("Customer"))


def state(house: House, kind: DocumentKind, key: str) -> State:
    return house.item(kind, key).state


def left_out(house: House) -> list[str]:
    with house.engine.connect() as connection:
        return [each.key for each in decisions.all_of(connection, Matter.LEAVE_OUT, NAME)]


# --- one that is there ------------------------------------------------------------------------------------------------


def test_the_chosen_customer_is_linked_and_its_documents_go_to_it(house: House) -> None:
    error = missing(house)
    chosen = theirs(house, "Ruiz, Ana")
    choose(house, error, chosen)
    house.tick(create_customers=False)
    linked = link(house)
    assert linked is not None
    assert (linked.target_id, linked.adopted) == (chosen["Id"], True)
    assert house.by_number("A-1")["CustomerRef"]["value"] == chosen["Id"]
    assert (house.errors(), names(house), result(house, error)) == ([], ["Ruiz, Ana"], "done")


def test_of_several_with_one_address_the_chosen_one_is_linked(house: House) -> None:
    house.furnish()
    theirs(house, "Ana Home", "ana@example.test")
    second = theirs(house, "Ana Office", "ana@example.test")
    house.change("customers", "c1", email="ana@example.test")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is CustomerAmbiguous
    choose(house, error, second)
    house.tick()
    linked = link(house)
    assert linked is not None
    assert linked.target_id == second["Id"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("owned", "could not be done: that customer belongs to your own customer Berta"),
        ("inactive", "could not be done: that customer was made inactive in QuickBooks"),
        ("gone", "could not be done: there is no such customer in QuickBooks any more"),
    ],
)
def test_a_choice_that_does_not_hold_any_more_ends_with_its_reason(house: House, spoil: str, reason: str) -> None:
    error = missing(house)
    chosen = theirs(house, "Berta")
    if spoil == "owned":
        house.customer("c2", "Berta")
        house.tick(create_customers=False)
    elif spoil == "inactive":
        inactive(house, chosen)
    choose(house, error, {"Id": "999"} if spoil == "gone" else chosen)
    house.tick(create_customers=False)
    assert result(house, error) == reason
    assert link(house) is None
    assert house.kinds() == [CustomerNotFound]


def test_a_later_choice_replaces_one_that_waits(house: House) -> None:
    error = missing(house)
    first, second = theirs(house, "One"), theirs(house, "Two")
    choose(house, error, first)
    choose(house, error, second)
    house.tick(create_customers=False)
    linked = link(house)
    assert linked is not None
    assert linked.target_id == second["Id"]


# --- a new one --------------------------------------------------------------------------------------------------------


def test_a_customer_is_created_by_order_though_the_policy_creates_none(house: House) -> None:
    error = missing(house)
    house.order(Action.CREATE_CUSTOMER, error)
    house.tick(create_customers=False)
    assert (names(house), house.errors()) == (["Ana Ruiz"], [])
    assert house.by_number("A-1")["CustomerRef"]["name"] == "Ana Ruiz"


def taken(house: House) -> ErrorRow:
    """A vendor has the name of our customer."""
    house.outsider("Vendor", {"DisplayName": "Ana Ruiz"})
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is CustomerNameTaken
    return error


def test_a_taken_name_is_replaced_by_the_one_that_a_person_gives_and_stays_so_at_every_change(house: House) -> None:
    house.order(Action.CREATE_CUSTOMER, taken(house), "Ana Ruiz (Customer)")
    house.tick()
    assert (names(house), house.errors()) == (["Ana Ruiz (Customer)"], [])
    house.change("customers", "c1", phone="555 0100")
    house.tick()
    (held,) = house.rows("Customer")
    assert (held["DisplayName"], held["PrimaryPhone"]["FreeFormNumber"]) == ("Ana Ruiz (Customer)", "555 0100")


def test_another_name_in_the_local_books_ends_the_given_one(house: House) -> None:
    house.order(Action.CREATE_CUSTOMER, taken(house), "Ana Ruiz (Customer)")
    house.tick()
    house.change("customers", "c1", name="Ana Maria Ruiz")
    house.tick()
    assert names(house) == ["Ana Maria Ruiz"]


def test_a_linked_customer_whose_new_name_is_taken_gets_another_one_and_stays_who_it_is(house: House) -> None:
    house.furnish()
    house.tick()
    before = link(house)
    house.outsider("Vendor", {"DisplayName": "Ana Maria"})
    house.change("customers", "c1", name="Ana Maria")
    house.tick()
    house.order(Action.CREATE_CUSTOMER, house.errors()[0], "Ana Maria (Customer)")
    house.tick()
    after = link(house)
    assert before is not None
    assert after is not None
    assert (names(house), after.target_id) == (["Ana Maria (Customer)"], before.target_id)


def test_a_name_that_somebody_has_is_refused_with_the_reason(house: House) -> None:
    error = taken(house)
    theirs(house, "Ana R.")
    house.order(Action.CREATE_CUSTOMER, error, "Ana R.")
    house.tick()
    assert result(house, error) == "could not be done: somebody in QuickBooks has the name Ana R. already"
    assert (names(house), link(house)) == (["Ana R."], None)


def test_a_new_customer_may_share_its_address_with_others_when_a_person_says_so(house: House) -> None:
    house.furnish()
    for name in ("Ana Home", "Ana Office"):
        theirs(house, name, "ana@example.test")
    house.change("customers", "c1", email="ana@example.test")
    house.tick()
    house.order(Action.CREATE_CUSTOMER, house.errors()[0])
    house.tick()
    linked = link(house)
    assert names(house) == ["Ana Home", "Ana Office", "Ana Ruiz"]
    assert linked is not None
    assert next(row for row in house.rows("Customer") if row["Id"] == linked.target_id)["DisplayName"] == "Ana Ruiz"


def test_of_a_lost_answer_no_older_customer_with_the_same_address_is_taken_for_the_new_one(house: House) -> None:
    house.furnish()
    for name in ("Ana Home", "Ana Office"):
        theirs(house, name, "ana@example.test")
    house.change("customers", "c1", email="ana@example.test")
    house.tick()
    inactive(house, next(row for row in house.rows("Customer") if row["DisplayName"] == "Ana Office"))
    house.clock.moment += timedelta(hours=2)
    house.order(Action.CREATE_CUSTOMER, house.errors()[0])
    house.fail("lose_request", entity="Customer", operation="create")
    for _ in range(4):
        house.tick()
    assert [name for name in names(house) if name.startswith("Ana R")] == ["Ana Ruiz"]
    linked = link(house)
    assert linked is not None
    assert next(row for row in house.rows("Customer") if row["Id"] == linked.target_id)["DisplayName"] == "Ana Ruiz"


def test_what_is_made_inactive_leaves_its_name_to_a_new_one(house: House) -> None:
    house.furnish()
    inactive(house, theirs(house, "Ana Ruiz"))
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is CustomerInactive
    house.order(Action.CREATE_CUSTOMER, error)
    house.tick()
    assert (names(house), house.errors()) == (["Ana Ruiz", "Ana Ruiz (deleted)"], [])


# --- none -------------------------------------------------------------------------------------------------------------


def test_the_documents_of_an_account_that_is_not_synced_wait_silently(house: House) -> None:
    error = missing(house)
    house.order(Action.LEAVE_OUT, error)
    house.tick(create_customers=False)
    house.invoice("2", "A-2")
    house.invoice("3", "A-3", total=Decimal("1.00"))
    house.tick(create_customers=False)
    assert house.kinds() == [LinesDoNotAddUp]  # a row that cannot be read does not say whose it is
    assert left_out(house) == ["c1"]
    (skipped,) = house.errors(ErrorState.SKIPPED)
    assert {(each.document_kind, each.local_id) for each in skipped.documents} == {
        ("customer", "c1"),
        ("invoice", "1"),
        ("invoice", "2"),
    }
    assert {state(house, INVOICE, key) for key in "12"} == {State.SKIPPED}


def test_other_errors_of_an_account_that_is_left_out_are_settled(house: House) -> None:
    error = missing(house)
    house.change("invoices", "1", number="A-1 is a number that is much too long")
    house.tick(create_customers=False)
    house.order(Action.LEAVE_OUT, error)
    house.tick(create_customers=False)
    assert house.errors() == []


def test_a_change_of_what_was_posted_before_waits_too_and_all_goes_on_when_it_is_synced_again(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    house.outsider("Vendor", {"DisplayName": "Ana Maria"})
    house.change("customers", "c1", name="Ana Maria")
    house.tick()
    (error,) = house.errors()
    house.order(Action.LEAVE_OUT, error)
    house.tick()
    house.change("invoices", "1", memo="changed")
    house.invoice("2", "A-2")
    house.tick()
    assert ("changed" in house.by_number("A-1")["PrivateNote"], len(house.rows("Invoice"))) == (False, 1)
    house.change("customers", "c1", name="Ana M.")
    (skipped,) = house.errors(ErrorState.SKIPPED)
    house.order(Action.UNSKIP, skipped)
    house.tick()
    assert (house.errors(), left_out(house)) == ([], [])
    assert "changed" in house.by_number("A-1")["PrivateNote"]
    assert house.by_number("A-2")["CustomerRef"]["name"] == "Ana M."


def test_other_customers_go_on_beside_an_account_that_is_left_out(house: House) -> None:
    house.order(Action.LEAVE_OUT, missing(house))
    house.customer("c2", "Berta")
    theirs(house, "Berta")
    house.invoice("2", "A-2", customer="c2")
    house.tick(create_customers=False)
    assert house.by_number("A-2")["CustomerRef"]["name"] == "Berta"


def test_only_the_error_of_a_customer_leaves_an_account_out(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1 is a number that is much too long")
    house.tick()
    (error,) = house.errors()
    with house.engine.begin() as connection:
        done = actions.leave_out(connection, Selection(ids=(error.id,)), by=BY, now=house.clock.now())
    assert [each.reason for each in done.refused] == ["Only a customer's own error leaves an account out of the sync."]


# --- not this one -----------------------------------------------------------------------------------------------------


def unlink(house: House) -> ErrorRow:
    """The error is there at once, and the tick ends the link."""
    done = unlinking(house)
    assert not done.refused, done.refused
    (error,) = [row for row in house.errors() if row.problem.kind is CustomerUnlinked]
    return error


def unlinking(house: House) -> Ordered:
    item = house.item(CUSTOMER, "c1")
    with house.engine.begin() as connection:
        return customers.unlink(connection, item, by=BY, now=house.clock.now())


def test_a_wrong_link_is_taken_back_and_documents_wait_for_the_right_customer(house: House) -> None:
    wrong = theirs(house, "Ana Ruiz")
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    error = unlink(house)
    assert error.problem.kind is CustomerUnlinked
    house.invoice("2", "A-2")
    house.tick()
    assert (link(house), state(house, CUSTOMER, "c1"), state(house, INVOICE, "2")) == (None, State.HELD, State.HELD)
    right = theirs(house, "The right one")
    choose(house, error, right)
    house.tick()
    linked = link(house)
    assert linked is not None
    assert (linked.target_id, house.errors()) == (right["Id"], [])
    assert house.by_number("A-1")["CustomerRef"]["value"] == wrong["Id"]
    assert house.by_number("A-2")["CustomerRef"]["value"] == right["Id"]


def test_the_link_of_a_customer_is_taken_back_once_however_often_it_is_ordered(house: House) -> None:
    house.furnish()
    house.tick()
    error = unlink(house)
    assert unlinking(house).already == (error.id,)
    house.tick()
    refused = unlinking(house).refused
    assert [each.reason for each in refused] == [
        "customer Ana Ruiz is not linked to a customer in QuickBooks just now."
    ]


def test_the_right_customer_may_be_the_one_that_it_was_linked_to(house: House) -> None:
    wrong = theirs(house, "Ana Ruiz")
    house.furnish()
    house.tick()
    error = unlink(house)
    choose(house, error, wrong)
    house.tick()
    linked = link(house)
    assert linked is not None
    assert (linked.target_id, house.errors()) == (wrong["Id"], [])
