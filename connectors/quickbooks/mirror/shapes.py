"""What is kept of each entity, and by which values it is found. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.quickbooks.notes import marker_of

Row = Mapping[str, Any]

LONGEST_KEY = 300  # characters: an index of PostgreSQL takes 2,700 bytes; who looks compares the whole value anyway
_EVERY = ("Id", "SyncToken", "Active")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """`keys`: fields by which an object is looked up; `fields`: what else is read of it."""

    keys: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


_NUMBERED = Shape(keys=("DocNumber",), fields=("CustomerRef", "TotalAmt"))

SHAPES: Mapping[str, Shape] = {
    "Customer": Shape(keys=("DisplayName", "PrimaryEmailAddr")),
    "Vendor": Shape(keys=("DisplayName",)),
    "Item": Shape(keys=("Name",), fields=("FullyQualifiedName", "Type")),
    "Account": Shape(fields=("Name", "FullyQualifiedName", "AcctNum", "AccountType")),
    "PaymentMethod": Shape(fields=("Name", "Type")),
    "Invoice": _NUMBERED,
    "RefundReceipt": _NUMBERED,
    "Purchase": _NUMBERED,
    "Payment": Shape(keys=("PaymentRefNum",), fields=("CustomerRef", "TotalAmt")),
    "CompanyInfo": Shape(fields=("CompanyName", "Country", "NameValue")),
    "Preferences": Shape(fields=("CurrencyPrefs", "AccountingInfoPrefs", "SalesFormsPrefs")),
}
LISTS = frozenset({"Customer", "Vendor", "Item", "Account", "PaymentMethod"})  # made inactive, never deleted
ALONE = frozenset({"CompanyInfo", "Preferences"})  # one of each; no change data capture, so they are read by the day


def trimmed(entity: str, row: Row) -> dict[str, Any]:
    """The row with what is needed of it; of a note, the marker."""
    shape = SHAPES[entity]
    kept = {name: row[name] for name in (*_EVERY, *shape.keys, *shape.fields) if name in row}
    marker = marker_of(str(row.get("PrivateNote", "")))
    return {**kept, "PrivateNote": f"[{marker}]"} if marker else kept


def keys_of(entity: str, row: Row) -> Iterator[tuple[str, str]]:
    """(field, value) for each value by which the row is found; a field may hold several e-mail addresses."""
    for field in SHAPES[entity].keys:
        held = row.get(field)
        texts = str(held.get("Address", "")).split(",") if isinstance(held, Mapping) else [str(held or "")]
        yield from ((field, value) for value in dict.fromkeys(map(key, texts)) if value)


def key(text: str) -> str:
    """A value as it stands in the index."""
    return text.strip().casefold()[:LONGEST_KEY]


def gone(row: Row) -> bool:
    """What is left of a deleted object, in change data capture and in the answer to a deletion."""
    return row.get("status") == "Deleted"


def moment(row: Row, name: str) -> datetime | None:
    """CreateTime or LastUpdatedTime."""
    text = (row.get("MetaData") or {}).get(name)
    return instant(text)


def instant(text: Any) -> datetime | None:
    """A time as QuickBooks writes it; None where there is none that tells its zone."""
    try:
        read = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return read if read.tzinfo is not None else None
