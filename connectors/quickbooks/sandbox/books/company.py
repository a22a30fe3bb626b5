"""One company (realm): its objects, its counters, its preferences and its switches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connectors.quickbooks.sandbox.books.changes import Change
from connectors.quickbooks.sandbox.books.ledger import Ledger
from connectors.quickbooks.sandbox.books.store import Json, Row, Store
from connectors.quickbooks.sandbox.books.switches import Switches
from connectors.quickbooks.sandbox.books.tracked import Tracked

FIRST_IDS = {"attachable": 5000000000000500000}  # recorded attachables have 19 digits
WRITABLE_STATES = {"TRIAL", "TRIALOPTIN", "SUBSCRIBED", "PAID"}


@dataclass
class Company:
    """A realm's whole state; `counters` hold the last id given per sequence, `last_numbers` the last DocNumber."""

    realm: str
    seed: str
    store: Store = field(default_factory=Store)
    ledger: Ledger = field(default_factory=Ledger)
    counters: dict[str, int] = field(default_factory=dict)
    last_numbers: dict[str, str] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    replies: Tracked[Json] = field(default_factory=Tracked)
    files: Tracked[bytes] = field(default_factory=Tracked)
    sent: list[Json] = field(default_factory=list)
    news: list[Change] = field(default_factory=list)  # what webhooks have not yet heard
    address: str = ""  # the host and port at which the company was last asked; links in answers need it

    def next_id(self, sequence: str) -> str:
        """Give the next id of a sequence; transactions share one, customers, vendors and employees another."""
        self.counters[sequence] = self.counters.get(sequence, FIRST_IDS.get(sequence, 0)) + 1
        return str(self.counters[sequence])

    def get(self, kind: str, id_: Any) -> Json | None:
        row = self.store.get(kind, str(id_))
        return row.data if row else None

    def put(self, kind: str, data: Json) -> Row:
        return self.store.put(kind, data)

    @property
    def preferences(self) -> Json:
        return self.get("Preferences", "1") or {}

    @property
    def information(self) -> Json:
        return self.get("CompanyInfo", "1") or {}

    @property
    def home_currency(self) -> str:
        return str(self.preference("CurrencyPrefs", "HomeCurrency")["value"])

    def preference(self, group: str, name: str) -> Any:
        return self.preferences.get(group, {}).get(name)

    def other_preference(self, name: str) -> str:
        """Return a value of `OtherPrefs.NameValue`, "" when it is not there."""
        return named_value(self.preferences.get("OtherPrefs", {}), name)

    @property
    def country(self) -> str:
        return str(self.information.get("Country", "US"))

    @property
    def charges_by_line(self) -> bool:
        """Whether each line has its own tax code: everywhere but in the US (qbo-facts 2.8)."""
        return self.country != "US"

    @property
    def uses_sales_tax(self) -> bool:
        return self.preference("TaxPrefs", "UsingSalesTax") is True

    @property
    def automated_tax(self) -> bool:
        """Whether automated sales tax is set up (qbo-facts 2.6: true is on, false only available)."""
        return self.preference("TaxPrefs", "PartnerTaxEnabled") is True

    @property
    def multi_currency(self) -> bool:
        return self.preference("CurrencyPrefs", "MultiCurrencyEnabled") is True

    @property
    def writable(self) -> bool:
        """Whether the subscription still allows writing (CompanyInfo's SubscriptionStatus)."""
        return named_value(self.information, "SubscriptionStatus") in WRITABLE_STATES | {""}

    def subscribe(self, status: str) -> None:
        """Set SubscriptionStatus; with EXPIRED, RESTRICTED, SUSPENDED or CANCELLED only reads are left."""
        self.put("CompanyInfo", with_named_value(self.information, "SubscriptionStatus", status))


def named_value(holder: Json, name: str) -> str:
    return next((str(one["Value"]) for one in holder.get("NameValue", ()) if one["Name"] == name), "")


def with_named_value(holder: Json, name: str, value: str) -> Json:
    others = [one for one in holder["NameValue"] if one["Name"] != name]
    return {**holder, "NameValue": [*others, {"Name": name, "Value": value}]}
