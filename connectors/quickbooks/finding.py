"""Looking for what writes with an unknown outcome left behind: all of them with one question, by id, name or marker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.contract import Operation, Posting, Remote
from connectors.documents import DocumentKind
from connectors.quickbooks import query
from connectors.quickbooks.asking import ask
from connectors.quickbooks.client import Client
from connectors.quickbooks.differences import differences
from connectors.quickbooks.encoding import decode
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.matching import emails_of, has_name, remote_of
from connectors.quickbooks.notes import marker_of
from connectors.quickbooks.query import Question

_NAMES = {DocumentKind.CUSTOMER: "DisplayName", DocumentKind.SERVICE: "Name"}
_CLOCKS = timedelta(hours=1)  # as far as our clock and QuickBooks' may be apart

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Lost:
    posting: Posting
    body: Mapping[str, Any]


def find(client: Client, postings: Sequence[Posting]) -> Mapping[str, Remote]:
    """What QuickBooks holds of the postings, by subject; what was not carried out is left out.

    Raises:
        ProblemError: QuickBooks does not answer.
    """
    lost = [_Lost(posting=posting, body=decode(posting.body)) for posting in postings]
    found = _answered(client, lost, _questions(lost))
    # Somebody may have given it another number or name since: what is not found by that is looked for otherwise.
    missing = [one for one in lost if one.posting.subject not in found and (_number(one) or _email(one))]
    return {**found, **_answered(client, missing, _otherwise(missing))}


def _answered(client: Client, lost: Sequence[_Lost], questions: Iterable[Question]) -> dict[str, Remote]:
    asked = list(dict.fromkeys(questions))
    rows: dict[str, list[Row]] = {}
    for question, found in zip(asked, ask(client, asked), strict=True):
        rows.setdefault(question.entity, []).extend(found)
    held = {one.posting.subject: _held(one, rows.get(_entity(one), [])) for one in lost}
    return {subject: remote for subject, remote in held.items() if remote is not None}


def _number(lost: _Lost) -> str:
    """The number by which a new document can be found, "" for a change and for what has none."""
    field = ENTITIES[lost.posting.kind].number_field
    return str(lost.body.get(field) or "") if field and lost.posting.operation is Operation.CREATE else ""


def _entity(lost: _Lost) -> str:
    return ENTITIES[lost.posting.kind].name


# --- what is asked ----------------------------------------------------------------------------------------------------


def _questions(lost: Sequence[_Lost]) -> Iterator[Question]:
    for kind, of_kind in _by_kind(lost):
        created = [one for one in of_kind if one.posting.operation is Operation.CREATE]
        changed = [one for one in of_kind if one.posting.operation is not Operation.CREATE]
        state = query.ANY_STATE if ENTITIES[kind].is_list else ""
        yield from _one_of(kind, "Id", [str(one.body["Id"]) for one in changed], state)
        if kind in _NAMES:
            yield from _one_of(kind, _NAMES[kind], [str(one.body[_NAMES[kind]]) for one in created], state)
        else:
            yield from _one_of(kind, ENTITIES[kind].number_field, filter(None, map(_number, created)))
            yield from _entered([one for one in created if not _number(one)])


def _email(lost: _Lost) -> str:
    """The e-mail address of a new customer: nobody had it when the customer was made, or it would have been linked."""
    posting = lost.posting
    new = posting.kind is DocumentKind.CUSTOMER and posting.operation is Operation.CREATE and not posting.named
    return str(lost.body.get("PrimaryEmailAddr", {}).get("Address", "")) if new else ""


def _otherwise(missing: Sequence[_Lost]) -> Iterator[Question]:
    yield from _entered([one for one in missing if _number(one)])
    emails = filter(None, map(_email, missing))
    yield from _one_of(DocumentKind.CUSTOMER, "PrimaryEmailAddr", emails, query.ANY_STATE)


def _entered(created: Sequence[_Lost]) -> Iterator[Question]:
    """By what every document has: its date, and that it was not made before we sent it."""
    for kind, of_kind in _by_kind(created):
        days = [str(one.body["TxnDate"]) for one in of_kind]
        since = _since(one.posting.since for one in of_kind)
        yield from _one_of(kind, "TxnDate", days, query.after("MetaData.CreateTime", since) if since else "")


def _by_kind(lost: Sequence[_Lost]) -> Iterator[tuple[DocumentKind, list[_Lost]]]:
    for kind in DocumentKind:
        of_kind = [one for one in lost if one.posting.kind is kind]
        if of_kind:
            yield kind, of_kind


def _since(moments: Iterable[datetime | None]) -> datetime | None:
    """The earliest moment at which one of the documents can have been made; None: nobody knows."""
    known = list(moments)
    return min(moment for moment in known if moment) - _CLOCKS if known and all(known) else None


def _one_of(kind: DocumentKind, field: str, values: Iterable[str], condition: str = "") -> Iterator[Question]:
    for one in query.any_of(field, values):
        yield Question(ENTITIES[kind].name, (one, condition))


# --- what is held -----------------------------------------------------------------------------------------------------


def _held(lost: _Lost, rows: Sequence[Row]) -> Remote | None:
    kind = lost.posting.kind
    if lost.posting.operation is not Operation.CREATE:
        return _changed(lost, rows)
    if kind in _NAMES:
        return _named(lost, rows)
    ours = (row for row in rows if marker_of(str(row.get("PrivateNote", ""))) == lost.posting.marker)
    return next((remote_of(row) for row in ours), None)


def _named(lost: _Lost, rows: Sequence[Row]) -> Remote | None:
    """Names are unique, so an equal name is the one that we made (or may use)."""
    field = _NAMES[lost.posting.kind]
    name = str(lost.body[field])
    active = [row for row in rows if row.get("Active", True)]
    email = _email(lost).casefold()
    same = [row for row in active if has_name(row, field, name)] or [row for row in active if email in emails_of(row)]
    return remote_of(same[0]) if same else None


def _changed(lost: _Lost, rows: Sequence[Row]) -> Remote | None:
    """An update was carried out if the version moved on and the document says what we sent."""
    entity, body = ENTITIES[lost.posting.kind], lost.body
    voiding = lost.posting.operation is Operation.VOID
    held = next((row for row in rows if str(row["Id"]) == str(body["Id"])), None)
    if held is None:
        deleted = voiding and entity.deleted_by_void
        return Remote(target_id=body["Id"], version=body["SyncToken"]) if deleted else None
    moved = str(held.get("SyncToken")) != body["SyncToken"]
    if voiding and not entity.is_list:
        done = moved and not entity.deleted_by_void and held.get("TotalAmt") == 0
    else:
        done = not differences(body, held)
    return remote_of(held) if done else None
