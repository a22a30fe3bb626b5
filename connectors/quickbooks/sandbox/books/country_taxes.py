"""The tax codes, rates and agencies that a company outside the US begins with; data in seeds/<country>.json.

Canada's codes 2 to 6 have the Ids of Intuit's Canadian sandbox (qbo-facts 2.8); the other provinces follow.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.rules import frame, own_accounts
from connectors.quickbooks.sandbox.wire import jsontext

SIDES = ("Sales", "Purchase")
SEQUENCES = {"TaxAgency": "tax_agency", "TaxRate": "tax_rate", "TaxCode": "tax_code"}


def add(company: Company, country: str) -> None:
    """Put a country's agencies with their accounts, its rates and its codes into a company."""
    seed = _loaded(country)
    write = Write(company, datetime.fromisoformat(company.information["MetaData"]["CreateTime"]))
    for kind, objects in _objects(seed):
        for one in objects:
            whole = {**one, **frame.new(one["Id"], write.now)}
            company.put(kind, frame.ordered(whole, BY_NAME[kind].order))
        company.counters[SEQUENCES[kind]] = max(int(one["Id"]) for one in objects)
    for row in list(company.store.rows("TaxAgency")):
        own_accounts.agency_account(write, row.data)
    company.put("CompanyInfo", {**company.information, "SupportedLanguages": seed["SupportedLanguages"]})


def _objects(seed: dict[str, Any]) -> Iterator[tuple[str, list[Json]]]:
    agencies = [{**one, "TaxTrackedOnSales": True} for one in seed["TaxAgency"]]
    yield "TaxAgency", agencies
    yield "TaxRate", [_rate(one) for one in seed["TaxRate"]]
    names = {one["Id"]: one["Name"] for one in seed["TaxRate"]}
    yield "TaxCode", [_code(one, names) for one in seed["TaxCode"]]


def _rate(one: Json) -> Json:
    shown = {"Active": True, "SpecialTaxType": "NONE", "DisplayType": "ReadOnly"}
    return {**one, **shown, "AgencyRef": {"value": one["AgencyRef"]}}


def _code(one: Json, names: dict[str, str]) -> Json:
    lists = {f"{side}TaxRateList": {"TaxRateDetail": [_detail(id_, names) for id_ in one[side]]} for side in SIDES}
    plain = {name: value for name, value in one.items() if name not in SIDES}
    return {**plain, "Active": True, "TaxGroup": True, **lists}


def _detail(id_: str, names: dict[str, str]) -> Json:
    return {"TaxRateRef": {"value": id_, "name": names[id_]}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}


@cache
def _loaded(country: str) -> dict[str, Any]:
    folder = resources.files("connectors.quickbooks.sandbox.books").joinpath("seeds")
    loaded: dict[str, Any] = jsontext.loads(folder.joinpath(f"{country.lower()}.json").read_bytes())
    return loaded
