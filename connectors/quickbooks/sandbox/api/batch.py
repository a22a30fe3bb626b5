"""POST /batch: up to 30 independent items, answered together with HTTP 200 (qbo-facts 5.1)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.api import cdc, replay
from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.api.calls import includes, options
from connectors.quickbooks.sandbox.api.operations import write_object
from connectors.quickbooks.sandbox.api.replay import RequestId
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind, Write, shown
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.query import select
from connectors.quickbooks.sandbox.wire import faults, jsontext
from connectors.quickbooks.sandbox.wire.faults import Fault, Refusal

MOST_ITEMS = 30
MOST_OBJECTS = 1000
WRITES = ("create", "update", "delete", "void")
WRITTEN: dict[str, Kind] = BY_NAME | {kind.wrapper: kind for kind in BY_NAME.values()}


def answer(asked: Asked) -> tuple[int, Json]:
    """Answer the items in order; raises `Refusal` 500, 2010, 2020 or 1040 when the batch itself is unusable."""
    if asked.call.rest or asked.request.method != "POST":
        raise asked.unsupported()
    items = asked.body.get("BatchItemRequest")
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list):
        raise Refusal(faults.missing("BatchItemRequest"))
    if len(items) > MOST_ITEMS:
        text = f"Batch size exceeds allowed limit : {len(items)} items, at most {MOST_ITEMS} are allowed"
        raise Refusal(Fault("1040", "Batch size exceeds allowed limit", text))
    if not all(isinstance(item, dict) for item in items):
        raise Refusal(faults.unreadable())
    batch = _Batch(asked)
    return 200, {"BatchItemResponse": [batch.item(item, position) for position, item in enumerate(items)]}


class _Batch:
    """One batch as it is worked off; all of it together answers at most 1000 objects."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._company = asked.company
        self._left = MOST_OBJECTS

    def item(self, item: Json, position: int) -> Json:
        """Answer one item under its bId; node-quickbooks sends none, and reads the answers by their position."""
        number = item.get("bId")
        named = {} if number in (None, "") else {"bId": str(number)}
        try:
            body = self._read(item) if _reads(item) else self._written(item, named.get("bId", f"#{position}"))
        except Refusal as refusal:
            body = refusal.body()
        return body | named

    def _read(self, item: Json) -> Json:
        """Answer a query or a CDC query: reading twice is harmless, so no request id is looked at."""
        if "CDCQuery" in item:
            asked = item["CDCQuery"] if isinstance(item["CDCQuery"], dict) else {}
            changed = cdc.changes(self._company, asked.get("Entities"), asked.get("ChangedSince"), self._asked.now)
            self._count(sum(int(one.get("maxResults", 0)) for one in changed["QueryResponse"]))
            return {"CDCResponse": changed}
        found = select.run(self._company, str(item["Query"]), self._asked.now, self._options(item))
        self._count(int(found.get("maxResults", 0)))
        return {"QueryResponse": found}

    def _count(self, objects: int) -> None:
        if objects > self._left:
            raise Refusal(faults.too_large(MOST_OBJECTS))
        self._left -= objects

    def _written(self, item: Json, number: str) -> Json:
        def run() -> tuple[int, Json]:
            try:
                return 200, self._write(item)
            except Refusal as refusal:
                return 200, refusal.body()

        request_id = self._asked.request.query.get("requestid", "")
        named = RequestId(request_id, jsontext.dumps(item) if request_id else "", self._asked.now, number)
        _, body = replay.once(self._company, named, run)
        return body

    def _write(self, item: Json) -> Json:
        self._count(1)
        name = next((key for key in item if key in WRITTEN), None)
        if name is None:
            raise Refusal(faults.unsupported_operation("batch item without a known entity"))
        given = self._options(item)
        operation = str(item.get("operation") or _meant(item[name])).lower()
        if operation not in WRITES:
            raise Refusal(faults.unsupported_operation(operation or "null"))
        if operation == "update" and "void" in given:
            operation = "void"
        if operation == "void" and not self._company.switches.batch_void:
            raise Refusal(faults.unsupported_operation("void"))
        kind = WRITTEN[name]
        written = write_object(Write(self._company, self._asked.now, given), kind, operation, item[name])
        return {kind.wrapper: shown(kind, written, "written")}

    def _options(self, item: Json) -> frozenset[str]:
        """Return what an item asks for by optionsData or include, and the whole batch by its query string."""
        given = (str(item[name]) for name in ("optionsData", "include") if item.get(name))
        return includes(self._asked.request).union(*(options(text) for text in given))


def _meant(body: object) -> str:
    """Return the operation that is meant when none is sent: to create what has no Id yet."""
    return "update" if isinstance(body, dict) and body.get("Id") not in (None, "") else "create"


def _reads(item: Json) -> bool:
    return "Query" in item or "CDCQuery" in item
