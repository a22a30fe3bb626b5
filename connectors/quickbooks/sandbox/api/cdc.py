"""GET /cdc: what changed since a time, entity by entity (qbo-facts 1.6 and 5.2).

Live objects by last change, inactive ones among them, then deleted ones; one element for each entity asked for.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json, Tombstone
from connectors.quickbooks.sandbox.entities.kind import Kind, shown
from connectors.quickbooks.sandbox.query import ordering
from connectors.quickbooks.sandbox.query.select import KINDS
from connectors.quickbooks.sandbox.query.unserved import UNSERVED
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

MOST_OBJECTS = 1000
LOOK_BACK = timedelta(days=30)
REFUSED = frozenset({"journalcode", "taxagency"})
# Documented as refused as well, and asked for by a client's suite that passes at Intuit.
TAXES = frozenset({"taxcode", "taxrate"})


def answer(asked: Asked) -> tuple[int, Json]:
    """Answer the changes; raises `Refusal` 500, 2020 or 2060 for what cannot be asked."""
    if asked.call.rest or asked.request.method != "GET":
        raise asked.unsupported()
    given = {name.casefold(): text for name, text in asked.request.query.items()}
    changed = changes(asked.company, given.get("entities"), given.get("changedsince"), asked.now)
    return 200, {"CDCResponse": [changed]}


def changes(company: Company, entities: Any, since: Any, now: datetime) -> Json:
    """Return one `QueryResponse` for each entity named, `{}` where nothing changed, 1000 objects in all."""
    names = [name.strip() for name in str(entities or "").split(",") if name.strip()]
    if not names:
        raise Refusal(faults.missing("entities"))
    start = _start(company, since, now)
    kinds = [_kind(company, name) for name in names]
    left, responses = MOST_OBJECTS, []
    for kind in kinds:
        found = _changed(company, kind, start, left) if kind is not None else []
        left -= len(found)
        responses.append(_response(kind, found))
    return {"QueryResponse": responses}


def _start(company: Company, since: Any, now: datetime) -> datetime:
    """Read changedSince; raises `Refusal` 2020 without one, 2060 for no time, or for one of more than 30 days ago."""
    if since in (None, ""):
        raise Refusal(faults.missing("changedSince"))
    try:
        start = clock.moment(str(since))
    except ValueError:
        raise Refusal(faults.invalid_date("changedSince", str(since))) from None
    if company.switches.cdc_look_back == "refuse" and now - start > LOOK_BACK:
        raise Refusal(faults.changed_since_too_old(str(since)))
    return start


def _kind(company: Company, name: str) -> Kind | None:
    """Return the kind of a name in any case, None for one of Intuit's schema that is not served here."""
    wanted = name.casefold()
    refused = REFUSED if company.switches.cdc_taxes == "accept" else REFUSED | TAXES
    if wanted in refused or (wanted not in KINDS and wanted not in UNSERVED):
        raise Refusal(faults.unsupported_operation(f"ChangeDataCapture for {name}"))
    return KINDS.get(wanted)


def _changed(company: Company, kind: Kind, start: datetime, most: int) -> list[Json]:
    store = company.store
    ids = ordering.changed_since(store, kind.name, start)
    live = [shown(kind, row.data, "listed") for row in store.look(kind.name, islice(ids, most))]
    gone = store.buried_since(kind.name, lambda time: clock.moment(time) >= start)
    return [*live, *map(_deleted, gone)][:most]


def _deleted(gone: Tombstone) -> Json:
    return {"domain": "QBO", "status": "Deleted", "Id": gone.id, "MetaData": {"LastUpdatedTime": gone.time}}


def _response(kind: Kind | None, found: list[Json]) -> Json:
    if kind is None or not found:
        return {}
    response: Json = {kind.wrapper: found, "startPosition": 1, "maxResults": len(found)}
    return {**response, "totalCount": len(found)} if kind.counted else response
