"""What every object carries: domain, sparse, Id, SyncToken, MetaData, CurrencyRef, and the recorded order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules import currencies
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

FRAME = ("domain", "sparse", "Id", "SyncToken", "MetaData")


def new(id_: str, now: datetime, extra: Json | None = None) -> Json:
    """Return the frame of a fresh object."""
    time = clock.stamp(now)
    metadata = {"CreateTime": time, **(extra or {}), "LastUpdatedTime": time}
    return {"domain": "QBO", "sparse": False, "Id": id_, "SyncToken": "0", "MetaData": metadata}


def kept(before: Json) -> Json:
    return {name: before[name] for name in FRAME}


def touched(data: Json, now: datetime, *, token: bool) -> Json:
    """Return the object with a new LastUpdatedTime and, when asked, the next SyncToken."""
    changed = {**data, "MetaData": {**data["MetaData"], "LastUpdatedTime": clock.stamp(now)}}
    if token:
        changed["SyncToken"] = str(int(data["SyncToken"]) + 1)
    return changed


def check_token(before: Json, draft: Json) -> None:
    """Raises `Refusal` 2020 without a SyncToken and 5010 when it is not the present one."""
    if draft.get("SyncToken") in (None, ""):
        raise Refusal(faults.missing("SyncToken"))
    if str(draft["SyncToken"]) != before["SyncToken"]:
        raise Refusal(faults.stale())


def ordered(data: Json, order: tuple[str, ...]) -> Json:
    """Return the members in recorded order, unlisted ones after them."""
    return {name: data[name] for name in (*order, *data) if name in data}


def currency(company: Company) -> dict[str, Any]:
    return currency_ref(company.home_currency)


def currency_ref(code: str) -> Json:
    return {"value": code, "name": currencies.name_of(code)}
