"""Tax codes, rates, agencies and exchange rates beside recorded ones, where the recordings are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.quickbooks.sandbox import Sandbox

RECORDED = Path(__file__).resolve().parents[2].parent / "shared" / "recorded" / "entities"

pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside this repository")


def members(name):
    return list(json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))["response"]["body"][0])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("TaxCode", "tax_codes_rows_2023"),
        ("TaxRate", "tax_rates_rows_2023"),
        ("TaxAgency", "tax_agencies_rows_2023"),
        ("ExchangeRate", "exchangerate_rows_2019"),
    ],
)
def test_rows_have_the_recorded_members_in_their_order(books, kind, name):
    assert list(books.query(f"select * from {kind}")[kind][-1]) == members(name)


@pytest.mark.parametrize("kind", ["code", "rate"])
def test_what_tax_service_makes_looks_as_recorded(books, bodies, kind):
    rate = {"TaxRateName": "Reno rate", "RateValue": 8, "TaxAgencyId": "2"}
    made = bodies.parsed(books.post("taxservice/taxcode", {"TaxCode": "Reno", "TaxRateDetails": [rate]}))
    ids = {"code": made["TaxCodeId"], "rate": made["TaxRateDetails"][0]["TaxRateId"]}
    assert list(books.read(f"Tax{kind.title()}", ids[kind])) == members(f"tax_{kind}s_rows_2023")


@pytest.mark.parametrize("country", ["CA", "GB", "MX"])
def test_other_countries_rows_look_like_the_recorded_ones(sandbox, country):
    company = Sandbox(sandbox.clock.now, seed="empty", country=country).company("7")
    for kind, name in (("TaxCode", "tax_codes_rows_2023"), ("TaxAgency", "tax_agencies_rows_2023")):
        assert next(list(row.data) for row in company.store.rows(kind)) == members(name)
