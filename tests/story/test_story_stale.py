"""A token that is older than QuickBooks' own: whose change was it?"""

from __future__ import annotations

from typing import Any

import pytest

from connectors.documents import DocumentKind
from tests.support.house import House
from worker.state.machine import State


def test_a_token_that_moves_twice_in_a_tick_with_nothing_changed_asks_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QuickBooks moves an invoice's token with each of its payments, ours of the same tick among them."""
    house.furnish()
    house.invoice("17")
    house.tick()
    target, plain = house.company.target, house.company.target.get

    def moved() -> None:
        held = house.by_number("INV-17")
        body = {"Id": held["Id"], "SyncToken": held["SyncToken"], "sparse": True}
        house.outsider("Invoice", {**body, "CustomerMemo": {"value": f"seen {held['SyncToken']}"}})

    def get(*asked: Any) -> Any:
        found = plain(*asked)
        moved()
        return found

    moved()
    house.change("invoices", "17", memo="Corrected")
    with monkeypatch.context() as patched:
        patched.setattr(target, "get", get)
        house.tick()
    assert house.errors() == []
    house.tick()
    house.tick()

    assert house.item(DocumentKind.INVOICE, "17").state is State.LINKED
    assert "Corrected" in house.by_number("INV-17")["PrivateNote"]
