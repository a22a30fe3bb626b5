"""One document of each kind, on each of its ways: made, changed, cancelled. What QuickBooks must hold at the end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from connectors.contract import Operation
from connectors.documents import DocumentKind
from connectors.quickbooks.sandbox.core import FIRST_REALM
from tests.support.crashing import WatchedAdapter, watched
from tests.support.house import House
from tests.support.quickbooks_desk import DAY
from tests.support.striking import rewritten
from worker.state.machine import State

ENTITIES = {
    DocumentKind.CUSTOMER: "Customer",
    DocumentKind.SERVICE: "Item",
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.PAYMENT: "Payment",
    DocumentKind.REFUND: "RefundReceipt",
    DocumentKind.FEE: "Purchase",
}
AMOUNTS = {
    DocumentKind.INVOICE: ("150.00", "75.00"),
    DocumentKind.PAYMENT: ("60.00", "40.00"),
    DocumentKind.REFUND: ("20.00", "15.00"),
    DocumentKind.FEE: ("3.20", "2.90"),
}  # as they are made, as they are changed
LISTS = frozenset({DocumentKind.CUSTOMER, DocumentKind.SERVICE})
DELETED_BY_CANCELLING = frozenset({DocumentKind.REFUND, DocumentKind.FEE})  # QuickBooks cannot void them
SETTLED_WITHIN = 12  # ticks


@dataclass(frozen=True)
class Case:
    """One write of one document; everything that the document names is in QuickBooks before."""

    kind: DocumentKind
    operation: Operation
    writes: ClassVar[int] = 1

    def __str__(self) -> str:
        return f"{self.kind}-{self.operation}"

    def prepare(self, house: House) -> None:
        """Everything that comes before, settled; then the application writes."""
        before = list(DocumentKind)[: list(DocumentKind).index(self.kind)]
        for kind in before if self.operation is Operation.CREATE else [*before, self.kind]:
            make(house, kind)
        settle(house, lambda: linked(house, len(before) + (self.operation is not Operation.CREATE)))
        if self.operation is Operation.CREATE:
            make(house, self.kind)
        elif self.operation is Operation.UPDATE:
            change(house, self.kind)
        else:
            cancel(house, self.kind)

    def check(self, house: House) -> None:
        """Exactly one live document, the right total, the right state, no open error.

        Raises:
            AssertionError: what is wrong.
        """
        linked(house, list(DocumentKind).index(self.kind) + 1)
        found = house.rows(ENTITIES[self.kind])
        gone = self.operation is Operation.VOID and self.kind in DELETED_BY_CANCELLING
        assert len(found) == (0 if gone else 1), f"{len(found)} documents"
        if not gone:
            self._says(found[0])

    def done(self, house: House) -> bool:
        """Whether `check` has nothing to say."""
        return _passes(lambda: self.check(house))

    def _says(self, held: Any) -> None:
        changed = self.operation is Operation.UPDATE
        if self.kind is DocumentKind.CUSTOMER:
            assert held["DisplayName"] == ("Ana Ruiz Gil" if changed else "Ana Ruiz")
        elif self.kind is DocumentKind.SERVICE:
            assert held["UnitPrice"] == (80 if changed else 75)
        else:
            total = Decimal(0) if self.operation is Operation.VOID else Decimal(AMOUNTS[self.kind][changed])
            assert held["TotalAmt"] == total


@dataclass(frozen=True)
class Mixed:
    """All kinds and all operations in one tick, some of them needing one another: what batches are made of."""

    def __str__(self) -> str:
        return "mixed"

    def prepare(self, house: House) -> None:
        make(house, DocumentKind.CUSTOMER)
        make(house, DocumentKind.SERVICE)
        for key in ("1", "2", "3"):
            make(house, DocumentKind.INVOICE, key)
        make(house, DocumentKind.PAYMENT, "1")
        settle(house, lambda: linked(house, 6))
        change(house, DocumentKind.CUSTOMER)
        change(house, DocumentKind.INVOICE, "2")
        cancel(house, DocumentKind.INVOICE, "3")
        change(house, DocumentKind.PAYMENT, "1")
        for key in ("4", "5"):
            make(house, DocumentKind.INVOICE, key)
            make(house, DocumentKind.PAYMENT, key)
        make(house, DocumentKind.REFUND, "4")
        make(house, DocumentKind.FEE, "4")

    def check(self, house: House) -> None:
        """As Case.check, of all documents."""
        linked(house, 12)
        assert [row["DisplayName"] for row in house.rows("Customer")] == ["Ana Ruiz Gil"]
        assert len(house.rows("Item")) == 1
        assert totals(house, "Invoice") == {"A-1": 150, "A-2": 75, "A-3": 0, "A-4": 150, "A-5": 150}
        assert totals(house, "Payment", "PaymentRefNum") == {"ch_1": 40, "ch_4": 60, "ch_5": 60}
        assert totals(house, "RefundReceipt") == {"R-4": 20}
        assert [row["TotalAmt"] for row in house.rows("Purchase")] == [Decimal("3.20")]


@dataclass(frozen=True)
class Batch:
    """Writes that need nothing of one another: they leave in one batch, but for the void of an invoice."""

    writes: ClassVar[int] = 7

    def __str__(self) -> str:
        return "batch"

    def prepare(self, house: House) -> None:
        make(house, DocumentKind.CUSTOMER)
        make(house, DocumentKind.SERVICE)
        for key in ("1", "2"):
            make(house, DocumentKind.INVOICE, key)
        settle(house, lambda: linked(house, 4))
        change(house, DocumentKind.INVOICE, "1")
        cancel(house, DocumentKind.INVOICE, "2")
        for key in ("3", "4", "5"):
            make(house, DocumentKind.INVOICE, key)
        for key in ("6", "7"):
            house.row("fees", id=key, date=DAY, total=Decimal(f"{key}.20"))

    def check(self, house: House) -> None:
        """As Case.check, of all documents."""
        linked(house, 9)
        assert totals(house, "Invoice") == {"A-1": 75, "A-2": 0, "A-3": 150, "A-4": 150, "A-5": 150}
        assert sorted(row["TotalAmt"] for row in house.rows("Purchase")) == [Decimal("6.20"), Decimal("7.20")]

    def done(self, house: House) -> bool:
        """Whether `check` has nothing to say."""
        return _passes(lambda: self.check(house))


def totals(house: House, entity: str, number: str = "DocNumber") -> dict[str, Decimal]:
    """What QuickBooks holds, by number."""
    rows = house.rows(entity)
    found = {row[number]: row["TotalAmt"] for row in rows}
    assert len(found) == len(rows), f"{entity}: a number twice"
    return found


CASES = [
    Case(kind, operation)
    for kind in DocumentKind
    for operation in Operation
    if kind not in LISTS or operation is not Operation.VOID
]


def make(house: House, kind: DocumentKind, key: str = "1") -> None:
    """The application enters a document; it names the customer c1, the service s1 and those of the same key."""
    match kind:
        case DocumentKind.CUSTOMER:
            house.customer()
        case DocumentKind.SERVICE:
            house.service(price="75.00")
        case DocumentKind.INVOICE:
            house.invoice(key, f"A-{key}")
        case DocumentKind.PAYMENT:
            house.payment(key, {key: AMOUNTS[kind][0]})
        case DocumentKind.REFUND:
            named = {"customer_id": "c1", "payment_id": key, "service_id": "s1"}
            house.row("refunds", id=key, number=f"R-{key}", date=DAY, total=Decimal(AMOUNTS[kind][0]), **named)
        case DocumentKind.FEE:
            house.row("fees", id=key, date=DAY, total=Decimal(AMOUNTS[kind][0]), payment_id=key)


def change(house: House, kind: DocumentKind, key: str = "1") -> None:
    """The application changes what it said."""
    match kind:
        case DocumentKind.CUSTOMER:
            house.change("customers", "c1", name="Ana Ruiz Gil")
        case DocumentKind.SERVICE:
            house.change("services", "s1", price=Decimal(80))
        case DocumentKind.INVOICE:
            house.relined(key, [("s1", "1", "75.00")])
        case DocumentKind.PAYMENT:
            house.allocated(key, AMOUNTS[kind][1])
        case DocumentKind.REFUND | DocumentKind.FEE:
            house.change(f"{kind}s", key, total=Decimal(AMOUNTS[kind][1]))


def cancel(house: House, kind: DocumentKind, key: str = "1") -> None:
    """The application cancels a document."""
    if kind is DocumentKind.INVOICE:
        house.change("invoices", key, status="cancelled")
    else:
        house.change(f"{kind}s", key, deleted_at=house.clock.now())


def settle(house: House, check: Callable[[], object]) -> int:
    """Tick until `check` has nothing to say; how many ticks it took.

    Raises:
        AssertionError: it does not come to an end.
    """
    for ticks in range(1, SETTLED_WITHIN):
        house.tick()
        if _passes(check):
            return ticks
    house.tick()
    check()
    return SETTLED_WITHIN


def _passes(check: Callable[[], object]) -> bool:
    with suppress(AssertionError):
        check()
        return True
    return False


def linked(house: House, count: int) -> None:
    """So many records are in QuickBooks, and nothing else is there.

    Raises:
        AssertionError: it is not so.
    """
    assert house.states() == ({State.LINKED: count} if count else {})
    assert house.errors() == []


def deaths(house: House, done: Callable[[], None]) -> list[str]:
    """What is wrong when the process dies at any boundary from here until it is done, and another one goes on. Its
    request id alone saves no request that is repeated.
    """
    company = house.sandbox.company(FIRST_REALM)
    company.switches = replace(company.switches, replay="ignore")
    with watched(house) as life:
        settle(house, done)
    wrong = []
    for names, image, _count in life.deaths():
        image.restore(house)
        wire = WatchedAdapter(house.sandbox)
        house.restart(wire)
        try:
            settle(house, done)
            assert rewritten(wire.sent) == []
        except AssertionError as error:
            wrong.append(f"{names}: {error}")
    return wrong
