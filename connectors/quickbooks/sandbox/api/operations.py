"""Create, update, delete, void and read: the same steps for every entity, with the entity's own rules in the middle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books import booking, changes
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Kind, Write
from connectors.quickbooks.sandbox.entities.registry import POSTS
from connectors.quickbooks.sandbox.rules import closing, deposited, frame
from connectors.quickbooks.sandbox.rules.renaming import spread_name
from connectors.quickbooks.sandbox.schema import reading
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

CREATES_WITHOUT_UPDATE_TIME = {"Account"}  # recorded May 2026: a created account answers CreateTime only
MODIFIED_BY = {"value": "9130000000000001"}


def read(company: Company, kind: Kind, id_: str) -> Json:
    """Return an object; raises `Refusal` 2030 for an Id that is no number, 610 when it is not there."""
    if not id_.isdecimal():
        raise Refusal(faults.invalid_id(id_), timed=False)
    found = company.get(kind.name, id_)
    if found is None:
        raise Refusal(faults.not_found())
    return found


def write_object(write: Write, kind: Kind, operation: str, body: Any) -> Json:
    """Run one write, all or nothing, and return what QuickBooks answers under the entity's name.

    Raises:
        Refusal: 6190 when the subscription has ended, else whatever the steps of the operation refuse.
    """
    if not isinstance(body, dict):
        raise Refusal(faults.unreadable())
    body = kind.unwrap(body)
    if not write.company.writable:
        raise Refusal(faults.subscription_ended())
    allowed = operation in kind.operations or (operation == "void" and kind.void is not None)
    if not allowed:
        raise Refusal(faults.unsupported_operation(operation))
    step = {"create": create, "update": update, "delete": delete, "void": void}[operation]
    company = write.company
    with company.store.change():
        answer = step(write, kind, body)
        booking.book(company, POSTS, company.store.touched(), clock.stamp(write.now))
        company.news += changes.seen(company.store.stored(), (kind.name, answer["Id"]), operation, write.now)
    return company.get(kind.name, answer["Id"]) or answer


def create(write: Write, kind: Kind, body: Json) -> Json:
    draft = _draft(kind, body)
    _refuse(reading.missing(kind.required, draft))
    draft = {name: value for name, value in draft.items() if name not in frame.FRAME}
    completed = kind.complete(write, draft, None)
    closing.check_open(write.company, completed if kind.transaction else None)
    modifier = {"LastModifiedByRef": MODIFIED_BY} if kind.modifier_shown else None
    framed = frame.new(write.company.next_id(kind.sequence), write.now, modifier)
    if kind.name in CREATES_WITHOUT_UPDATE_TIME:
        del framed["MetaData"]["LastUpdatedTime"]
    return _stored(write, kind, None, {**completed, **framed})


def update(write: Write, kind: Kind, body: Json) -> Json:
    """Change an object; an update that changes nothing keeps SyncToken and LastUpdatedTime (qbo-facts 2.1)."""
    before = _present(write, kind, body)
    sparse = str(body.get("sparse", "")).lower() == "true"
    draft = _draft(kind, body, sparse=sparse)
    _refuse(reading.missing(kind.repeated, draft))
    merged = _merged(kind, before, draft, sparse=sparse)
    _refuse(reading.missing(kind.required, merged))
    write = replace(write, sparse=sparse)
    completed = kind.complete(write, {**merged, "Id": before["Id"]}, before)
    after = frame.ordered({**completed, **frame.kept(before)}, kind.order)
    closing.check_open(write.company, *([before, after] if kind.transaction else []))
    if after == before:
        return before
    stored = _stored(write, kind, before, frame.touched(after, write.now, token=True))
    spread_name(write.company, kind.name, before, stored)
    return stored


def void(write: Write, kind: Kind, body: Json) -> Json:
    before = _present(write, kind, body)
    closing.check_open(write.company, before)
    assert kind.void is not None
    after = kind.void(write, body, before)
    if after == before:
        return before
    return _stored(write, kind, before, frame.touched(after, write.now, token=True))


def delete(write: Write, kind: Kind, body: Json) -> Json:
    """Remove a transaction for good; the answer holds domain, status and Id only (recorded)."""
    before = _present(write, kind, body, deleting=True)
    closing.check_open(write.company, before)
    deleted_at = frame.touched(before, write.now, token=False)["MetaData"]["LastUpdatedTime"]
    write.company.store.remove(kind.name, before["Id"], deleted_at)
    kind.settle(write, before, None)
    return {"domain": "QBO", "status": "Deleted", "Id": before["Id"]}


def _present(write: Write, kind: Kind, body: Json, *, deleting: bool = False) -> Json:
    """Return the stored object a body speaks of, its SyncToken checked before anything else (qbo-facts 10)."""
    if body.get("Id") in (None, "") and kind.sequence == "single":
        before = read(write.company, kind, "1")
    elif body.get("Id") in (None, ""):
        raise Refusal(faults.missing("Id"))
    else:
        id_ = str(body["Id"])
        if kind.transaction and write.company.store.was_deleted(kind.name, id_):
            raise Refusal(faults.deleted())
        before = read(write.company, kind, id_)
    if not (kind.unlocked and deleting and "SyncToken" not in body):
        frame.check_token(before, body)
    deposited.check_free(before)
    return before


def _draft(kind: Kind, body: Json, *, sparse: bool = False) -> Json:
    draft, found = reading.read(kind.name, body, sparse=sparse)
    _refuse(found)
    return draft


def _refuse(found: list[faults.Fault]) -> None:
    if found:
        raise Refusal(*found)


def _merged(kind: Kind, before: Json, draft: Json, *, sparse: bool) -> Json:
    """Return what the object shall be: a sparse update changes what it names, a full one clears what it leaves out."""
    sent = {name: value for name, value in draft.items() if name not in frame.FRAME}
    base = before if sparse else {name: before[name] for name in kind.kept if name in before}
    merged = {name: value for name, value in base.items() if name not in frame.FRAME}
    merged |= sent
    return {name: value for name, value in merged.items() if value not in ("", None)}


def _stored(write: Write, kind: Kind, before: Json | None, after: Json) -> Json:
    after = frame.ordered(after, kind.order)
    write.company.put(kind.name, after)
    kind.settle(write, before, after)
    stored = write.company.get(kind.name, after["Id"])
    assert stored is not None
    return stored
