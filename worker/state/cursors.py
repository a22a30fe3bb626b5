"""How far each kind of each company has been read, as the source's own JSON."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert, select, update

from connectors.documents import DocumentKind
from worker.state.tables import cursors


def load(connection: Connection, company: str) -> dict[DocumentKind, Any]:
    """Those of a company; a kind that was never read is left out."""
    query = select(cursors.c.kind, cursors.c.cursor).where(cursors.c.company == company)
    return {DocumentKind(kind): cursor for kind, cursor in connection.execute(query)}


def save(connection: Connection, company: str, kind: DocumentKind, cursor: Any) -> None:
    changed = connection.execute(
        update(cursors).where(cursors.c.company == company, cursors.c.kind == kind).values(cursor=cursor)
    )
    if changed.rowcount == 0:
        connection.execute(insert(cursors).values(company=company, kind=kind, cursor=cursor))
