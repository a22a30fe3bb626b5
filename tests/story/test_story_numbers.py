"""Invoices without a number get the next one of their range: in the local books, in QuickBooks, and never twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from connectors.contract import Outcome, Posting
from connectors.documents import DocumentKind
from connectors.local import reference
from errors import kinds
from tests.support.house import NAME, House
from worker.numbering.checking import Taken, check
from worker.numbering.ranges import Range, RangeKind
from worker.state import links, numbers
from worker.state.machine import State
from worker.state.numbers import DrawnState


@pytest.fixture
def shop(house: House) -> House:
    house.company = replace(house.company, draws_numbers=True)
    save(house, "PS{i;3}", last=3)
    house.furnish()
    house.tick()
    return house


def save(house: House, text: str, last: int = 0, year: int = 2026) -> None:
    with house.engine.begin() as connection:
        range_ = Range(kind=RangeKind.INVOICE, year=year, format=text, last=last)
        numbers.save(connection, NAME, range_, by="ana", now=house.clock.now())


def unnumbered(house: House, *keys: str, **values: object) -> None:
    for key in keys:
        house.invoice(key, f"drop-{key}", **values)
        house.change("invoices", key, number=None)


def local(house: House) -> dict[str, str | None]:
    with house.books.connect() as connection:
        rows = connection.execute(select(reference.invoices.c.id, reference.invoices.c.number)).all()
    return {row.id: row.number for row in rows}


def held(house: House) -> list[str]:
    return sorted(row.get("DocNumber", "") for row in house.rows("Invoice"))


def test_a_recurring_invoice_gets_the_next_number_on_both_sides(shop: House) -> None:
    unnumbered(shop, "1", "2")
    shop.tick()
    assert local(shop) == {"1": "PS004", "2": "PS005"}
    assert held(shop) == ["PS004", "PS005"]
    shop.tick()
    assert shop.states() == {State.LINKED: 4}
    assert shop.errors() == []


def test_with_the_switch_off_an_invoice_stays_without_a_number_here(shop: House) -> None:
    shop.company = replace(shop.company, draws_numbers=False)
    unnumbered(shop, "1")
    shop.tick()
    assert local(shop) == {"1": None}


def test_a_number_that_a_person_gave_stays(shop: House) -> None:
    shop.invoice("1", "PS004")
    unnumbered(shop, "2")
    shop.tick()
    assert local(shop) == {"1": "PS004", "2": "PS005"}


@pytest.mark.parametrize("seen", ["by the look", "by the post"])
def test_somebody_who_takes_the_number_in_quickbooks_costs_one_renumbering(shop: House, seen: str) -> None:
    unnumbered(shop, "1")
    shop.enters("PS004", price="9.99")
    if seen == "by the post":
        look, blind = shop.company.target.holders, [True]
        shop.company.target.holders = (  # type: ignore[method-assign]
            lambda kind, asked: {} if blind and blind.pop() else look(kind, asked)
        )
    shop.tick()
    assert local(shop) == {"1": "PS005"}
    assert held(shop) == ["PS004", "PS005"]
    assert shop.errors() == []
    with shop.engine.connect() as connection:
        drawn = numbers.of_range(connection, NAME, RangeKind.INVOICE, 2026)
    assert [(each.counter, each.state, each.reason) for each in drawn if each.counter > 3] == [
        (4, DrawnState.RELEASED, "taken"),
        (5, DrawnState.RESERVED, ""),
    ]


@pytest.mark.parametrize("effect", ["lose_request", "lose_reply"])
def test_a_lost_call_costs_no_second_number(shop: House, effect: str) -> None:
    unnumbered(shop, "1")
    shop.fail(effect, entity="invoice", operation="create")
    shop.tick()
    shop.tick()
    assert held(shop) == ["PS004"]
    assert local(shop) == {"1": "PS004"}


def test_dying_before_the_local_books_know_the_number_draws_the_same_one_again(
    shop: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    unnumbered(shop, "1")
    with monkeypatch.context() as patched:
        patched.setattr(shop.company.source, "write_number", _power_cut)
        with pytest.raises(KeyboardInterrupt):
            shop.tick()
    shop.tick()
    assert held(shop) == ["PS004"]
    assert local(shop) == {"1": "PS004"}


def _power_cut(*_: object) -> bool:
    raise KeyboardInterrupt


def test_an_invoice_that_was_posted_before_the_switch_keeps_what_it_has(shop: House) -> None:
    shop.company = replace(shop.company, draws_numbers=False)
    unnumbered(shop, "1")
    shop.tick()
    before = held(shop)
    shop.company = replace(shop.company, draws_numbers=True)
    shop.change("invoices", "1", memo="corrected")
    shop.tick()
    assert held(shop) == before
    assert local(shop) == {"1": None}


def test_a_range_that_would_begin_again_holds_the_invoice_with_the_reason(shop: House) -> None:
    save(shop, "PS{i;3}", last=0, year=2025)
    unnumbered(shop, "1")
    shop.tick()
    shop.invoice("9", "PS001")
    shop.tick()
    unnumbered(shop, "2", day=date(2027, 1, 2))
    shop.tick()
    assert shop.kinds() == [kinds.NumbersRepeat]
    assert shop.item(DocumentKind.INVOICE, "2").state is State.HELD


def test_where_the_local_books_cannot_be_written_the_number_is_kept_here_and_redrawn_here(
    shop: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.company.source, "write_number", lambda *_: False)
    shop.enters("PS004", price="9.99")
    unnumbered(shop, "1")
    shop.tick()
    shop.change("invoices", "1", memo="corrected")
    shop.tick()
    assert local(shop) == {"1": None}
    assert held(shop) == ["PS004", "PS005"]
    assert shop.by_number("PS005")["PrivateNote"].startswith("corrected")


def test_numbers_that_are_taken_between_the_look_and_the_post_cost_one_renumbering_each(shop: House) -> None:
    """Somebody in QuickBooks is always faster: once for each invoice."""
    rounds = 30
    robbed: set[str] = set()
    post = shop.company.target.post

    def thief(postings: Sequence[Posting]) -> Sequence[Outcome]:
        for posting in postings:
            if posting.kind is DocumentKind.INVOICE and posting.local_id not in robbed:
                robbed.add(posting.local_id)
                shop.enters(json.loads(posting.body)["DocNumber"], price="9.99")
        return post(postings)

    shop.company.target.post = thief  # type: ignore[method-assign]
    unnumbered(shop, *(str(key) for key in range(rounds)))
    for _ in range(3):
        shop.tick()
    assert shop.errors() == []
    assert shop.states() == {State.LINKED: rounds + 2}
    assert len(set(held(shop))) == len(held(shop)) == 2 * rounds
    assert set(local(shop).values()) < set(held(shop))


# --- QuickBooks' own setting: custom transaction numbers --------------------------------------------------------------


def test_with_custom_numbers_off_a_number_of_ours_is_kept_and_a_taken_one_is_still_found(house: House) -> None:
    house.preferences(CustomTxnNumbers=False)
    house.furnish()
    house.tick()
    house.enters("A-1")
    house.invoice("1", "A-1", lines=(("s1", "1", "9.99"),))
    house.invoice("2", "A-2")
    house.tick()
    assert house.kinds() == [kinds.DuplicateNumber]
    assert held(house) == ["A-1", "A-2"]


def test_with_custom_numbers_off_quickbooks_numbers_what_has_none_and_the_link_knows(house: House) -> None:
    house.preferences(CustomTxnNumbers=False)
    house.furnish()
    unnumbered(house, "1")
    house.tick()
    (number,) = held(house)
    assert number
    with house.engine.connect() as connection:
        key = (DocumentKind.INVOICE, "1")
        assert links.live(connection, NAME, house.company.realm_id, {key})[key].number == number


def test_a_setting_that_was_flipped_is_said_and_a_doctor_warns_of_it(house: House) -> None:
    house.preferences(CustomTxnNumbers=True)
    house.furnish()
    house.tick()
    assert house.company.target.advice() == ()
    house.preferences(CustomTxnNumbers=False)
    house.clock.sleep(86400)
    house.invoice("1", "A-1")
    with capture_logs() as lines:
        house.tick()
    assert [line["now_on"] for line in lines if "switched" in line["event"]] == [False]
    assert [str(each)[:34] for each in house.company.target.advice()] == ["custom transaction numbers are off"]


# --- the check for an application's form ------------------------------------------------------------------------------


def test_a_check_tells_the_document_itself_a_voided_one_and_somebody_elses_apart(house: House) -> None:
    house.furnish()
    house.tick()
    entered = house.enters("B-1")
    mine = {"customer_id": "c1", "total": Decimal("150.00")}
    kind = DocumentKind.INVOICE
    assert check(house.company, kind, "B-1", **mine).taken is Taken.SAME
    assert check(house.company, kind, "B-1", customer_id="c1", total=Decimal("150.01")).taken is Taken.OTHERS
    assert check(house.company, kind, "B-1").taken is Taken.OTHERS
    house.outsider("Invoice", {"Id": entered["Id"], "SyncToken": entered["SyncToken"]}, operation="void")
    house.clock.sleep(600)
    assert check(house.company, kind, "B-1", **mine).taken is Taken.VOIDED
    assert check(house.company, kind, "B-2").taken is None
    house.invoice("1", "B-2")
    house.tick()
    assert check(house.company, kind, "B-2").taken is Taken.OURS
    house.change("invoices", "1", status="cancelled")
    house.tick()
    assert check(house.company, kind, "B-2").suggestion == "B-3"
