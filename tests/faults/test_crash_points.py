"""Every boundary of every posting: the process dies there, another one goes on, and the books agree."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.quickbooks.sandbox.core import FIRST_REALM
from tests.support.cases import CASES, Case, Mixed, settle
from tests.support.crashing import WatchedAdapter, forgotten, watched
from tests.support.house import House
from tests.support.striking import rewritten


@pytest.mark.parametrize("case", [*CASES, Mixed()], ids=str)
def test_a_process_may_die_at_any_boundary_of_a_posting(house: House, case: Case | Mixed) -> None:
    """QuickBooks runs a repeated request id again here: only looking first keeps a document from being doubled."""
    assert forgotten(house.engine) == set()
    case.prepare(house)
    company = house.sandbox.company(FIRST_REALM)
    company.switches = replace(company.switches, replay="ignore")
    with watched(house) as life:
        settle(house, lambda: case.check(house))
    visited, wrong = 0, []
    for names, image, count in life.deaths():
        image.restore(house)
        wire = WatchedAdapter(house.sandbox)
        house.restart(wire)
        visited += count
        try:
            settle(house, lambda: case.check(house))
            house.tick()
            case.check(house)
            assert rewritten(wire.sent) == []
        except AssertionError as error:
            wrong.append(f"{names}: {error}")
    assert wrong == []
    assert visited == len(life.points) > 0, f"{visited} of {len(life.points)} boundaries"
