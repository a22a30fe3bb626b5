"""Up to thirty documents in one call, and each of them answered, lost and found for itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import pytest

from connectors.contract import Outcome, Posting
from connectors.documents import DocumentKind
from connectors.quickbooks.sandbox.books.switches import Switches
from connectors.quickbooks.sandbox.core import FIRST_REALM
from errors import kinds
from tests.support.house import House
from tests.support.quickbooks_desk import DAY
from worker.state.items import Item
from worker.state.machine import State
from worker.steps import link

REPLAYS = ("original", "refuse", "ignore")


def furnish(house: House, invoices: int = 0) -> None:
    house.furnish()
    house.tick()
    fill(house, invoices)


def fill(house: House, invoices: int, first: int = 0) -> None:
    for number in range(first, first + invoices):
        house.invoice(str(number), f"A-{number}")


def batches(house: House) -> list[list[Any]]:
    """The items of every batch of writes that arrived, in their order."""
    sent = (entry for entry in house.writes() if entry.path.endswith("/batch"))
    return [json.loads(entry.body)["BatchItemRequest"] for entry in sent]


def switch(house: House, **values: Any) -> None:
    company = house.sandbox.company(FIRST_REALM)
    kept = {one.name: getattr(company.switches, one.name) for one in fields(Switches)}
    company.switches = Switches(**{**kept, **values})


def posted(house: House) -> list[list[Posting]]:
    """What leaves from now on, call by call, also what does not arrive."""
    calls: list[list[Posting]] = []
    post = house.company.target.post

    def keep(postings: Sequence[Posting]) -> Sequence[Outcome]:
        calls.append(list(postings))
        return post(postings)

    house.company.target.post = keep  # type: ignore[method-assign]
    return calls


# --- what travels together --------------------------------------------------------------------------------------------


def test_seventy_invoices_leave_in_three_calls(house: House) -> None:
    furnish(house, 70)
    calls = posted(house)
    house.tick()
    assert [len(call) for call in calls] == [30, 30, 10]
    assert len(house.rows("Invoice")) == 70


def test_what_is_ready_shares_a_call_and_what_needs_it_follows_at_once(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.row("fees", id="1", date=DAY, total="3.20")
    calls = posted(house)
    house.tick()
    assert [{one.kind for one in call} for call in calls] == [
        {DocumentKind.CUSTOMER, DocumentKind.SERVICE, DocumentKind.FEE},
        {DocumentKind.INVOICE},
    ]


def test_documents_that_need_nothing_of_one_another_share_one_call_whatever_their_kinds(house: House) -> None:
    furnish(house, 1)
    house.payment("1", {"0": "150.00"})
    house.tick()
    house.invoice("7", "A-7")
    house.payment("2", {}, total="5.00")
    house.row("refunds", id="1", number="R-1", customer_id="c1", payment_id="1", service_id="s1", date=DAY, total=20)
    house.row("fees", id="1", date=DAY, total="3.20")
    calls = posted(house)
    house.tick()
    assert [{one.kind for one in call} for call in calls] == [
        {DocumentKind.INVOICE, DocumentKind.PAYMENT, DocumentKind.REFUND, DocumentKind.FEE}
    ]
    assert house.errors() == []


def test_one_document_alone_is_one_ordinary_call(house: House) -> None:
    furnish(house, 1)
    house.tick()
    assert [entry.path.rsplit("/", 1)[1] for entry in house.writes()] == ["batch", "invoice"]


def test_a_void_travels_alone_and_a_deletion_with_others(house: House) -> None:
    furnish(house, 2)
    house.row("fees", id="1", date=DAY, total="3.20")
    house.tick()
    house.change("invoices", "0", status="cancelled")
    house.change("fees", "1", deleted_at=house.clock.now())
    fill(house, 1, first=5)
    calls = posted(house)
    house.tick()
    assert [sorted(one.subject for one in call) for call in calls] == [["invoice 0"], ["fee 1", "invoice 5"]]
    assert house.rows("Purchase") == []
    assert house.by_number("A-0")["TotalAmt"] == 0


def test_a_request_id_and_the_names_of_its_items_fit_what_quickbooks_takes(house: House) -> None:
    furnish(house, 30)
    house.company.target.take_turn(1)
    calls = posted(house)
    house.tick()
    ids = {one.request_id for one in calls[0]}
    assert len(ids) == 1
    assert len({one.bid for one in calls[0]}) == 30
    assert max(len(one.request_id) for one in calls[0]) <= 36
    assert max(len(one.bid) for one in calls[0]) <= 10


# --- faults -----------------------------------------------------------------------------------------------------------


def test_an_items_fault_goes_to_that_item_alone(house: House) -> None:
    furnish(house, 30)
    house.enters("A-7")  # somebody else took it, with another total: seen only by the post
    house.company.target.holders = lambda _kind, _numbers: {}  # type: ignore[method-assign]
    house.tick()
    assert house.kinds() == [kinds.DuplicateNumber]
    assert house.states()[State.HELD] == 1
    assert len(house.rows("Invoice")) == 30


def test_a_batch_that_is_refused_as_a_whole_goes_again_in_smaller_ones_until_the_culprit_is_alone(house: House) -> None:
    furnish(house, 30)
    refusal = {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "2010"}], "type": "ValidationFault"}}
    calls = posted(house)
    house.fail("status", entity="batch", status=400, body=refusal, times=3)
    house.tick()
    assert [len(call) for call in calls][:4] == [30, 10, 3, 1]
    assert len({one.request_id for call in calls for one in call}) == len(calls)
    assert house.errors() == []
    assert len(house.rows("Invoice")) == 30


def test_after_three_calls_that_worked_a_batch_grows_again(house: House) -> None:
    furnish(house, 200)
    refusal = {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "2010"}], "type": "ValidationFault"}}
    calls = posted(house)
    house.fail("status", entity="batch", status=400, body=refusal, times=2)
    house.tick()
    assert [len(call) for call in calls] == [30, 10, 3, 3, 3, 10, 10, 10, 30, 30, 30, 30, 30, 11]


# --- what is lost -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("replay", REPLAYS)
def test_the_lost_reply_of_a_batch_costs_one_question_and_no_second_document(house: House, replay: str) -> None:
    switch(house, replay=replay)
    furnish(house, 20)
    house.payment("1", {}, total="5.00")
    house.row("fees", id="1", date=DAY, total="3.20")
    house.fail("lose_reply", entity="batch")
    house.tick()
    assert house.states()[State.SENDING] == 22
    before = len(house.sandbox.journal.entries)
    house.tick()
    asked = [entry.path.rsplit("/", 1)[1] for entry in list(house.sandbox.journal.entries)[before:]]
    assert asked == ["batch"]
    assert house.states() == {State.LINKED: 24}
    assert len(house.rows("Invoice")) == 20


@pytest.mark.parametrize("replay", REPLAYS)
def test_a_lost_request_is_sent_again_under_the_same_ids_with_the_same_bytes(house: House, replay: str) -> None:
    switch(house, replay=replay)
    furnish(house, 12)
    calls = posted(house)
    house.fail("lose_request", entity="batch")
    house.tick()
    house.tick()
    named = [{(one.request_id, one.bid, one.body) for one in call} for call in calls]
    assert [len(call) for call in calls] == [12, 10, 2]  # nobody answered: smaller calls, the same items
    assert named[0] == named[1] | named[2]
    assert house.states() == {State.LINKED: 14}


@pytest.mark.parametrize("replay", REPLAYS)
def test_of_a_batch_that_was_stored_in_part_only_the_rest_is_sent_again(house: House, replay: str) -> None:
    switch(house, replay=replay)
    furnish(house, 12)
    _only_the_first(house, 5)
    calls = posted(house)
    house.tick()
    assert len(house.rows("Invoice")) == 5
    house.tick()
    assert [len(call) for call in calls] == [12, 7]
    assert house.states() == {State.LINKED: 14}
    assert len(house.rows("Invoice")) == 12


def _only_the_first(house: House, stored: int) -> None:
    """The next batch is carried out as far as its first items, and its answer is lost."""
    target = house.company.target
    post, written = target.post, []

    def cut(postings: Sequence[Posting]) -> Sequence[Outcome]:
        if written or len(postings) <= stored:
            return post(postings)
        written.append(postings)
        house.fail("lose_reply", entity="batch")
        first = post(postings[:stored])
        return [first[0]] * len(postings)

    target.post = cut  # type: ignore[method-assign]


@pytest.mark.parametrize("replay", REPLAYS)
@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("faults", [True, False])
def test_a_failure_of_quickbooks_itself_ends_well_whatever_a_repeated_id_does(
    house: House, replay: str, *, stored: bool, faults: bool
) -> None:
    switch(house, replay=replay, replay_faults=faults)
    furnish(house, 12)
    house.fail("status", entity="batch", status=500, stored=stored)
    for _ in range(3):
        house.tick()
    assert house.errors() == []
    assert house.states() == {State.LINKED: 14}
    assert len(house.rows("Invoice")) == 12


def test_an_id_that_quickbooks_calls_used_though_it_holds_nothing_is_replaced_by_a_new_one(house: House) -> None:
    furnish(house, 1)
    used = {"Fault": {"Error": [{"Message": "m", "Detail": "d", "code": "600"}], "type": "ValidationFault"}}
    calls = posted(house)
    house.fail("status", entity="invoice", operation="create", status=400, body=used)
    house.tick()
    house.tick()
    assert len({call[0].request_id for call in calls}) == 2
    assert len({call[0].body for call in calls}) == 1
    assert house.states() == {State.LINKED: 3}


def test_a_batch_that_nobody_answers_shrinks_until_the_document_that_causes_it_stands_alone(house: House) -> None:
    furnish(house, 30)
    _silent_about(house, "17")
    for _ in range(12):
        house.tick()
    assert house.kinds() == [kinds.OutcomeUnknown]
    assert [each.local_id for each in house.errors()[0].documents] == ["17"]
    assert house.states() == {State.LINKED: 31, State.SENDING: 1}


def _silent_about(house: House, poison: str) -> None:
    """QuickBooks answers no call that holds this invoice, and carries nothing of it out."""
    post = house.company.target.post

    def silent(postings: Sequence[Posting]) -> Sequence[Outcome]:
        if any(one.local_id == poison for one in postings):
            house.fail("lose_request", request_id=postings[0].request_id)
        return post(postings)

    house.company.target.post = silent  # type: ignore[method-assign]


def test_what_may_still_be_under_way_is_not_looked_up_yet(house: House) -> None:
    furnish(house, 3)
    house.fail("lose_request", entity="batch")
    house.tick()
    before = len(house.sandbox.journal.entries)
    house.clock.sleep(-60)  # the next tick is two minutes after the call: QuickBooks may still carry it out
    house.tick()
    assert len(house.sandbox.journal.entries) == before
    house.tick()
    assert house.states() == {State.LINKED: 5}


def test_two_customers_of_one_name_whose_batch_was_lost_never_share_what_is_found(house: House) -> None:
    house.customer("c1", "Juan Pérez", email="one@example.com")
    house.customer("c2", "Juan Pérez", email="two@example.com")
    house.fail("lose_reply", entity="batch")
    house.tick()
    house.tick()
    assert house.kinds() == [kinds.CustomerNameTaken]
    assert house.states() == {State.LINKED: 1, State.HELD: 1}


def test_an_answer_that_makes_the_code_fail_is_put_aside_and_the_rest_of_its_batch_is_linked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(house, 10)
    differs = link._differs

    def boom(connection: Any, company: Any, item: Item, remote: Any) -> bool:
        if item.local_id == "7":
            raise KeyError("boom")
        return differs(connection, company, item, remote)

    monkeypatch.setattr(link, "_differs", boom)
    house.tick()
    assert house.kinds() == [kinds.InternalFailure]
    assert house.states() == {State.LINKED: 11, State.SENDING: 1}
    monkeypatch.undo()
    house.tick()
    assert house.errors() == []
    assert len(house.rows("Invoice")) == 10


def test_a_document_that_was_renumbered_before_its_answer_came_is_found_by_its_date(house: House) -> None:
    furnish(house, 2)
    house.fail("lose_reply", entity="batch")
    house.tick()
    held = house.by_number("A-1")
    renumbered = {"Id": held["Id"], "SyncToken": held["SyncToken"], "sparse": True, "DocNumber": "X-9"}
    switch(house, replay="ignore")
    house.outsider("Invoice", renumbered)
    house.tick()
    assert len(house.rows("Invoice")) == 2
    assert house.states() == {State.LINKED: 4}


def test_a_tick_that_was_cut_short_says_that_it_is_not_finished(house: House) -> None:
    furnish(house, 70)

    def slow(step: str, _kind: str, _done: int, _total: int | None) -> None:
        if step == "post":
            house.clock.sleep(400)

    assert house.tick(progress=slow).unfinished
    assert not house.tick().unfinished


@pytest.mark.parametrize("replay", REPLAYS)
def test_a_customer_who_was_renamed_before_the_answer_came_is_found_by_the_e_mail(house: House, replay: str) -> None:
    switch(house, replay=replay)
    house.customer("c1", "Juan Pérez", email="juan@example.com")
    house.fail("lose_reply", entity="customer", operation="create")
    house.tick()
    held = house.rows("Customer")[-1]
    named = {"Id": held["Id"], "SyncToken": held["SyncToken"], "sparse": True, "DisplayName": "Juan P. Gómez"}
    house.outsider("Customer", named)
    house.tick()
    assert [row["DisplayName"] for row in house.rows("Customer")] == ["Juan P. Gómez"]
    assert house.states() == {State.LINKED: 1}
