"""Preferences: the switches of a company that change how it behaves (qbo-facts 2.6)."""

from __future__ import annotations

from typing import Any

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind, Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

FOREVER = ("HomeCurrency",)  # a company's home currency never changes


def complete(_write: Write, draft: Json, before: Json | None) -> Json:
    """Merge the sent groups into the present ones; the closing date is read-only by API (qbo-facts 2.6).

    Raises:
        Refusal: 2010 for a value of another sort than the present one.
    """
    present = before or {}
    merged = {name: value for name, value in present.items() if name not in frame.FRAME}
    for name, group in draft.items():
        if name in present and name not in frame.FRAME:
            merged[name] = _merged(present[name], group)
    currency = {**merged["CurrencyPrefs"], **{name: present["CurrencyPrefs"][name] for name in FOREVER}}
    if present["CurrencyPrefs"].get("MultiCurrencyEnabled"):
        currency["MultiCurrencyEnabled"] = True  # once on, never off
    closed = present.get("AccountingInfoPrefs", {}).get("BookCloseDate")
    accounting = {**merged.get("AccountingInfoPrefs", {}), "BookCloseDate": closed}
    merged["AccountingInfoPrefs"] = {name: value for name, value in accounting.items() if value is not None}
    return {**merged, "CurrencyPrefs": currency}


def _merged(present: Any, sent: Any) -> Any:
    """Return the sent value in place of the present one, an object member by member."""
    if sent == "" and not isinstance(present, (dict, list)):
        return present
    if isinstance(present, dict) and isinstance(sent, dict):
        return present | {name: _merged(present[name], one) if name in present else one for name, one in sent.items()}
    same = isinstance(present, (dict, list)) == isinstance(sent, (dict, list)) and isinstance(
        present, dict
    ) == isinstance(sent, dict)
    if not same or isinstance(present, bool) != isinstance(sent, bool):
        raise Refusal(faults.unreadable())
    if isinstance(present, list) and not all(isinstance(one, dict) and _named(one) for one in sent):
        raise Refusal(faults.unreadable())
    return sent


def _named(one: Json) -> bool:
    """Say whether an entry of a list is a name and a value, or a definition of custom fields."""
    return "CustomField" in one or (isinstance(one.get("Name"), str) and "Value" in one)


KIND = Kind(
    name="Preferences",
    sequence="single",
    queryable=("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime"),
    operations=frozenset({"update"}),
    complete=complete,
)
