"""Whatever is sent, QuickBooks answers in its own words: never an exception of ours, and the ledger stays balanced."""

from __future__ import annotations

import pytest

from connectors.quickbooks.sandbox import FIRST_REALM
from connectors.quickbooks.sandbox.books import booking
from connectors.quickbooks.sandbox.inside.preferences import set_preferences
from tests.support.fuzzing import EXPECTED, Fuzz


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bent_requests_are_answered_and_the_books_stay_balanced(seed):
    fuzz = Fuzz(seed)
    for request in fuzz.requests(2500):
        assert fuzz.send(request).status in EXPECTED
    assert sum(one.amount for entry in fuzz.company.ledger.entries.values() for one in entry.postings) == 0
    for kind in ("Customer", "Vendor"):
        for row in fuzz.company.store.rows(kind):
            assert row.data.get("Balance", 0) == booking.open_balance(fuzz.company, (kind, row.id))


@pytest.mark.parametrize("country", ["CA", "GB"])
def test_bent_requests_to_a_company_abroad_with_several_currencies(country):
    fuzz = Fuzz(4)
    fuzz.sandbox.add_company(FIRST_REALM, seed="lists", country=country)
    fuzz.company = fuzz.sandbox.company(FIRST_REALM)
    set_preferences(fuzz.company, {"MultiCurrencyEnabled": True})
    for request in fuzz.requests(1000):
        assert fuzz.send(request).status in EXPECTED
    assert sum(one.amount for entry in fuzz.company.ledger.entries.values() for one in entry.postings) == 0
