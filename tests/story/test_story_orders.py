"""How orders are carried out: many together, and none in the way of the others."""

from __future__ import annotations

from connectors.documents import DocumentKind
from errors import orders, queue
from errors.kinds import Action, DuplicateNumber, PeriodClosed
from errors.language import told
from errors.problem import Problem
from errors.tables import State as ErrorState
from tests.story.test_story_errors import taken
from tests.support.house import House
from worker.state.machine import State
from worker.steps.hold import blocked


def test_an_order_that_fails_by_our_own_mistake_says_so_and_the_others_are_carried_out(house: House) -> None:
    house.furnish()
    taken(house, "A-1")
    house.invoice("1", "A-1")
    house.invoice("2", "B-1", customer="nobody")
    house.tick()
    first, second = sorted(house.errors(), key=lambda row: row.problem.kind is not DuplicateNumber)
    house.order(Action.USE_NUMBER, first, "A-9")
    house.order(Action.SKIP, second)

    def broken(*_anything: object) -> bool:
        raise RuntimeError("nobody thought of this")

    house.company.source.write_number = broken  # type: ignore[method-assign]
    house.tick()

    (left,) = house.errors()
    assert (left.id, left.problem.kind, left.pending) == (first.id, DuplicateNumber, ())
    with house.engine.connect() as connection:
        (line,) = orders.history(connection, first.id)
    assert line.result is not None
    assert "nobody thought of this" in told(line.result)
    assert house.states()[State.SKIPPED] == 1


def test_a_document_of_two_errors_that_are_skipped_together_comes_back_with_the_first(house: House) -> None:
    house.furnish()
    house.tick()
    house.invoice("1", "A-1", customer="nobody")
    house.tick()
    item, now = house.item(DocumentKind.INVOICE, "1"), house.clock.now()
    problems = (
        house.errors()[0].problem,
        Problem(kind=PeriodClosed, subject="x", facts={"closing_date": "2026-01-31"}),
    )
    with house.engine.begin() as connection:
        queue.record_all(connection, problems, blocked(item), now)
    first, second = sorted(house.errors(), key=lambda row: row.id)
    for error in (first, second):
        house.order(Action.SKIP, error)
    house.tick()
    assert {row.id: row.blocks for row in house.errors(ErrorState.SKIPPED)} == {first.id: 1, second.id: 0}
    assert house.item(DocumentKind.INVOICE, "1").error_id == first.id

    house.order(Action.UNSKIP, first)
    house.tick()
    assert [row.problem.kind for row in house.errors()] == [first.problem.kind]


def test_another_number_is_for_the_document_alone_and_not_for_what_waits_for_it(house: House) -> None:
    house.furnish()
    taken(house, "A-1")
    house.invoice("1", "A-1")
    house.payment("7", {"1": "20.00"})
    house.tick()
    house.company.source.write_number = lambda *_anything: False  # type: ignore[method-assign]
    house.order(Action.USE_NUMBER, house.errors()[0], "A-9")
    house.tick()
    assert house.errors() == []
    assert house.item(DocumentKind.INVOICE, "1").number_override == "A-9"
    assert house.item(DocumentKind.PAYMENT, "7").number_override is None
