"""The closing proof: local books and QuickBooks, count and sum of each kind, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Engine, func, select

from connectors.documents import DocumentKind
from worker.demo import books
from worker.demo.accountant import Accountant
from worker.state.machine import State
from worker.state.tables import items

ENTITIES = {
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.PAYMENT: "Payment",
    DocumentKind.REFUND: "RefundReceipt",
    DocumentKind.FEE: "Purchase",
}
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Side:
    """Count and sum."""

    count: int = 0
    sum: Decimal = NOTHING

    def __add__(self, other: Side) -> Side:
        return Side(self.count + other.count, self.sum + other.sum)

    def __sub__(self, other: Side) -> Side:
        return Side(self.count - other.count, self.sum - other.sum)


@dataclass(frozen=True, kw_only=True)
class Balance:
    """One kind: what the local books hold, what QuickBooks holds, and what an error explains."""

    local: Side
    quickbooks: Side
    held: Side
    skipped: Side

    @property
    def difference(self) -> Side:
        return self.local - self.quickbooks - self.held - self.skipped


def balance(
    engine: Engine, sources: Mapping[str, Engine], accountants: Mapping[str, Accountant]
) -> dict[DocumentKind, Balance]:
    """All companies together. QuickBooks is asked by the accountant, not by the connector that posted."""
    found: dict[DocumentKind, Balance] = {}
    for kind in DocumentKind:
        sides = [Side(*books.totals(sources[name])[kind]) for name in sources]
        remote = [_remote(kind, sources[name], accountants[name], name) for name in sources]
        found[kind] = Balance(
            local=sum(sides, Side()),
            quickbooks=sum(remote, Side()),
            held=_state(engine, kind, State.HELD),
            skipped=_state(engine, kind, State.SKIPPED),
        )
    return found


def _remote(kind: DocumentKind, source: Engine, accountant: Accountant, company: str) -> Side:
    if kind in ENTITIES:
        count, total = accountant.total(ENTITIES[kind], f"cuadre:{company}:{kind}:")
        return Side(count, total)
    known = books.names(source, kind)
    if kind is DocumentKind.SERVICE:
        return Side(len(known.keys() & {row["Name"] for row in accountant.find("Item")}))
    rows = accountant.find("Customer")
    theirs = {row["DisplayName"] for row in rows}
    addresses = {row.get("PrimaryEmailAddr", {}).get("Address", "") for row in rows} - {""}
    return Side(sum(name in theirs or email in addresses for name, email in known.items()))


def _state(engine: Engine, kind: DocumentKind, state: State) -> Side:
    query = select(func.count(), func.sum(items.c.amount, type_=items.c.amount.type)).where(
        items.c.kind == kind, items.c.state == state
    )
    with engine.connect() as connection:
        count, total = connection.execute(query).one()
    return Side(count, total or NOTHING)
