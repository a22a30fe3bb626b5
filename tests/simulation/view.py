"""Both sides at one moment: Cuadre's tables, read through a connection of their own, and QuickBooks' objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from connectors.documents import DocumentKind
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.notes import marker_of
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from errors.tables import State as ErrorState, actions, blocked, errors
from worker.state.tables import items, links

Key = tuple[DocumentKind, str]
Row = Mapping[str, Any]
MONEY = (DocumentKind.INVOICE, DocumentKind.PAYMENT, DocumentKind.REFUND, DocumentKind.FEE)


@dataclass(frozen=True, kw_only=True)
class View:
    """`remotes` by (entity, Id); `marked` by marker; `blocking`: the open errors that each record waits for."""

    items: Mapping[Key, Row]
    links: Mapping[tuple[DocumentKind, str, int], Row]
    errors: Mapping[int, Row]
    blocking: Mapping[Key, Sequence[int]]
    ordered: frozenset[Key]
    remotes: Mapping[tuple[str, str], Row]
    marked: Mapping[str, Sequence[tuple[str, Row]]]

    def link(self, item: Row) -> Row | None:
        return self.links.get((DocumentKind(item["kind"]), item["local_id"], item["generation"]))

    def remote(self, link: Row) -> Row | None:
        return self.remotes.get((ENTITIES[DocumentKind(link["kind"])].name, link["target_id"]))


def look(engine: Engine, sandbox: Sandbox) -> View:
    with engine.connect() as connection:
        of_items = connection.execute(select(items)).mappings().all()
        of_links = connection.execute(select(links)).mappings().all()
        of_errors = connection.execute(select(errors).where(errors.c.state == ErrorState.OPEN)).mappings().all()
        waiting = select(actions.c.error_id).where(actions.c.applied_at.is_(None))
        pending = set(connection.execute(waiting).scalars())
        of_blocked = connection.execute(select(blocked).where(blocked.c.left_at.is_(None))).mappings().all()
    opened = {row["id"]: row for row in of_errors}
    blocking: dict[Key, list[int]] = {}
    ordered: set[Key] = set()
    for row in of_blocked:
        key = DocumentKind(row["document_kind"]), row["local_id"]
        if row["error_id"] in opened:
            blocking.setdefault(key, []).append(row["error_id"])
        if row["error_id"] in pending:
            ordered.add(key)
    remotes, marked = _remotes(sandbox)
    return View(
        items={(DocumentKind(row["kind"]), row["local_id"]): row for row in of_items},
        links={(DocumentKind(row["kind"]), row["local_id"], row["generation"]): row for row in of_links},
        errors=opened,
        blocking=blocking,
        ordered=frozenset(ordered),
        remotes=remotes,
        marked=marked,
    )


def _remotes(sandbox: Sandbox) -> tuple[dict[tuple[str, str], Row], dict[str, list[tuple[str, Row]]]]:
    store = sandbox.company(FIRST_REALM).store
    remotes: dict[tuple[str, str], Row] = {}
    marked: dict[str, list[tuple[str, Row]]] = {}
    for entity in ENTITIES.values():
        for row in store.rows(entity.name):
            remotes[entity.name, row.id] = row.data
            marker = marker_of(str(row.data.get("PrivateNote", "")))
            if marker:
                marked.setdefault(marker, []).append((entity.name, row.data))
    return remotes, marked
