"""POST /batch: up to 30 independent items, answered together with HTTP 200 (qbo-facts 5.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connectors.quickbooks.sandbox.api import replay
from connectors.quickbooks.sandbox.api.operations import write_object
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.query import select
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Fault, Refusal

MOST_ITEMS = 30


def run(company: Company, body: Any, request_id: str, now: datetime) -> list[Json]:
    """Answer the items in order; raises `Refusal` 2010, 2020 or 1040 when the batch itself is unusable."""
    if not isinstance(body, dict) or not isinstance(body.get("BatchItemRequest"), list):
        raise Refusal(faults.missing("BatchItemRequest"))
    items = body["BatchItemRequest"]
    if len(items) > MOST_ITEMS:
        text = f"Batch size exceeds allowed limit : {len(items)} items, at most {MOST_ITEMS} are allowed"
        raise Refusal(Fault("1040", "Batch size exceeds allowed limit", text))
    if not all(isinstance(item, dict) for item in items):
        raise Refusal(faults.unreadable())
    return [_item(company, item, request_id, now) for item in items]


def _item(company: Company, item: Json, request_id: str, now: datetime) -> Json:
    number = str(item.get("bId", ""))

    def answer() -> tuple[int, Json]:
        try:
            return 200, _answered(company, item, now)
        except Refusal as refusal:
            return 200, refusal.body()

    try:
        # Reading twice is harmless and must show what is there now.
        _, body = answer() if "Query" in item else replay.once(company, request_id, answer, number)
    except Refusal as refusal:
        body = refusal.body()
    return {**body, "bId": number}


def _answered(company: Company, item: Json, now: datetime) -> Json:
    if "Query" in item:
        return {"QueryResponse": select.run(company, str(item["Query"]), now)}
    name = next((key for key in item if key in BY_NAME), None)
    if name is None:
        raise Refusal(faults.unsupported_operation("batch item without a known entity"))
    options = frozenset(part.strip() for part in str(item.get("optionsData", "")).split(",") if part.strip())
    operation = str(item.get("operation", ""))
    if operation not in ("create", "update", "delete"):
        raise Refusal(faults.unsupported_operation(operation or "null"))
    if operation == "update" and "void" in options:
        operation = "void"
    return {name: write_object(Write(company, now, options), BY_NAME[name], operation, item[name])}
