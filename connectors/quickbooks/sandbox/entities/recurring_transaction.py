"""RecurringTransaction: a document as a template with its schedule, inside one more layer (qbo-facts: clients' bodies).

On the wire it is `{"RecurringTransaction": {"Invoice": {..., "RecurringInfo": {...}}}}`, with the Id on the inner
object. It books nothing and takes no number.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.schema import reading
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

TEMPLATES = (
    "Bill",
    "CreditMemo",
    "Deposit",
    "Estimate",
    "Invoice",
    "JournalEntry",
    "Purchase",
    "PurchaseOrder",
    "RefundReceipt",
    "SalesReceipt",
    "Transfer",
    "VendorCredit",
)
FRAMED = ("domain", "sparse", "Id", "SyncToken", "MetaData")


def unwrap(body: Json) -> Json:
    """Return the body with the inner object's Id and SyncToken outside, where every other entity has them."""
    found = next((name for name in TEMPLATES if isinstance(body.get(name), dict)), None)
    if found is None:
        return body
    inner = body[found]
    outside = {name: inner[name] for name in ("Id", "SyncToken", "sparse") if name in inner}
    return {**outside, "Type": found, found: {name: value for name, value in inner.items() if name not in FRAMED}}


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Check the template as its own entity would be; raises `Refusal` 2020 without template, name or type."""
    kind = _kind(draft.get("Type"))
    body = draft[kind.name]
    if before is not None and kind.name in before:
        body = {**before[kind.name], **body}
    template, found = reading.read(kind.name, {key: value for key, value in body.items() if key != "RecurringInfo"})
    found += reading.missing(kind.required, template)
    if found:
        raise Refusal(*found)
    completed = kind.complete(replace(write, template=True), template, None)
    return {"Type": kind.name, kind.name: {"RecurringInfo": _schedule(body.get("RecurringInfo")), **completed}}


def _kind(name: Any) -> Kind:
    from connectors.quickbooks.sandbox.entities.registry import BY_NAME  # noqa: PLC0415 - the registry knows this file

    if name not in TEMPLATES or name not in BY_NAME:
        raise Refusal(faults.missing("RecurringTransaction"))
    return BY_NAME[name]


def _schedule(info: Any) -> Json:
    if not isinstance(info, dict) or not info.get("Name"):
        raise Refusal(faults.missing("RecurringInfo.Name"))
    return {"Active": True, "RecurType": "Automated", **info}


def present(_company: Company, data: Json, _now: datetime, _include: frozenset[str]) -> Json:
    """Return the wire's form: the type as the only member, the frame inside it."""
    inner = data[data["Type"]]
    return {data["Type"]: {"RecurringInfo": inner["RecurringInfo"], **frame.kept(data), **_rest(inner)}}


def _rest(inner: Json) -> Json:
    return {name: value for name, value in inner.items() if name != "RecurringInfo"}


KIND = Kind(
    name="RecurringTransaction",
    sequence="recurring",
    order=("Type", *frame.FRAME),
    queryable=("Id", "Type", *METADATA),
    operations=TRANSACTION,
    complete=complete,
    present=present,
    unwrap=unwrap,
)
