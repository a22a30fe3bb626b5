"""Every local record that was ever seen: where it stands, and which document of QuickBooks it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select
from starlette.responses import Response

from connectors.documents import DocumentKind
from connectors.quickbooks.entities import ENTITIES
from connectors.quickbooks.environments import pages_url
from errors.language import _
from worker.site.door import Page, TurnedAwayError, Visit, page
from worker.site.people import Role
from worker.state.machine import State
from worker.state.tables import items, links

PAGE = 50
MOST_PAGES = 100_000
FIELDS = ("company", "kind", "state", "search")


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the reader asked for; words that name nothing find nothing."""

    said: dict[str, str]
    page: int

    def where(self) -> ColumnElement[bool]:
        conditions = [items.c[name] == self.said[name] for name in ("company", "kind", "state") if name in self.said]
        if text := self.said.get("search"):
            label = items.c.label.icontains(text, autoescape=True)
            customer = items.c.customer.icontains(text, autoescape=True)
            conditions.append(or_(label, customer, items.c.number == text, items.c.local_id == text))
        return and_(True, *conditions)

    def link(self, **changes: str) -> str:
        return urlencode({name: value for name, value in {**self.said, **changes}.items() if value})


@page("/documents", Role.VIEWER)
def listed(visit: Visit) -> Response:
    number = visit.query.get("page", "")
    said = {name: value[:200] for name in FIELDS if (value := visit.query.get(name, "").strip())}
    wanted = Wanted(said=said, page=min(int(number), MOST_PAGES) if number.isdecimal() and len(number) < 9 else 1)
    with visit.reading() as connection:
        rows = _rows(connection, wanted)
        total = connection.execute(select(func.count()).select_from(items).where(wanted.where())).scalar_one()
    return visit.show(
        "documents.html",
        title=_("Documents"),
        rows=rows,
        total=total,
        wanted=wanted,
        pages=max(1, -(-total // PAGE)),
        companies=tuple(visit.desk.config.companies),
        kinds=list(DocumentKind),
        states=list(State),
        address=lambda row: address(visit, row),
    )


@page("/documents/{item_id:int}", Role.VIEWER)
def shown(visit: Visit) -> Response:
    with visit.reading() as connection:
        row = connection.execute(_joined().where(items.c.id == visit.parts["item_id"])).mappings().first()
    if row is None:
        raise TurnedAwayError(404, _("There is no such document."))
    return visit.show("document.html", title=f"{_(row['kind'])} {row['label'] or row['local_id']}", row=row,
                      address=address(visit, row))  # fmt: skip


def pages() -> tuple[Page, ...]:
    return listed, shown


def address(visit: Visit, row: RowMapping) -> str:
    """Where a person sees it in QuickBooks; empty when it is not there."""
    if not row["target_id"]:
        return ""
    place = ENTITIES[DocumentKind(row["kind"])].page.format(id=row["target_id"])
    return f"{pages_url(visit.desk.config.quickbooks.environment)}/{place}"


def _rows(connection: Connection, wanted: Wanted) -> list[Any]:
    place = PAGE * (max(wanted.page, 1) - 1)
    query = _joined().where(wanted.where()).order_by(items.c.id.desc()).limit(PAGE).offset(place)
    return list(connection.execute(query).mappings())


def _joined() -> Any:
    same = [items.c[name] == links.c[name] for name in ("company", "kind", "local_id", "generation")]
    ours = (links.c.target_id, links.c.total, links.c.adopted, links.c.removed, links.c.linked_at,
            links.c.number.label("target_number"))  # fmt: skip
    return select(items, *ours).outerjoin(links, and_(*same))
