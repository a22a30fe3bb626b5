"""The lost-reply matrix: whatever becomes of a write, on whichever try, the document is in QuickBooks once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from connectors.contract import Operation
from connectors.documents import DocumentKind
from connectors.quickbooks.sandbox.core import FIRST_REALM
from tests.support.cases import ENTITIES, Batch, Case
from tests.support.crashing import Image
from tests.support.house import House, build
from tests.support.striking import StrikingAdapter, Trouble, rewritten
from worker import pipeline

TRIES = (1, 2, 3)
KINDS = {
    Operation.CREATE: DocumentKind.PAYMENT,
    Operation.UPDATE: DocumentKind.INVOICE,
    Operation.VOID: DocumentKind.FEE,
}
SINGLE = {operation.value: Case(kind, operation) for operation, kind in KINDS.items()}
WRITTEN: dict[str, Case | Batch] = {**SINGLE, "batch": Batch()}
ANSWERED = {Trouble.FAILED, Trouble.REFUSED}  # an id that was answered might for ever be answered the same
CLOSELY = timedelta(seconds=20)
ENOUGH = timedelta(minutes=3)
TICKS = 60


@pytest.fixture(params=["original", "refuse", "ignore"])
def replay(request: pytest.FixtureRequest) -> str:
    """What QuickBooks does with a request id that it has seen before: nobody knows for how long it remembers."""
    reading: str = request.param
    return reading


@dataclass(frozen=True)
class Stage:
    """A house for many cells: each begins where everything before the write is settled."""

    house: House
    image: Image

    def begin(self, replay: str) -> House:
        self.image.restore(self.house)
        self.house.sandbox.injector.clear()
        company = self.house.sandbox.company(FIRST_REALM)
        company.switches = replace(company.switches, replay=replay)
        return self.house


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Stage]]:
    """The wire is examined here, not the database: SQLite will do."""
    built: dict[str, Stage] = {}
    for name, case in WRITTEN.items():
        directory = tmp_path_factory.mktemp(name)
        (directory / "books.sqlite").touch()
        house = build(f"sqlite:///{directory}/state.sqlite", f"sqlite:///{directory}/books.sqlite")
        case.prepare(house)
        built[name] = Stage(house, Image.of(house))
    yield built
    for stage in built.values():
        stage.house.close()


def test_the_matrix_has_72_cells() -> None:
    assert len(Trouble) * len(WRITTEN) * len(TRIES) == 72


@pytest.mark.parametrize("tries", TRIES)
@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("trouble", Trouble)
def test_a_write_that_is_not_answered_is_carried_out_once(
    stages: dict[str, Stage], replay: str, trouble: Trouble, written: str, tries: int
) -> None:
    house, case = stages[written].begin(replay), WRITTEN[written]
    path = f"/{ENTITIES[case.kind].lower()}" if isinstance(case, Case) else "/batch"
    wire = StrikingAdapter(house.sandbox, house.clock, path, [Trouble.REQUEST_LOST] * (tries - 1) + [trouble])
    house.restart(wire)
    ticked = until_settled(house, wire, case)
    assert wire.quiet, f"{wire.left} never struck"
    case.check(house)
    assert rewritten(wire.sent) == [], "another body under a used request id (I3)"
    if trouble not in ANSWERED:
        assert len({write.key for write in wire.sent}) == case.writes, "sent again under another request id"
    assert ticked < TICKS


def test_a_process_that_dies_while_it_waits_does_not_look_too_early(stages: dict[str, Stage], replay: str) -> None:
    """What was sent may still be carried out when the next process begins."""
    house, case = stages["create"].begin(replay), SINGLE["create"]
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
