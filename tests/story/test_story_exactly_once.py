"""Whatever is lost on the way, a document is in QuickBooks once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from connectors.contract import Outcome, Posting
from connectors.documents import DocumentKind
from errors.kinds import QuickBooksUnavailable, Throttled
from tests.support.house import House
from tests.support.quickbooks_desk import DAY
from worker.state.machine import State

ENTITIES = {
    "customer": "Customer",
    "item": "Item",
    "invoice": "Invoice",
    "payment": "Payment",
    "refundreceipt": "RefundReceipt",
    "purchase": "Purchase",
}


def fill(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.payment("1", {"1": "150.00"})
    house.row("refunds", id="1", number="R-1", customer_id="c1", payment_id="1", service_id="s1", date=DAY, total=20)
    house.row("fees", id="1", date=DAY, total="3.20", payment_id="1")


@pytest.mark.parametrize("effect", ["lose_request", "lose_reply", "status", "unauthorized"])
@pytest.mark.parametrize("entity", list(ENTITIES))
def test_a_lost_request_or_reply_never_doubles_and_never_loses(house: House, entity: str, effect: str) -> None:
    fill(house)
    stored = {"stored": True} if effect in {"status", "unauthorized"} else {}
    house.fail(effect, entity=entity, operation="create", **stored)
    house.tick()
    for _ in range(4):
        house.tick()
    assert house.errors() == []
    assert house.states() == {State.LINKED: 6}
    for name in ENTITIES.values():
        assert len(house.rows(name)) == 1, name


def test_an_unknown_outcome_is_looked_up_before_anything_is_sent_again(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.fail("lose_reply", entity="invoice", operation="create")
    report = house.tick()
    assert report.halted is not None
    assert report.halted.kind is QuickBooksUnavailable
    assert house.item(DocumentKind.INVOICE, "1").state is State.SENDING
    sent = len([entry for entry in house.writes() if entry.path.endswith("/invoice")])
    house.tick()
    assert len([entry for entry in house.writes() if entry.path.endswith("/invoice")]) == sent
    assert house.item(DocumentKind.INVOICE, "1").state is State.LINKED


def test_what_quickbooks_lacks_is_sent_again_with_the_same_request_id_and_the_same_bytes(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.fail("lose_request", entity="invoice", operation="create")
    sent: list[tuple[str, str]] = []
    post = house.company.target.post

    def note(postings: Sequence[Posting]) -> Sequence[Outcome]:
        sent.extend((one.request_id, one.body) for one in postings if one.kind is DocumentKind.INVOICE)
        return post(postings)

    house.company.target.post = note  # type: ignore[method-assign]
    house.tick()
    house.tick()
    assert len(sent) == 2
    assert sent[0] == sent[1]
    assert len(house.rows("Invoice")) == 1


def test_throttling_lets_the_company_wait_and_nothing_is_lost(house: House) -> None:
    house.furnish()
    house.fail("throttle", entity="batch")
    report = house.tick()
    assert report.halted is not None
    assert report.halted.kind is Throttled
    house.tick()
    house.tick()
    assert house.errors() == []
    assert house.states() == {State.LINKED: 2}


@pytest.mark.parametrize("step", ["detect", "prepare", "post"])
def test_a_process_that_dies_anywhere_leaves_a_tick_that_can_go_on(house: House, step: str) -> None:
    fill(house)

    class PowerCut(BaseException):
        pass

    deaths = [0]

    def die(at: str, _kind: str, _done: int, _total: int | None) -> None:
        if at == step and deaths[0] < 5:
            deaths[0] += 1
            raise PowerCut

    for _ in range(6):
        try:
            house.tick(progress=die)
        except PowerCut:
            continue
    house.tick()
    assert house.errors() == []
    assert house.states() == {State.LINKED: 6}
    for name in ENTITIES.values():
        assert len(house.rows(name)) == 1, name


def test_a_process_that_dies_between_answer_and_commit_adopts_what_it_had_posted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house)
    for _ in range(6):
        with monkeypatch.context() as patched:
            patched.setattr("worker.steps.outcome.link_each", _power_cut)
            with pytest.raises(KeyboardInterrupt):
                house.tick()
        house.tick(stopping=lambda: False)
        if house.states() == {State.LINKED: 6}:
            break
    assert house.states() == {State.LINKED: 6}
    for name in ENTITIES.values():
        assert len(house.rows(name)) == 1, name


def _power_cut(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_tick_that_is_told_to_stop_finishes_what_is_in_flight_and_leaves_the_rest_ready(house: House) -> None:
    house.furnish()
    house.tick()
    for number in range(70):
        house.invoice(str(number), f"A-{number}")
    posted: list[str] = []

    def count(step: str, kind: str, _done: int, _total: int | None) -> None:
        if step == "post" and kind == "invoice":
            posted.append(kind)

    house.tick(progress=count, stopping=lambda: len(posted) >= 1)
    assert len(house.rows("Invoice")) == 30
    assert State.SENDING not in house.states()
    house.tick()
    assert len(house.rows("Invoice")) == 70


@pytest.mark.parametrize("together", [1, 3])
def test_too_many_calls_are_waited_for_and_are_no_attempt_of_a_document(house: House, together: int) -> None:
    """429 pauses the company, as often as it comes; no document is blamed for it, and none is sent twice."""
    house.furnish()
    house.tick()
    for number in range(together):
        house.invoice(str(number))
    for _ in range(3):
        house.fail("throttle", path="/(batch|invoice)$", times=1)
        report = house.tick()
        assert report.halted is not None
        assert report.halted.kind is Throttled
        assert house.kinds() == [Throttled]
        house.clock.moment -= timedelta(seconds=70)  # the next tick is 50 s after the refusal
        assert house.tick().calls == 0
        assert {house.item(DocumentKind.INVOICE, str(number)).attempts for number in range(together)} == {0}
        house.clock.moment += timedelta(minutes=5)
    house.tick()
    assert house.errors() == []
    assert len(house.rows("Invoice")) == together
