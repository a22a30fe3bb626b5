"""Which errors are meant: what an operator filters a list by, and what an order is for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, or_, true

from errors.kinds import Category
from errors.tables import State, blocked, errors

NARROWING = {"state", "no_banners", "first_id", "last_id"}  # these name nothing by themselves


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Every part that is given must hold.

    `customer`, `document`: a part of the name, upper or lower case, of any document that the error blocks (or its exact
    local id). `min_amount`, `max_amount`: of any one such document. `older_than`, `newer_than`: when it was first seen.
    """

    ids: tuple[int, ...] = ()
    all: bool = False
    no_banners: bool = False  # leave out what stops a whole company: it stands in no tab
    first_id: int = 0  # a stretch of them, so that an order for very many can be given bit by bit
    last_id: int = 0
    state: State | None = None
    company: str = ""
    category: Category | None = None
    kind: str = ""
    customer: str = ""
    document: str = ""
    older_than: datetime | None = None
    newer_than: datetime | None = None
    min_amount: Decimal | None = None
    max_amount: Decimal | None = None

    def names_nothing(self) -> bool:
        """Neither ids nor a filter nor `all`: an order for this would be an order for everything, by mistake."""
        return all(getattr(self, part.name) == part.default for part in fields(self) if part.name not in NARROWING)

    def where(self) -> ColumnElement[bool]:
        return and_(true(), *self._of_the_error(), *self._of_its_documents())

    def _of_the_error(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.ids:
            conditions.append(errors.c.id.in_(self.ids))
        if self.state:
            conditions.append(errors.c.state == self.state)
        if self.last_id:
            conditions.append(errors.c.id.between(self.first_id, self.last_id))
        if self.no_banners:
            conditions.append(errors.c.category != Category.COMPANY)
        if self.company:
            conditions.append(errors.c.company == self.company)
        if self.category:
            conditions.append(errors.c.category == self.category)
        if self.kind:
            conditions.append(errors.c.kind == self.kind)
        if self.older_than:
            conditions.append(errors.c.first_at < self.older_than)
        if self.newer_than:
            conditions.append(errors.c.first_at >= self.newer_than)
        return conditions

    def _of_its_documents(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.customer:
            conditions.append(blocked.c.customer.icontains(self.customer, autoescape=True))
        if self.document:
            label = blocked.c.label.icontains(self.document, autoescape=True)
            conditions.append(or_(label, blocked.c.local_id == self.document))
        if self.min_amount is not None:
            conditions.append(blocked.c.amount >= self.min_amount)
        if self.max_amount is not None:
            conditions.append(blocked.c.amount <= self.max_amount)
        if not conditions:
            return []
        return [exists().where(blocked.c.error_id == errors.c.id, *conditions)]
