"""Reads are money: what a document costs in calls, counted at the wire."""

from __future__ import annotations

from datetime import timedelta

from connectors.quickbooks.meter import Kind, made, reads
from errors import kinds
from tests.support.house import NAME, House
from worker.state.machine import State


def calls(house: House) -> list[str]:
    """What one tick asks of QuickBooks: the last part of each path."""
    before = len(house.sandbox.journal.entries)
    house.tick()
    return [entry.path.rsplit("/", 1)[1] for entry in list(house.sandbox.journal.entries)[before:]]


def settled(house: House) -> None:
    house.furnish()
    house.invoice("1", "A-1")
    house.tick()


def test_a_new_invoice_of_which_everything_is_known_and_fresh_is_one_call(house: House) -> None:
    settled(house)
    house.invoice("2", "A-2")
    assert calls(house) == ["invoice"]
    assert house.by_number("A-2")["TotalAmt"] == 150


def test_after_a_quiet_while_it_costs_one_read_more(house: House) -> None:
    settled(house)
    house.clock.moment += timedelta(minutes=30)
    house.invoice("2", "A-2")
    assert calls(house) == ["cdc", "invoice"]


def test_an_unknown_customer_and_three_unknown_services_cost_one_read(house: House) -> None:
    settled(house)
    house.clock.moment += timedelta(minutes=30)
    house.customer("c2", "New Customer", email="new@example.com")
    for key in ("s2", "s3", "s4"):
        house.service(key, f"Service {key}")
    house.invoice("2", "A-2", [(key, "1", "10.00") for key in ("s2", "s3", "s4")], customer="c2")
    assert calls(house) == ["cdc", "batch", "invoice"]
    assert house.states() == {State.LINKED: 8}


def test_a_number_that_somebody_took_after_we_looked_is_refused_and_then_known(house: House) -> None:
    settled(house)
    house.enters("A-2", price="5.00")  # within the minutes that our knowledge counts as fresh
    house.invoice("2", "A-2")
    assert calls(house) == ["invoice", "cdc", "query"]
    assert house.kinds() == [kinds.DuplicateNumber]
    assert len([row for row in house.rows("Invoice") if row["DocNumber"] == "A-2"]) == 1


def test_a_restart_asks_nothing_again(house: House) -> None:
    settled(house)
    house.restart()
    house.invoice("2", "A-2")
    assert calls(house) == ["invoice"]


def test_every_call_is_counted_by_month_and_kind(house: House) -> None:
    settled(house)
    house.clock.moment += timedelta(hours=1)
    house.invoice("2", "A-2")
    house.tick()
    with house.engine.connect() as connection:
        counted, read = made(connection, house.clock.now()), reads(connection, house.clock.now())
        later = reads(connection, house.clock.now() + timedelta(days=31))
    assert read == {NAME: house.sandbox.meters.core_plus(house.clock.now())}
    assert counted[NAME, Kind.READ] == read[NAME]
    assert counted[NAME, Kind.WRITE] + counted[NAME, Kind.BATCH] == len({entry.request_id for entry in house.writes()})
    assert later == {}
