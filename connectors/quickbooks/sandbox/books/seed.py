"""Companies to begin with: Intuit's US sample company, its lists without the documents, or a new one with nobody in it.

A seed is a file of complete stored objects. The sample company's are those of Intuit's invented demo company under
their own Ids (qbo-facts 12.16), dated so that it looks as old as it did when it was recorded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books import countries, opening
from connectors.quickbooks.sandbox.books.booking import Post
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire import jsontext

Rows = dict[str, list[Json]]
SEEDS = ("us", "lists", "empty")
# What a new company has of the sample company's chart: its own trade's accounts are left out.
FRESH_ACCOUNTS = frozenset(map(str, (*range(1, 37), 40, 79, 80, 81, 83, *range(84, 89))))
FRESH_TERMS = frozenset(map(str, range(1, 5)))
LISTS = (
    "Account",
    "Customer",
    "Vendor",
    "Employee",
    "Item",
    "PaymentMethod",
    "Term",
    "CompanyInfo",
    "Preferences",
    "TaxAgency",
    "TaxRate",
    "TaxCode",
)
BALANCES = ("Balance", "BalanceWithJobs", "CurrentBalance", "CurrentBalanceWithSubAccounts", "QtyOnHand")
FRESH_KINDS = ("Account", "PaymentMethod", "Term", "Preferences", "CompanyInfo")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
FRESH_COUNTERS = {
    "transaction": 0,
    "name": 0,
    "item": 0,
    "address": 1,
    "tax_agency": 0,
    "tax_rate": 0,
    "tax_code": 1,
    "time_activity": 0,
    "company_currency": 0,
}


def company(
    realm: str,
    seed: str,
    posts: Mapping[str, Post],
    *,
    country: str = "US",
    now: datetime | None = None,
    name: str = "",
) -> Company:
    """Make a company; raises `ValueError` for an unknown seed or country.

    Args:
        realm: the company's number.
        seed: "us", "lists" or "empty".
        posts: how each kind of transaction is booked.
        country: US, CA, MX or GB; elsewhere than in the US, "us" is the sample company's lists without its documents.
        now: the day on which the sample company shall look recorded; None keeps the recorded dates.
        name: the company's name, if not the seed's.
    """
    if seed not in SEEDS:
        raise ValueError(f"seed is one of {', '.join(SEEDS)}, not {seed}")
    if seed == "us" and country != "US":
        seed = "lists"  # the documents carry US sales tax
    loaded = _loaded("us")
    made = Company(realm, seed, counters=dict(loaded["counters"]), last_numbers=dict(loaded["last_numbers"]))
    rows = loaded["rows"]
    if seed == "us" and now is not None:
        rows = _dated("us", (now.astimezone(clock.PACIFIC).date() - date.fromisoformat(loaded["anchor"])).days)
    if seed != "us":
        rows = _without_documents(rows)
    if seed == "empty":
        rows = _fresh(rows)
        made.counters |= FRESH_COUNTERS
        made.last_numbers.clear()
    for kind, objects in rows.items():
        for one in objects:
            made.put(kind, one)
    if name or seed == "empty":
        shown = name or f"Sandbox Company {realm}"
        made.put("CompanyInfo", {**made.information, "CompanyName": shown, "LegalName": shown})
    countries.settle(made, country)
    opening.open_books(made, posts)
    return made


def _without_documents(rows: Rows) -> Rows:
    """Keep the lists, with every balance at zero."""
    lists = {kind: objects for kind, objects in rows.items() if kind in LISTS}
    return {kind: [one | {name: 0 for name in BALANCES if name in one} for one in lists[kind]] for kind in lists}


def _fresh(rows: Rows) -> Rows:
    """Keep what a new company has: no sales tax, no default item, no names."""
    kept = {kind: rows[kind] for kind in FRESH_KINDS}
    kept["Account"] = [one for one in rows["Account"] if one["Id"] in FRESH_ACCOUNTS]
    kept["Term"] = [one for one in rows["Term"] if one["Id"] in FRESH_TERMS]
    preferences = {**rows["Preferences"][0], "TaxPrefs": {"UsingSalesTax": False}}
    others = [one for one in preferences["OtherPrefs"]["NameValue"] if one["Name"] != "SalesFormsPrefs.DefaultItem"]
    kept["Preferences"] = [{**preferences, "OtherPrefs": {"NameValue": others}}]
    return kept


@cache
def _dated(seed: str, shift: int) -> Rows:
    """Return the seed's objects by kind, all dates moved by whole days; nobody changes a stored object in place."""
    rows: Rows = _loaded(seed)["rows"]
    return {kind: [_shifted(one, shift) for one in objects] for kind, objects in rows.items()}


def _shifted(value: Any, days: int, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _shifted(one, days, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_shifted(one, days) for one in value]
    if not isinstance(value, str) or name in ("BirthDate", "HiredDate"):
        return value
    if DAY.fullmatch(value):
        return (date.fromisoformat(value) + timedelta(days)).isoformat()
    if MOMENT.fullmatch(value):
        local = datetime.fromisoformat(value).astimezone(clock.PACIFIC).replace(tzinfo=None) + timedelta(days)
        return local.replace(tzinfo=clock.PACIFIC).isoformat(timespec="seconds")
    return value


@cache
def _loaded(seed: str) -> dict[str, Any]:
    text = resources.files("connectors.quickbooks.sandbox.books").joinpath("seeds", f"{seed}.json").read_bytes()
    loaded: dict[str, Any] = jsontext.loads(text)
    return loaded
