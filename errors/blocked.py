"""A document that cannot go on, as the error queue knows it: enough to show it and to find it again."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from errors.kinds import Category


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """`category`: the tab it belongs to when the error's kind names none. `amount` None: it has none (a customer)."""

    company: str
    category: Category
    document_kind: str
    local_id: str
    label: str
    customer: str = ""
    amount: Decimal | None = None
    currency: str = ""
