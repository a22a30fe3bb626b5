"""Links to file contents that work without a token for a quarter of an hour, as Intuit's storage links do."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json

LIFE = timedelta(seconds=900)
PATH = "/files"


def present(company: Company, data: Json, now: datetime, _include: frozenset[str]) -> Json:
    """Return an attachable as a client reads it: with a fresh link to its content."""
    if data.get("Id") not in company.files:
        return data
    return dict(_with_link(data, link(company, data["Id"], now)))


def link(company: Company, id_: str, now: datetime) -> str:
    """Return an absolute link, on the host and port at which the company was last asked."""
    until = int((now + LIFE).timestamp())
    query = f"Expires={until}&X-Amz-Expires={int(LIFE.total_seconds())}&Signature={sign(company, id_, until)}"
    return f"http://{company.address}{PATH}/{company.realm}/{id_}?{query}"


def sign(company: Company, id_: str, until: int) -> str:
    """Return what makes a link's end unforgeable by accident; nothing secret lies in a sandbox."""
    return hmac.new(company.realm.encode(), f"{id_}/{until}".encode(), hashlib.sha256).hexdigest()[:32]


def holds(company: Company, id_: str, until: str, signature: str, now: datetime) -> bool:
    """Say whether a link is one of ours and still good."""
    if not until.isdecimal() or len(until) > 12 or int(until) < now.timestamp():
        return False
    return hmac.compare_digest(sign(company, id_, int(until)).encode(), signature.encode())


def _with_link(data: Json, url: str) -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        yield key, value
        if key == "FileAccessUri":
            yield "TempDownloadUri", url
