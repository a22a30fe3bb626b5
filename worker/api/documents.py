"""How a document of the local books stands: on its way, in QuickBooks, or held by which errors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection, select

from connectors.documents import DocumentKind
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.environments import pages_url
from connectors.tokens import tokens
from errors import queue
from errors.language import _
from errors.listing import ErrorRow
from errors.selection import Selection
from errors.tables import State as ErrorState, blocked
from worker.api.companies import Company, known
from worker.api.entrance import MayRead, Shared
from worker.api.errors import shape
from worker.api.problems import NotSoError, documented
from worker.api.shapes import DocumentStatus, InQuickBooks, Text, plain
from worker.config.schema import Config
from worker.state import items, links
from worker.state.database import reading
from worker.state.items import Item
from worker.state.links import Link

MOST_ERRORS = 20

router = APIRouter(prefix="/api/v1/companies", tags=["documents"])
LocalId = Annotated[Text, Path(min_length=1, examples=["17"], description="Its id in the local books.")]


@router.get(
    "/{company}/documents/{kind}/{local_id:path}",
    summary="How a document of the local books stands",
    responses=documented(401, 403, 404, 422, 429),
)
def document(company: Company, kind: DocumentKind, local_id: LocalId, counter: Shared, _key: MayRead) -> DocumentStatus:
    known(counter, company)
    key = (kind, local_id)
    with reading(counter.desk.engine) as connection:
        item = items.by_key(connection, company, {key}).get(key)
        if item is None:
            raise NotSoError(404, "not-found", _("No such document was seen in the local books yet."))
        realm = connection.execute(select(tokens.c.realm_id).where(tokens.c.company == company)).scalar() or ""
        link = links.live(connection, company, realm, {key}).get(key)
        errors = _open_errors(connection, item)
    return _status(counter.desk.config, item, link, errors)


def _open_errors(connection: Connection, item: Item) -> list[ErrorRow]:
    waits = (blocked.c.document_kind == item.kind, blocked.c.local_id == item.local_id, blocked.c.left_at.is_(None))
    ids = tuple(connection.execute(select(blocked.c.error_id).where(*waits)).scalars())
    if not ids:
        return []
    chosen = Selection(ids=ids, company=item.company, state=ErrorState.OPEN)
    return queue.list_errors(connection, chosen, MOST_ERRORS)


def _status(config: Config, item: Item, link: Link | None, errors: list[ErrorRow]) -> DocumentStatus:
    return DocumentStatus(
        company=item.company,
        kind=item.kind,
        local_id=item.local_id,
        state=item.state,
        number=item.number,
        label=item.label,
        customer=item.customer,
        amount=plain(item.amount),
        currency=item.currency,
        attempts=item.attempts,
        not_before=item.not_before,
        seen_at=item.seen_at,
        changed_at=item.changed_at,
        quickbooks=_linked(config, link) if link else None,
        errors=[shape(row) for row in errors],
    )


def _linked(config: Config, link: Link) -> InQuickBooks:
    page = ENTITIES[link.kind].page.format(id=link.target_id)
    return InQuickBooks(
        id=link.target_id,
        number=link.number,
        total=plain(link.total),
        url=f"{pages_url(config.quickbooks.environment)}/{page}",
        adopted=link.adopted,
        removed=link.removed,
        linked_at=link.linked_at,
    )
