"""Preferences: the switches of a company that change how it behaves (qbo-facts 2.6)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind, Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal


def complete(_write: Write, draft: Json, before: Json | None) -> Json:
    """Merge the sent groups into the present ones; the closing date is read-only by API (qbo-facts 2.6).

    Raises:
        Refusal: 2010 for a group that is not an object.
    """
    present = before or {}
    merged = {name: value for name, value in present.items() if name not in frame.FRAME}
    for name, group in draft.items():
        if name in present and name not in frame.FRAME:
            if not isinstance(group, dict):
                raise Refusal(faults.unreadable())
            merged[name] = {**present[name], **group}
    closed = present.get("AccountingInfoPrefs", {}).get("BookCloseDate")
    accounting = {**merged.get("AccountingInfoPrefs", {}), "BookCloseDate": closed}
    merged["AccountingInfoPrefs"] = {name: value for name, value in accounting.items() if value is not None}
    return merged


KIND = Kind(
    name="Preferences",
    sequence="single",
    queryable=("Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime"),
    operations=frozenset({"update"}),
    complete=complete,
)
