"""The lost-reply matrix: whatever becomes of a write, on whichever try, the document is in QuickBooks once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.contract import Operation
from connectors.documents import DocumentKind
from connectors.quickbooks.sandbox.core import FIRST_REALM
from tests.support.cases import ENTITIES, Batch, Case
from tests.support.house import House
from tests.support.striking import StrikingAdapter, Trouble, bodies
from worker import pipeline

TRIES = (1, 2, 3)
KINDS = {
    Operation.CREATE: DocumentKind.PAYMENT,
    Operation.UPDATE: DocumentKind.INVOICE,
    Operation.VOID: DocumentKind.FEE,
}
SINGLE = {operation.value: Case(kind, operation) for operation, kind in KINDS.items()}
WRITTEN: dict[str, Case | Batch] = {**SINGLE, "batch": Batch()}
CLOSELY = timedelta(seconds=20)
ENOUGH = timedelta(minutes=3)
TICKS = 60


@pytest.fixture(params=["original", "refuse", "ignore"])
def replay(request: pytest.FixtureRequest) -> str:
    """What QuickBooks does with a request id that it has seen before: nobody knows for how long it remembers."""
    reading: str = request.param
    return reading


@pytest.fixture
def state_url(tmp_path: Path) -> str:
    """The wire is examined here, not the database."""
    return f"sqlite:///{tmp_path}/state.sqlite"


def test_the_matrix_has_72_cells() -> None:
    assert len(Trouble) * len(WRITTEN) * len(TRIES) == 72


@pytest.mark.parametrize("tries", TRIES)
@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("trouble", Trouble)
def test_a_write_that_is_not_answered_is_carried_out_once(
    house: House, replay: str, trouble: Trouble, written: str, tries: int
) -> None:
    case = WRITTEN[written]
    case.prepare(house)
    company = house.sandbox.company(FIRST_REALM)
    company.switches = replace(company.switches, replay=replay)
    path = f"/{ENTITIES[case.kind].lower()}" if isinstance(case, Case) else "/batch"
    wire = StrikingAdapter(house.sandbox, house.clock, path, [Trouble.REQUEST_LOST] * (tries - 1) + [trouble])
    house.restart(wire)
    ticked = until_settled(house, wire, case)
    assert wire.quiet, f"{wire.left} never struck"
    case.check(house)
    changed = {key for key, sent in bodies(wire.sent).items() if len(sent) > 1}
    assert changed == set(), "another body under a used request id (I3)"
    assert ticked < TICKS


def test_a_process_that_dies_while_it_waits_does_not_look_too_early(house: House, replay: str) -> None:
    """What was sent may still be carried out when the next process begins."""
    case = SINGLE["create"]
    case.prepare(house)
    company = house.sandbox.company(FIRST_REALM)
    company.switches = replace(company.switches, replay=replay)
    wire = StrikingAdapter(house.sandbox, house.clock, "/payment", [Trouble.LATE])
    wire.patience = 5  # seconds until the power fails
    wire.silence = KeyboardInterrupt
    house.restart(wire)
    house.clock.moment += ENOUGH
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(house.company)
    house.restart(wire)
    assert until_settled(house, wire, case) < TICKS
    case.check(house)


def until_settled(house: House, wire: StrikingAdapter, case: Case | Batch) -> int:
    """Ticks in close order while something may still be under way, then as a daemon that waits; how many."""
    for ticks in range(TICKS):
        house.clock.moment += CLOSELY if wire.late else ENOUGH
        pipeline.run(house.company)
        wire.deliver()
        house.examine()
        if wire.quiet and case.done(house):
            return ticks
    return TICKS
