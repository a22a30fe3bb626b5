"""What a person orders after a look at both sides, and what becomes of it when somebody was faster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connectors.documents import DocumentKind
from errors import orders
from errors.kinds import Action, ChangedInQuickBooks, DeletedInQuickBooks, DuplicateNumber
from errors.language import told
from errors.listing import ErrorRow
from tests.support.house import NAME, House
from tests.support.quickbooks_desk import DAY
from worker import sides
from worker.rules.sides import Sides, why_not
from worker.state import items, links
from worker.state.links import Link
from worker.state.machine import State

INVOICE = DocumentKind.INVOICE


def duplicate(house: House, price: str = "75.00", customer: str = "Walk-in") -> ErrorRow:
    """Our invoice 1 and somebody's invoice for another customer have the same number."""
    house.furnish()
    house.tick()
    other = house.outsider("Customer", {"DisplayName": customer})
    entered = house.enters("A-1", price=price)
    change(house, entered, CustomerRef={"value": other["Id"]})
    house.invoice("1", "A-1")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is DuplicateNumber
    return error


def changed(house: House, **body: Any) -> ErrorRow:
    """Our invoice 1 was changed in QuickBooks, and then in the local books."""
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    change(house, house.by_number("A-1"), **body)
    house.change("invoices", "1", memo="ours")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is ChangedInQuickBooks
    return error


def deleted(house: House) -> ErrorRow:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    remove(house)
    house.change("invoices", "1", memo="ours")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is DeletedInQuickBooks
    return error


def change(house: House, document: Any, **body: Any) -> Any:
    now = next(row for row in house.rows("Invoice") if row["Id"] == document["Id"])
    return house.outsider("Invoice", {"Id": now["Id"], "SyncToken": now["SyncToken"], "sparse": True, **body})


def remove(house: House, how: str = "delete") -> None:
    document = house.by_number("A-1")
    house.outsider("Invoice", {"Id": document["Id"], "SyncToken": document["SyncToken"]}, operation=how)


def look(house: House, key: str = "1") -> Sides:
    return sides.look(house.company, house.item(INVOICE, key))


def order(house: House, action: Action, error: ErrorRow) -> None:
    """After a look at both sides, as all the doors do it."""
    found = look(house)
    assert why_not(action, found) is None
    house.order(action, error, found.seen)


def result(house: House, error: ErrorRow) -> str:
    with house.engine.connect() as connection:
        line = orders.history(connection, error.id)[-1]
    assert line.applied_at is not None
    return told(line.result) if line.result else "done"


def link(house: House, key: str = "1") -> Link | None:
    with house.engine.connect() as connection:
        return links.live(connection, NAME, house.company.realm_id, {(INVOICE, key)}).get((INVOICE, key))


def renumber(house: House, number: str) -> None:
    item = house.item(INVOICE, "1")
    with house.engine.begin() as connection:
        items.note(connection, item, number=number)


def refused(action: Action, house: House) -> str:
    reason = why_not(action, look(house))
    assert reason is not None
    return told(reason)


def writes(house: House) -> int:
    return len(house.writes())


# --- a duplicate is linked to its holder ------------------------------------------------------------------------------


def test_both_sides_stand_field_by_field_with_their_differences(house: House) -> None:
    duplicate(house)
    rows = {(row.line, row.field): row for row in look(house).rows}
    assert [key for key, row in rows.items() if row.differs] == [(0, "customer")]
    assert str(rows[0, "customer"].theirs.name) == "Walk-in"  # type: ignore[union-attr]
    assert rows[0, "total"].ours == rows[0, "total"].theirs == 150
    assert rows[1, "quantity"].theirs == 2


def test_a_document_is_linked_to_the_holder_of_its_number_and_nothing_is_written(house: House) -> None:
    error = duplicate(house)
    holder, before = house.by_number("A-1"), writes(house)
    order(house, Action.LINK, error)
    house.tick()
    assert house.errors() == []
    linked = link(house)
    assert linked is not None
    assert (linked.target_id, linked.adopted, house.item(INVOICE, "1").state) == (holder["Id"], True, State.LINKED)
    assert (house.by_number("A-1"), writes(house), result(house, error)) == (holder, before, "done")


def test_a_later_change_of_the_local_row_updates_what_it_was_linked_to(house: House) -> None:
    order(house, Action.LINK, duplicate(house))
    house.tick()
    house.change("invoices", "1", memo="from now on ours")
    house.tick()
    assert house.by_number("A-1")["PrivateNote"].startswith("from now on ours")
    assert house.errors() == []


def test_where_the_totals_differ_a_link_is_refused_and_ours_can_be_pushed(house: House) -> None:
    error = duplicate(house, price="10.00")
    assert "the totals differ: 150.00 USD here, 20.00 USD" in refused(Action.LINK, house)
    order(house, Action.LINK_PUSH, error)
    house.tick()
    assert house.errors() == []
    assert (house.by_number("A-1")["TotalAmt"], house.by_number("A-1")["CustomerRef"]["name"]) == (150, "Ana Ruiz")
    assert len(house.rows("Invoice")) == 1


@pytest.mark.parametrize(
    ("faster", "reason"),
    [
        (lambda house: change(house, house.by_number("A-1"), DueDate="2030-01-01"), "changed in QuickBooks after you"),
        (lambda house: change(house, house.by_number("A-1"), DocNumber="Z-9"), "no such document has this number"),
        (lambda house: remove(house, "void"), "voided"),
        (remove, "no such document has this number"),
        (lambda house: house.change("invoices", "1", memo="x"), "it is on its way again"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("action", [Action.LINK, Action.LINK_PUSH])
def test_what_happened_between_the_order_and_the_tick_ends_the_order(
    house: House, action: Action, faster: Callable[[House], object], reason: str
) -> None:
    error = duplicate(house)
    order(house, action, error)
    before = writes(house)
    faster(house)
    house.tick()
    assert reason in result(house, error)
    linked = link(house)
    assert linked is None or writes(house) > before  # its own number is free: it was posted as any other


def test_a_holder_that_belongs_to_another_record_of_ours_is_never_shared(house: House) -> None:
    error = duplicate(house)
    other = replace(house.item(INVOICE, "1"), local_id="other", generation=1)
    order(house, Action.LINK, error)
    remote = house.company.target.get(INVOICE, house.by_number("A-1")["Id"])
    assert remote is not None
    with house.company.begin() as connection:
        links.save_all(
            connection, NAME, house.company.realm_id, [(other, remote)], house.clock.now(), adopted=False
        )  # fmt: skip
    house.tick()
    assert "belongs to your own invoice other" in result(house, error)
    assert link(house) is None


def test_a_holder_that_was_posted_for_another_record_of_ours_is_not_taken_from_it(house: House) -> None:
    """Its answer was lost, and it is not linked yet."""
    duplicate(house)
    marker = replace(house.item(INVOICE, "1"), local_id="a 2").marker
    change(house, house.by_number("A-1"), PrivateNote=f"x\n[{marker}]")
    assert "belongs to your own invoice a 2" in refused(Action.LINK, house)


def test_two_duplicates_ordered_to_the_same_holder_link_the_first_alone(house: House) -> None:
    first = duplicate(house)
    renumber(house, "A-2")  # as after a race of two local rows
    house.invoice("2", "A-1")
    house.tick()
    renumber(house, "A-1")
    second = next(row for row in house.errors() if row.documents[0].local_id == "2")
    order(house, Action.LINK, first)
    house.order(Action.LINK, second, look(house, "2").seen)
    house.tick()
    assert link(house) is not None
    assert link(house, "2") is None
    assert "belongs to your own invoice A-1" in result(house, second)


def test_an_order_waits_while_nobody_knows_whether_its_document_is_there(house: House) -> None:
    error = duplicate(house)
    order(house, Action.LINK_PUSH, error)
    sending = house.item(INVOICE, "1")
    with house.engine.begin() as connection:
        later = house.clock.now().replace(year=2030)
        connection.execute(
            items.items.update().where(items.items.c.id == sending.id).values(state=State.SENDING, not_before=later)
        )
    house.tick()
    assert house.errors()[0].pending == (Action.LINK_PUSH,)
    assert link(house) is None


def test_what_waits_for_a_duplicate_is_freed_and_not_linked_itself(house: House) -> None:
    error = duplicate(house)
    house.payment("7", {"1": "20.00"})
    house.tick()
    order(house, Action.LINK_PUSH, error)
    house.tick()
    assert house.errors() == []
    assert house.rows("Payment")[0]["Line"][0]["LinkedTxn"][0]["TxnId"] == house.by_number("A-1")["Id"]


# --- changed in QuickBooks --------------------------------------------------------------------------------------------


def test_ours_is_pushed_again_over_what_a_person_has_seen(house: House) -> None:
    error = changed(house, TxnDate="2026-03-09")
    (row,) = [row for row in look(house).rows if row.differs and row.field == "date"]
    assert (str(row.ours), str(row.theirs)) == (DAY.isoformat(), "2026-03-09")
    order(house, Action.PUSH, error)
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")["TxnDate"] == DAY.isoformat()
    assert house.by_number("A-1")["PrivateNote"].startswith("ours")


@pytest.mark.parametrize("action", [Action.PUSH, Action.KEEP])
def test_a_change_that_nobody_has_seen_is_neither_overwritten_nor_accepted(house: House, action: Action) -> None:
    error = changed(house, TxnDate="2026-03-09")
    order(house, action, error)
    change(house, house.by_number("A-1"), TxnDate="2026-03-10")
    house.tick()
    assert "changed in QuickBooks after you looked" in result(house, error)
    assert house.by_number("A-1")["TxnDate"] == "2026-03-10"
    assert house.kinds() == [ChangedInQuickBooks]


def test_theirs_is_kept_until_the_local_row_changes_again(house: House) -> None:
    error = changed(house, TxnDate="2026-03-09")
    order(house, Action.KEEP, error)
    before = writes(house)
    house.tick()
    house.tick()
    assert house.errors() == []
    assert (house.by_number("A-1")["TxnDate"], writes(house)) == ("2026-03-09", before)
    house.change("invoices", "1", memo="once more")
    house.tick()
    assert house.errors() == []
    assert house.by_number("A-1")["PrivateNote"].startswith("once more")


def test_what_was_kept_is_defended_against_the_next_change(house: House) -> None:
    order(house, Action.KEEP, changed(house, TxnDate="2026-03-09"))
    house.tick()
    change(house, house.by_number("A-1"), TxnDate="2026-03-20")
    house.change("invoices", "1", memo="once more")
    house.tick()
    (error,) = house.errors()
    assert error.problem.kind is ChangedInQuickBooks
    assert "2026-03-09 -> 2026-03-20" in str(error.problem.facts["difference"])


def test_another_total_cannot_be_kept(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()
    theirs = house.by_number("A-1")
    detail = {**theirs["Line"][0]["SalesItemLineDetail"], "Qty": "1", "UnitPrice": "75"}
    change(house, theirs, Line=[{"DetailType": "SalesItemLineDetail", "Amount": "75", "SalesItemLineDetail": detail}])
    house.change("invoices", "1", memo="ours")
    house.tick()
    assert "the totals differ: 150.00 USD here, 75.00 USD" in refused(Action.KEEP, house)
    house.order(Action.KEEP, house.errors()[0], look(house).seen)
    house.tick()
    assert house.kinds() == [ChangedInQuickBooks]


def test_who_changes_their_mind_before_the_tick_gets_the_later_order_alone(house: House) -> None:
    error = changed(house, TxnDate="2026-03-09")
    order(house, Action.KEEP, error)
    order(house, Action.PUSH, error)
    assert house.errors()[0].pending == (Action.PUSH,)
    house.tick()
    assert house.by_number("A-1")["TxnDate"] == DAY.isoformat()


# --- deleted in QuickBooks --------------------------------------------------------------------------------------------


def test_what_was_deleted_is_created_again_by_order_alone_and_as_another_generation(house: House) -> None:
    error = deleted(house)
    order(house, Action.RECREATE, error)
    house.tick()
    assert house.errors() == []
    item = house.item(INVOICE, "1")
    assert (item.generation, item.state) == (1, State.LINKED)
    assert item.marker in house.by_number("A-1")["PrivateNote"]
    assert len({entry.request_id for entry in house.writes()}) == len(house.writes())


def test_what_was_deleted_is_not_created_beside_somebodys_own_with_its_number(house: House) -> None:
    error = deleted(house)
    order(house, Action.RECREATE, error)
    house.enters("A-1", price="9.99")
    house.tick()
    assert house.kinds() == [DuplicateNumber]
    assert len(house.rows("Invoice")) == 1


@pytest.mark.parametrize("action", [Action.PUSH, Action.KEEP])
def test_what_was_deleted_since_cannot_be_pushed_or_kept(house: House, action: Action) -> None:
    error = changed(house, TxnDate="2026-03-09")
    order(house, action, error)
    remove(house)
    house.tick()
    assert "it was deleted in QuickBooks" in result(house, error)
    assert house.rows("Invoice") == []


# --- bad moments ------------------------------------------------------------------------------------------------------


def test_an_order_waits_while_quickbooks_is_out_of_reach_and_a_look_says_why(house: House) -> None:
    error = duplicate(house)
    order(house, Action.LINK, error)
    house.fail("status", status=503, times=1000)
    assert look(house).unseen is not None
    assert look(house).ours is not None
    house.tick()
    assert error.id in {row.id for row in house.errors() if row.pending == (Action.LINK,)}
