"""What a webhook says: the CloudEvents of today, the older notifications, the headers and the signature."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.changes import Change
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.webhooks.endpoints import Endpoint
from connectors.quickbooks.sandbox.wire import jsontext

TOLD = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Void": "voided",
    "Merge": "merged",
    "Emailed": "emailed",
}
USER_AGENT = "intuit_notification_server/0.1"


@dataclass(frozen=True)
class Event:
    """A change in a company, with the event's own id (32 hexadecimal characters)."""

    id: str
    realm: str
    change: Change


@dataclass(frozen=True)
class Post:
    """One POST, as it is sent and sent again."""

    url: str
    headers: dict[str, str]
    body: bytes


def post(endpoint: Endpoint, events: Iterable[Event], tid: str, now: datetime) -> Post:
    """Write a signed POST that tells an endpoint of these events."""
    told = list(events)
    legacy = endpoint.format == "legacy"
    body = jsontext.dumps(notifications(told) if legacy else cloud_events(endpoint, told)).encode()
    headers = {
        "content-type": endpoint.content_type,
        "user-agent": USER_AGENT,
        "intuit-signature": signature(endpoint.verifier_token, body),
        "intuit-created-time": _utc(now),
        "intuit-t-id": tid,
        "intuit-notification-schema-version": "1.0" if legacy else "2.0",
    }
    return Post(endpoint.url, headers, body)


def signature(verifier_token: str, body: bytes) -> str:
    """Sign the raw body: base64 of HMAC-SHA256 under the verifier token."""
    return b64encode(hmac.new(verifier_token.encode(), body, sha256).digest()).decode()


def cloud_events(endpoint: Endpoint, events: Iterable[Event]) -> list[Json]:
    source = "intuit." + b64encode(sha256(endpoint.url.encode()).digest()).decode()
    return [
        {
            "specversion": "1.0",
            "id": str(UUID(hex=event.id, version=4)),
            "source": source,
            "type": f"qbo.{event.change.kind.lower()}.{TOLD[event.change.operation]}.v1",
            "datacontenttype": "application/json",
            "time": _utc(event.change.time),
            "intuitentityid": event.change.id,
            "intuitaccountid": event.realm,
            "data": {},
        }
        for event in events
    ]


def notifications(events: Iterable[Event]) -> Json:
    """Write the older payload: the events of each company together, in their order."""
    by_realm: dict[str, list[Json]] = {}
    for event in events:
        by_realm.setdefault(event.realm, []).append(_entity(event.change))
    told = [{"realmId": realm, "dataChangeEvent": {"entities": entities}} for realm, entities in by_realm.items()]
    return {"eventNotifications": told}


def _entity(change: Change) -> Json:
    time = change.time.astimezone(clock.PACIFIC).strftime("%Y-%m-%dT%H:%M:%S%z")
    entity = {"name": change.kind, "id": change.id, "operation": change.operation, "lastUpdated": time}
    return entity | ({"deletedId": change.deleted_id} if change.deleted_id else {})


def _utc(time: datetime) -> str:
    """Write a time with nine decimals, as Intuit does; ours ends at six."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
