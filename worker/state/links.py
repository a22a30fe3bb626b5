"""Which document in QuickBooks belongs to which local record. Links outlive a disconnect, and stay in their realm."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from connectors.contract import Operation, Remote
from connectors.documents import DocumentKind
from worker.state.items import IN_CHUNK, Item, storable
from worker.state.tables import items, links

KEY = ("company", "kind", "local_id", "generation", "realm_id")


@dataclass(frozen=True, kw_only=True)
class Link:
    company: str
    kind: DocumentKind
    local_id: str
    generation: int
    realm_id: str
    target_id: str
    version: str
    number: str
    total: Decimal | None
    fingerprint: str
    body: str
    adopted: bool
    removed: bool
    linked_at: datetime

    @property
    def remote(self) -> Remote:
        sent = json.loads(self.body) if self.body else {}
        return Remote(target_id=self.target_id, version=self.version, number=self.number, total=self.total, body=sent)


def live(
    connection: Connection, company: str, realm_id: str, keys: Collection[tuple[DocumentKind, str]]
) -> dict[tuple[DocumentKind, str], Link]:
    """The link of each record's present generation, in this realm."""
    found: dict[tuple[DocumentKind, str], Link] = {}
    present = (
        (items.c.company == links.c.company)
        & (items.c.kind == links.c.kind)
        & (items.c.local_id == links.c.local_id)
        & (items.c.generation == links.c.generation)
    )
    for kind in {kind for kind, _ in keys}:
        ids = sorted(local_id for of_kind, local_id in keys if of_kind is kind and storable(local_id))
        for start in range(0, len(ids), IN_CHUNK):
            query = (
                select(links)
                .join(items, present)
                .where(links.c.company == company, links.c.realm_id == realm_id, links.c.kind == kind)
                .where(links.c.local_id.in_(ids[start : start + IN_CHUNK]))
            )
            for row in connection.execute(query).mappings():
                found[kind, row["local_id"]] = Link(**{**row, "kind": kind})
    return found


def taken(connection: Connection, company: str, realm_id: str, kind: DocumentKind, target_id: str) -> str | None:
    """The local id that is linked to this document of QuickBooks, if any."""
    query = select(links.c.local_id).where(
        links.c.company == company,
        links.c.realm_id == realm_id,
        links.c.kind == kind,
        links.c.target_id == target_id,
        links.c.removed.is_(False),
    )
    return connection.execute(query).scalars().first()


def owners(
    connection: Connection, company: str, realm_id: str, kind: DocumentKind, target_ids: Collection[str]
) -> dict[str, str]:
    """The local ids that these documents of QuickBooks are linked to, by their ids there."""
    query = select(links.c.target_id, links.c.local_id).where(
        links.c.company == company,
        links.c.realm_id == realm_id,
        links.c.kind == kind,
        links.c.target_id.in_(target_ids),
        links.c.removed.is_(False),
    )
    return {row.target_id: row.local_id for row in connection.execute(query)}


def save_all(
    connection: Connection,
    company: str,
    realm_id: str,
    found: Sequence[tuple[Item, Remote]],
    now: datetime,
    *,
    adopted: bool,
) -> None:
    """Create the links of items, or bring them up to what QuickBooks answered."""
    known = live(connection, company, realm_id, {(item.kind, item.local_id) for item, _ in found})
    rows = [_row(item, realm_id, remote, now) for item, remote in found]
    new = [row for row in rows if (row["kind"], row["local_id"]) not in known]
    old = [row for row in rows if (row["kind"], row["local_id"]) in known]
    if new:
        connection.execute(insert(links), [{**row, "adopted": adopted} for row in new])
    if old:
        same = (links.c[name] == bindparam(f"of_{name}") for name in KEY)
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in old[0] if name not in KEY}
        named = [{(f"of_{name}" if name in KEY else f"new_{name}"): row[name] for name in row} for row in old]
        connection.execute(update(links).where(*same).values(values), named)


def _row(item: Item, realm_id: str, remote: Remote, now: datetime) -> dict[str, Any]:
    return {
        "company": item.company,
        "kind": item.kind,
        "local_id": item.local_id,
        "generation": item.generation,
        "realm_id": realm_id,
        "target_id": remote.target_id,
        "version": remote.version,
        "number": remote.number,
        "total": remote.total,
        "fingerprint": item.fingerprint or "",
        "body": item.body or "",
        "removed": item.operation is Operation.VOID,
        "linked_at": now,
    }


def retire(connection: Connection, link: Link) -> None:
    """The document is gone from QuickBooks, and another generation of the record takes its place."""
    _change(connection, link, removed=True)


def forget(connection: Connection, link: Link) -> None:
    """A customer was linked to the wrong one."""
    connection.execute(delete(links).where(*(links.c[name] == getattr(link, name) for name in KEY)))


def amend(connection: Connection, link: Link, *, version: str | None = None, fingerprint: str | None = None) -> None:
    """Note a newer SyncToken, or forget what was sent so that it is sent again."""
    values = {name: value for name, value in (("version", version), ("fingerprint", fingerprint)) if value is not None}
    _change(connection, link, **values)


def _change(connection: Connection, link: Link, **values: Any) -> None:
    same = (links.c[name] == getattr(link, name) for name in KEY)
    connection.execute(update(links).where(*same).values(**values))
