"""Looking for what a write with an unknown outcome left behind: by id, number, reference or marker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.contract import Operation, Posting, Remote
from connectors.documents import DocumentKind
from connectors.quickbooks import query
from connectors.quickbooks.client import Client
from connectors.quickbooks.differences import differences
from connectors.quickbooks.encoding import decode
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.matching import has_name, remote_of
from connectors.quickbooks.notes import marker_of

_NAMES = {DocumentKind.CUSTOMER: "DisplayName", DocumentKind.SERVICE: "Name"}


def find(client: Client, posting: Posting, marker: str) -> Remote | None:
    """What QuickBooks holds of the posting; None when it was not carried out.

    Raises:
        ProblemError: QuickBooks does not answer.
    """
    body = decode(posting.body)
    if posting.operation is not Operation.CREATE:
        return _changed(client, posting, body)
    if posting.kind in _NAMES:
        return _named(client, posting.kind, body[_NAMES[posting.kind]])
    return _marked(client, posting.kind, body, marker)


def _changed(client: Client, posting: Posting, body: Mapping[str, Any]) -> Remote | None:
    """An update was carried out if the version moved on and the document says what we sent."""
    entity = ENTITIES[posting.kind]
    held = client.one(entity.name, body["Id"])
    if held is None:
        deleted = posting.operation is Operation.VOID and entity.deleted_by_void
        return Remote(target_id=body["Id"], version=body["SyncToken"]) if deleted else None
    moved = str(held.get("SyncToken")) != body["SyncToken"]
    if posting.operation is Operation.VOID and not entity.is_list:
        done = moved and not entity.deleted_by_void and held.get("TotalAmt") == 0
    else:
        done = not differences(body, held)
    return remote_of(held) if done else None


def _named(client: Client, kind: DocumentKind, name: str) -> Remote | None:
    """Names are unique, so an equal name is the one that we made (or may use)."""
    field = _NAMES[kind]
    rows = client.rows(ENTITIES[kind].name, query.equals(field, name), query.ANY_STATE)
    same = [row for row in rows if has_name(row, field, name) and row.get("Active", True)]
    return remote_of(same[0]) if same else None


def _marked(client: Client, kind: DocumentKind, body: Mapping[str, Any], marker: str) -> Remote | None:
    """Only a document that carries our marker is ours, whatever else agrees."""
    for conditions in _conditions(kind, body):
        rows = client.rows(ENTITIES[kind].name, *conditions)
        ours = [row for row in rows if marker_of(str(row.get("PrivateNote", ""))) == marker]
        if ours:
            return remote_of(ours[0])
    return None


def _conditions(kind: DocumentKind, body: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """First by the number, then by what every document has: a number may have been replaced by QuickBooks."""
    field = ENTITIES[kind].number_field
    if body.get(field):
        yield (query.equals(field, str(body[field])),)
    day = query.equals("TxnDate", body["TxnDate"])
    customer = body.get("CustomerRef", {}).get("value")
    yield (day, query.equals("CustomerRef", customer)) if customer else (day,)
