"""Companies to begin with: Intuit's US sample lists, or the same chart of accounts with nobody in it.

The accounts, items, customers and vendors are those of Intuit's invented demo company, under their own Ids
(qbo-facts 12.16). Balances start at zero, because the sandbox keeps them from the transactions it holds.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.wire import jsontext

SEEDS = ("us", "empty")
PEOPLE = ("Customer", "Vendor", "Item")
PLAIN = ("PaymentMethod", "Term", "Preferences", "CompanyInfo", "Item")
# Last ids given in the demo company; accounts made by API begin at 1150040000 (recorded).
LAST_IDS = {
    "account": 1150039999,
    "transaction": 145,
    "name": 58,
    "item": 18,
    "term": 4,
    "payment_method": 7,
    "address": 200,
}


def company(realm: str, seed: str, name: str = "") -> Company:
    """Make a company; raises `ValueError` for an unknown seed. An empty one counts its ids from 1."""
    if seed not in SEEDS:
        raise ValueError(f"seed is one of {', '.join(SEEDS)}, not {seed}")
    made = Company(realm, seed, counters=dict(LAST_IDS), last_number="1037" if seed == "us" else "1000")
    for kind, rows in _seed_rows().items():
        if seed == "us" or kind not in PEOPLE:
            for row in rows:
                made.put(kind, _framed(kind, row))
    if seed == "empty":
        made.counters |= {"transaction": 0, "name": 0, "item": 0, "address": 1}
        _without_sales_tax(made)
    if name or seed == "empty":
        shown = name or f"Sandbox Company {realm}"
        made.put("CompanyInfo", {**made.information, "CompanyName": shown, "LegalName": shown})
    return made


def _framed(kind: str, row: Json) -> Json:
    body = {key: value for key, value in row.items() if key not in ("Id", "MetaData")}
    time = row["MetaData"]
    framed = {"domain": "QBO", "sparse": False, "Id": row["Id"], "SyncToken": "0"}
    framed["MetaData"] = {"CreateTime": time, "LastUpdatedTime": time}
    if kind not in PLAIN:
        body["CurrencyRef"] = {"value": "USD", "name": frame.CURRENCY_NAMES["USD"]}
    return frame.ordered({**body, **framed}, BY_NAME[kind].order)


def _without_sales_tax(made: Company) -> None:
    """Switch sales tax and the demo company's default item off."""
    preferences = {**made.preferences, "TaxPrefs": {"UsingSalesTax": False}}
    others = [one for one in preferences["OtherPrefs"]["NameValue"] if one["Name"] != "SalesFormsPrefs.DefaultItem"]
    made.put("Preferences", {**preferences, "OtherPrefs": {"NameValue": others}})


@cache
def _seed_rows() -> dict[str, list[Json]]:
    text = resources.files("connectors.quickbooks.sandbox.books").joinpath("seed_us.json").read_text(encoding="utf-8")
    loaded: dict[str, list[Json]] = jsontext.loads(text)
    return loaded
