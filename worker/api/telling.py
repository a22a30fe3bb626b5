"""What a webhook says (qbo-facts 5.3): signed, in the form of today (CloudEvents) or in the older one. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from worker.state.news import Event

MOST_EVENTS = 5000  # of one POST
TYPE = re.compile(r"qbo\.([a-z0-9]{1,32})\.([a-z]{1,16})\.v\d{1,3}")
PLAIN = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
OPERATIONS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "void": "voided",
    "merge": "merged",
    "emailed": "emailed",
}


class NotUnderstoodError(ValueError):
    """It is no webhook of either form."""


def genuine(body: bytes, signature: str, verifier_tokens: Iterable[str]) -> bool:
    """Whether Intuit sent these very bytes. Every token is tried, and how long it takes tells nothing of them."""
    try:
        given = b64decode(signature.encode("ascii"), validate=True)
    except (UnicodeEncodeError, NotBase64Error):
        given = b""
    found = False
    for token in verifier_tokens:
        found |= hmac.compare_digest(hmac.new(token.encode(), body, hashlib.sha256).digest(), given)
    return found


def read(body: bytes) -> tuple[list[Event], int]:
    """Its events, and how many more there were that say nothing to us.

    Raises:
        NotUnderstoodError: it is no webhook.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotUnderstoodError("no JSON") from error
    if isinstance(told, list):
        raw = [_cloud_event(each) for each in told[:MOST_EVENTS]]
    elif isinstance(told, dict) and isinstance(told.get("eventNotifications"), list):
        raw = [_notification(*each) for each in _entities(told["eventNotifications"])]
    else:
        raise NotUnderstoodError("neither a list of events nor eventNotifications")
    events = [event for event in raw if event is not None]
    if raw and not events:
        raise NotUnderstoodError("no event of these is understood")
    return events, len(raw) - len(events)


def _cloud_event(told: Any) -> Event | None:
    if not isinstance(told, dict):
        return None
    match = TYPE.fullmatch(_text(told, "type").lower())
    realm, target, name = _plain(told, "intuitaccountid"), _plain(told, "intuitentityid"), _plain(told, "id")
    moment = _moment(_text(told, "time"))
    if match is None or not realm or not target or not name or moment is None:
        return None
    return Event(
        key=_hash("event", realm, name),
        realm_id=realm[:32],
        entity=match[1],
        target_id=target,
        operation=match[2],
        happened_at=moment,
    )


def _entities(notifications: list[Any]) -> Iterator[tuple[str, Any]]:
    left = MOST_EVENTS
    for each in notifications:
        change = each.get("dataChangeEvent") if isinstance(each, dict) else None
        entities = change.get("entities") if isinstance(change, dict) else None
        for entity in entities if isinstance(entities, list) else []:
            left -= 1
            if left < 0:
                return
            yield _plain(each, "realmId"), entity


def _notification(realm: str, told: Any) -> Event | None:
    """The older form has no id: the same change of the same object at the same time is the same event."""
    if not isinstance(told, dict):
        return None
    entity, target = _plain(told, "name").lower(), _plain(told, "id")
    operation = OPERATIONS.get(_text(told, "operation").lower())
    moment = _moment(_text(told, "lastUpdated"))
    if not realm or not entity or not target or operation is None or moment is None:
        return None
    return Event(
        key=_hash("change", realm, entity, target, operation, moment.isoformat()),
        realm_id=realm[:32],
        entity=entity[:32],
        target_id=target,
        operation=operation,
        happened_at=moment,
    )


def _moment(text: str) -> datetime | None:
    """An aware moment; more than six decimals are cut off, as Python's clock has no more."""
    cut = re.sub(r"(\.\d{6})\d+", r"\1", text[:64])
    try:
        moment = datetime.fromisoformat(cut)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and 1970 < moment.year < 9000 else None


def _plain(told: Mapping[str, Any], name: str) -> str:
    value = _text(told, name)
    return value if PLAIN.fullmatch(value) else ""


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
