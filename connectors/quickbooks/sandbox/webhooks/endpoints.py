"""Where events are sent: what a developer sets per app at Intuit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from connectors.quickbooks.sandbox.books.changes import Change

# The entities that Intuit's page for webhooks offers.
ENTITIES = (
    "Account",
    "Bill",
    "BillPayment",
    "Budget",
    "Class",
    "CreditMemo",
    "Currency",
    "Customer",
    "Department",
    "Deposit",
    "Employee",
    "Estimate",
    "Invoice",
    "Item",
    "JournalCode",
    "JournalEntry",
    "Payment",
    "PaymentMethod",
    "Preferences",
    "Purchase",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
    "TaxAgency",
    "Term",
    "TimeActivity",
    "Transfer",
    "Vendor",
    "VendorCredit",
)
OPERATIONS = ("Create", "Update", "Delete", "Merge", "Void", "Emailed")
FORMATS = ("cloudevents", "legacy")
PLANS = ("current", "older")
SIX_HOURS = timedelta(hours=6)
CURRENT = tuple(timedelta(seconds=one) for one in (10, 20, 30, 300, 1200, 7200, 14_400, 21_600))
OLDER = tuple(timedelta(minutes=one) for one in (20, 30, 50))


@dataclass(frozen=True)
class Endpoint:
    """An address with its verifier token; without entities or operations named it hears of all.

    `retries` is "current" (10 s, 20 s, 30 s, 5 min, 20 min, 2 h, 4 h, 6 h, then each 6 h) or "older" (20, 30, 50 min,
    then the endpoint is disabled): Intuit has published both.
    """

    id: str
    url: str
    verifier_token: str
    format: str = "cloudevents"
    entities: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    retries: str = "current"
    content_type: str = "application/json; charset=utf-8"
    enabled: bool = True

    @classmethod
    def of(cls, id_: str, values: dict[str, Any]) -> Endpoint:
        """Read an endpoint from JSON; raises `ValueError` for a wrong one."""
        unknown = values.keys() - {*cls.__dataclass_fields__} | values.keys() & {"id", "enabled"}
        if unknown:
            raise ValueError(f"unknown keys {sorted(unknown)}")
        texts = {name: _text(values, name) for name in values.keys() - {"entities", "operations"}}
        parts = urlsplit(texts.get("url", ""))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url is an http or https address")
        if not texts.get("verifier_token"):
            raise ValueError("verifier_token is missing")
        for name, known in (("format", FORMATS), ("retries", PLANS)):
            if texts.get(name, known[0]) not in known:
                raise ValueError(f"{name} is one of {', '.join(known)}, not {texts[name]}")
        if not texts.get("content_type", "x").isprintable():
            raise ValueError("content_type is one line of text")
        lists = {
            "entities": _named(values, "entities", ENTITIES),
            "operations": _named(values, "operations", OPERATIONS),
        }
        return cls(id_, **texts, **lists)  # type: ignore[arg-type]

    @classmethod
    def restored(cls, state: dict[str, Any]) -> Endpoint:
        """Read an endpoint as it was kept in a file."""
        lists = {name: tuple(state[name]) for name in ("entities", "operations")}
        return cls(**{**state, **lists})

    def hears(self, change: Change) -> bool:
        """Say whether a change is sent to this endpoint."""
        return (
            self.enabled
            and change.kind in (self.entities or ENTITIES)
            and change.operation in (self.operations or OPERATIONS)
        )

    def retry(self, failures: int) -> timedelta | None:
        """Return how long to wait after this many failed attempts; None when there is no further one."""
        if self.retries == "current":
            return CURRENT[failures - 1] if failures <= len(CURRENT) else SIX_HOURS
        return OLDER[failures - 1] if failures <= len(OLDER) else None


def _text(values: dict[str, Any], name: str) -> str:
    value = values[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} is a text")  # noqa: TRY004 - a wrong value, not a wrong type of ours
    return value


def _named(values: dict[str, Any], name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Read a list of names in any case; raises `ValueError` for one that is not known."""
    given = values.get(name) or []
    spelled = {one.lower(): one for one in known}
    if not isinstance(given, list) or any(str(one).lower() not in spelled for one in given):
        raise ValueError(f"{name} is a list out of {', '.join(known)}")
    return tuple(spelled[str(one).lower()] for one in given)
