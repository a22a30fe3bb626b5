"""What Cuadre mends by order, and what keeps it from guessing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from errors.kinds import (
    Action,
    CustomerInactive,
    InactiveReference,
    Kind,
    ServiceAccountWrong,
    ServiceInactive,
)
from errors.listing import ErrorRow
from tests.story.test_story_sides import result
from tests.support.house import House
from worker.steps.ordered import CARRIERS

ACTIVE = "Active"


def service(house: House, name: str = "Old work", **body: Any) -> Any:
    """An item of QuickBooks that nobody uses any more."""
    income = next(row for row in house.rows("Account") if row["AccountType"] == "Income")
    item = house.outsider(
        "Item", {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}, **body}
    )
    return rested(house, "Item", item)


def rested(house: House, entity: str, row: Any) -> Any:
    return house.outsider(entity, {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, ACTIVE: False})


def roused(house: House, entity: str, **body: Any) -> None:
    """Somebody makes the inactive ones active by hand."""
    for row in house.rows(entity):
        if not row[ACTIVE]:
            named = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, ACTIVE: True, **body}
            house.outsider(entity, named)


def inactive_service(house: House, **more: Any) -> ErrorRow:
    service(house, **more)
    house.furnish()
    house.service("s2", "Old work")
    house.invoice("1", "A-1", [("s2", "1", "10.00")])
    return held(house, ServiceInactive)


def inactive_customer(house: House, theirs: str = "Ana Ruiz", **ours: str) -> ErrorRow:
    rested(house, "Customer", house.outsider("Customer", {"DisplayName": theirs, "PrimaryEmailAddr": MAIL}))
    house.customer(**ours)
    house.service()
    house.invoice("1", "A-1")
    return held(house, CustomerInactive)


def wrong_account(house: House) -> ErrorRow:
    """A service whose row names an account for expenses."""
    house.furnish()
    house.service("s2", "Warranty", income_account="Bank Charges")
    house.invoice("1", "A-1", [("s2", "1", "10.00")])
    return held(house, ServiceAccountWrong)


MAIL = {"Address": "ana@ruiz.example"}


def held(house: House, kind: type[Kind]) -> ErrorRow:
    house.tick()
    (error,) = house.errors()
    assert (error.problem.kind, error.blocks) == (kind, 2)
    return error


def ours(house: House, entity: str) -> list[Any]:
    """Our writes to this list of QuickBooks."""
    return [entry for entry in house.writes() if entry.path.endswith(f"/{entity.lower()}")]


# --- active again -----------------------------------------------------------------------------------------------------


def test_an_inactive_service_is_made_active_again_and_what_waited_goes_through(house: House) -> None:
    error = inactive_service(house)
    house.order(Action.REACTIVATE, error)
    house.tick()
    assert (house.errors(), result(house, error)) == ([], "done")
    assert [(row["Name"], row[ACTIVE]) for row in house.rows("Item") if "Old work" in row["Name"]] == [
        ("Old work", True)
    ]
    assert house.by_number("A-1")["TotalAmt"] == 10


def test_an_inactive_customer_keeps_the_name_that_it_has_in_quickbooks(house: House) -> None:
    error = inactive_customer(house, theirs="Ruiz, Ana", email="ana@ruiz.example")
    house.order(Action.REACTIVATE, error)
    house.tick()
    assert (house.errors(), result(house, error)) == ([], "done")
    assert [(row["DisplayName"], row[ACTIVE]) for row in house.rows("Customer")] == [("Ruiz, Ana", True)]


@pytest.mark.parametrize("planted", [inactive_service, inactive_customer])
def test_what_somebody_made_active_meanwhile_is_left_alone(house: House, planted: Callable[[House], ErrorRow]) -> None:
    error = planted(house)
    roused(house, "Item", Name="Old work")
    roused(house, "Customer", DisplayName="Ana Ruiz")
    house.order(Action.REACTIVATE, error)
    before = len(ours(house, "Item")) + len(ours(house, "Customer"))
    house.tick()
    assert (house.errors(), result(house, error)) == ([], "done")
    assert len(ours(house, "Item")) + len(ours(house, "Customer")) == before


def test_of_two_inactive_services_none_is_guessed(house: House) -> None:
    for name in ("Garden", "House"):
        category = house.outsider("Item", {"Name": name, "Type": "Category"})
        service(house, SubItem=True, ParentRef={"value": category["Id"]})
    house.furnish()
    house.service("s2", "Old work")
    house.invoice("1", "A-1", [("s2", "1", "10.00")])
    error = held(house, ServiceInactive)
    before = len(house.writes())
    house.order(Action.REACTIVATE, error)
    house.tick()
    assert "2 inactive ones in QuickBooks could be meant; Cuadre does not guess" in result(house, error)
    assert (house.kinds(), len(house.writes())) == ([ServiceInactive], before)


def test_of_two_inactive_customers_with_one_address_none_is_guessed(house: House) -> None:
    for name in ("Ana R.", "A. Ruiz"):
        rested(house, "Customer", house.outsider("Customer", {"DisplayName": name, "PrimaryEmailAddr": MAIL}))
    error = inactive_customer(house, theirs="Ana María", email="ana@ruiz.example")
    house.order(Action.REACTIVATE, error)
    house.tick()
    assert "3 inactive ones in QuickBooks could be meant" in result(house, error)
    assert all(not row[ACTIVE] for row in house.rows("Customer"))


def test_what_quickbooks_refuses_ends_the_order_with_its_reason(house: House) -> None:
    error = inactive_customer(house)
    house.outsider("Vendor", {"DisplayName": "Ana Ruiz"})
    house.order(Action.REACTIVATE, error)
    house.tick()
    assert "The name Ana Ruiz is used in QuickBooks" in result(house, error)
    assert house.kinds() == [CustomerInactive]


def test_what_is_gone_by_now_cannot_be_made_active(house: House) -> None:
    error = inactive_service(house)
    house.order(Action.REACTIVATE, error)
    roused(house, "Item", Name="Quite another")
    house.tick()
    assert "QuickBooks has none of this name any more" in result(house, error)


def test_a_row_that_left_the_local_books_cannot_be_mended(house: House) -> None:
    error = inactive_service(house)
    house.order(Action.REACTIVATE, error)
    with house.books.begin() as connection:
        connection.exec_driver_sql("DELETE FROM invoice_lines")
        connection.exec_driver_sql("DELETE FROM services WHERE id = 's2'")
    house.tick()
    assert "its document is not here any more" in result(house, error)
    assert not any(row[ACTIVE] for row in house.rows("Item") if "Old work" in row["Name"])


@pytest.mark.parametrize("trouble", ["lose_request", "lose_reply", "status", "throttle"])
def test_an_order_without_an_answer_waits_and_is_carried_out_once(house: House, trouble: str) -> None:
    error = inactive_service(house)
    house.order(Action.REACTIVATE, error)
    house.fail(trouble, entity="Item", operation="update", times=1)
    house.tick()
    assert [row.pending for row in house.errors() if row.id == error.id] == [(Action.REACTIVATE,)]
    for _ in range(3):
        house.tick()
    assert (house.errors(), result(house, error)) == ([], "done")
    assert len({entry.request_id for entry in ours(house, "Item")}) == 1


# --- active again: what is linked -------------------------------------------------------------------------------------


def inactive_reference(house: House, entity: str) -> ErrorRow:
    """What our documents named yesterday was made inactive since."""
    house.furnish()
    house.invoice("0", "A-0")
    house.tick()
    rested(house, entity, house.rows(entity)[0])
    house.clock.moment += timedelta(days=1)
    house.invoice("1", "A-1")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is InactiveReference
    return error


@pytest.mark.parametrize("entity", ["Customer", "Item"])
def test_what_is_linked_and_was_made_inactive_since_is_active_again(house: House, entity: str) -> None:
    error = inactive_reference(house, entity)
    house.order(Action.REACTIVATE, error)
    house.tick()
    assert (house.errors(), result(house, error)) == ([], "done")
    (row,) = house.rows(entity)
    assert (row[ACTIVE], row.get("DisplayName", row.get("Name"))) == (True, row["FullyQualifiedName"])
    assert "(deleted)" not in row["FullyQualifiedName"]
    assert house.by_number("A-1")
    house.change("services", "s1", description="as before")
    house.change("customers", "c1", phone="1")
    house.tick()
    assert house.errors() == []


def test_where_nothing_that_it_names_is_inactive_any_more_it_is_only_tried_again(house: House) -> None:
    error = inactive_reference(house, "Item")
    roused(house, "Item", Name="Tree care")
    house.order(Action.REACTIVATE, error)
    before = len(ours(house, "Item"))
    house.tick()
    assert (house.errors(), result(house, error), len(ours(house, "Item"))) == ([], "done", before)


# --- another account --------------------------------------------------------------------------------------------------


def account_of(house: House, name: str = "Warranty") -> str:
    (item,) = (row for row in house.rows("Item") if row["Name"] == name)
    return str(item["IncomeAccountRef"]["name"])


def account(house: House, name: str, **body: Any) -> None:
    """Somebody changes an account."""
    row = next(row for row in house.rows("Account") if row["Name"] == name)
    house.outsider("Account", {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True, "Name": name, **body})


def test_income_accounts_alone_can_be_chosen(house: House) -> None:
    wrong_account(house)
    found = house.company.target.income_accounts()
    assert "Services" in found
    assert "Bank Charges" not in found
    assert list(found) == sorted(found, key=str.casefold)


def test_the_account_that_was_chosen_is_used_instead_of_the_one_in_the_row(house: House) -> None:
    error = wrong_account(house)
    house.order(Action.CHOOSE_ACCOUNT, error, "Services")
    house.tick()
    assert (house.errors(), result(house, error), account_of(house)) == ([], "done", "Services")
    assert house.by_number("A-1")["TotalAmt"] == 10


def test_it_holds_for_later_changes_of_the_row_until_the_row_names_another_account(house: House) -> None:
    house.order(Action.CHOOSE_ACCOUNT, wrong_account(house), "Services")
    house.tick()
    house.change("services", "s2", description="two years")
    house.tick()
    assert (house.errors(), account_of(house)) == ([], "Services")
    house.change("services", "s2", income_account="Warranties sold")
    house.outsider("Account", {"Name": "Warranties sold", "AccountType": "Income"})
    house.clock.moment += timedelta(minutes=5)
    house.tick()
    assert (house.errors(), account_of(house)) == ([], "Warranties sold")


def test_an_account_that_is_gone_by_now_is_not_used(house: House) -> None:
    house.outsider("Account", {"Name": "Warranties sold", "AccountType": "Income"})
    error = wrong_account(house)
    house.order(Action.CHOOSE_ACCOUNT, error, "Warranties sold")
    account(house, "Warranties sold", **{ACTIVE: False})
    house.tick()
    assert "Warranties sold is not an income account in QuickBooks any more" in result(house, error)
    assert house.kinds() == [ServiceAccountWrong]


def test_an_account_that_no_list_of_ours_shows_is_not_used(house: House) -> None:
    error = wrong_account(house)
    house.order(Action.CHOOSE_ACCOUNT, error, "Checking")
    house.tick()
    assert "Checking is not an income account in QuickBooks" in result(house, error)


def test_a_row_that_names_another_account_by_now_is_left_as_it_is(house: House) -> None:
    error = wrong_account(house)
    house.order(Action.CHOOSE_ACCOUNT, error, "Services")
    house.change("services", "s2", income_account="Sales of Product Income")
    house.tick()
    assert "its row names another account by now" in result(house, error)


def test_who_chooses_twice_before_the_tick_gets_the_later_one(house: House) -> None:
    error = wrong_account(house)
    house.outsider("Account", {"Name": "Warranties sold", "AccountType": "Income"})
    house.order(Action.CHOOSE_ACCOUNT, error, "Services")
    house.order(Action.CHOOSE_ACCOUNT, error, "Warranties sold")
    house.tick()
    assert account_of(house) == "Warranties sold"


def test_every_action_has_its_carrier() -> None:
    assert CARRIERS.keys() == set(Action)
