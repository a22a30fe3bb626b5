"""What the people of a random firm do in their own application: sell, get paid, give back, correct, cancel, delete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from connectors.documents import CENT, DocumentKind
from tests.simulation.books import Books, Line, Row, Standing

LATE = 200  # seconds that a slow transaction may be open: less than the overlap of a poll
KINDS = DocumentKind
EDITED = (KINDS.INVOICE, KINDS.INVOICE, KINDS.PAYMENT, KINDS.CUSTOMER, KINDS.SERVICE, KINDS.FEE, KINDS.REFUND)
REMOVED = (KINDS.INVOICE, KINDS.INVOICE, KINDS.PAYMENT, KINDS.REFUND, KINDS.FEE)


class Firm:
    """Does one thing after the other, as its own random numbers say: the same whatever Cuadre makes of it."""

    def __init__(self, books: Books, random: Random, now: Callable[[], datetime]) -> None:
        self.books = books
        self._random = random
        self._now = now
        self._last: dict[DocumentKind, int] = {}
        self._paid: set[str] = set()
        for _ in range(4):
            self._new_customer()
            self._new_service()

    def act(self) -> str:
        """One thing; says what."""
        doing: list[tuple[int, Callable[[], Row | None]]] = [
            (2, self._new_customer),
            (1, self._new_service),
            (30, self._new_invoice),
            (18, self._new_payment),
            (5, self._new_refund),
            (9, self._new_fee),
            (3, self._issue),
            (10, self._edit),
            (5, self._remove),
            (1, self._delete),
        ]
        chosen = self._random.choices([one for _, one in doing], [weight for weight, _ in doing])[0]
        row = chosen()
        return f"{chosen.__name__.strip('_')} {f'{row.kind} {row.key} {row.number} {row.total}' if row else '-'}"

    # --- new ----------------------------------------------------------------------------------------------------------

    def _new_customer(self) -> Row:
        key = self._key(KINDS.CUSTOMER)
        return self._add(Row(KINDS.CUSTOMER, key), name=f"Customer {key}", email=f"{key}@example.com")

    def _new_service(self) -> Row:
        key = self._key(KINDS.SERVICE)
        return self._add(Row(KINDS.SERVICE, key), name=f"Service {key}", price=self._amount())

    def _new_invoice(self) -> Row:
        key = self._key(KINDS.INVOICE)
        lines = self._lines()
        status = "draft" if self._chance(0.05) else "issued"
        wrong = CENT if self._chance(0.04) else Decimal(0)
        total = total_of(lines) + wrong
        row = Row(KINDS.INVOICE, key, total, self._number(KINDS.INVOICE, key), self._customer(), lines=lines)
        row.ailing = bool(wrong)
        row.needs = ((KINDS.CUSTOMER, row.customer), *((KINDS.SERVICE, service or "") for service, _, _ in lines))
        row.standing = Standing.HIDDEN if status == "draft" else Standing.LIVE
        return self._add(row, customer_id=row.customer, number=row.number, status=status, **self._money(total))

    def _new_payment(self) -> Row | None:
        """For one invoice or several of a customer: all of it, or a part; sometimes for more than it is."""
        invoices = [row for row in self.books.of(KINDS.INVOICE) if row.total > 1 and row.key not in self._paid]
        if not invoices:
            return None
        first = self._random.choice(invoices)
        others = [row for row in invoices if row.customer == first.customer and row is not first]
        paid = [first, *self._random.sample(others, min(len(others), self._random.choice((0, 0, 0, 1, 2))))]
        share = self._random.choice((*[Decimal(1)] * 12, *[Decimal("0.5"), Decimal("0.3")] * 3, Decimal("1.1")))
        self._paid |= {one.key for one in paid if self._chance(0.97)}
        parts = {row.key: (row.total * share).quantize(CENT) for row in paid}
        total = sum(parts.values(), Decimal(0)) + self._random.choice((0, 0, 0, 5))
        row = Row(KINDS.PAYMENT, self._key(KINDS.PAYMENT), total, customer=first.customer, parts=parts)
        reference = f"ch_{row.key}" if self._chance(0.97) else f"a_long_reference_of_a_card_processor_{row.key}"
        method = "card" if self._chance(0.97) else "barter"
        row.ailing = share > 1 or method == "barter" or not reference.startswith("ch_") or self._paid_twice(paid)
        row.needs = ((KINDS.CUSTOMER, row.customer), *((KINDS.INVOICE, one.key) for one in paid))
        return self._add(row, customer_id=row.customer, method=method, reference=reference, **self._money(total))

    def _new_refund(self) -> Row | None:
        payments = self.books.of(KINDS.PAYMENT)
        if not payments:
            return None
        of, key = self._random.choice(payments), self._key(KINDS.REFUND)
        total = max(CENT, (of.total / self._random.choice((1, 2, 4))).quantize(CENT))
        row = Row(KINDS.REFUND, key, total, self._number(KINDS.REFUND, key), of.customer)
        named = {"customer_id": row.customer, "payment_id": of.key, "service_id": self._service()}
        row.needs = (of.id, (KINDS.CUSTOMER, row.customer), (KINDS.SERVICE, named["service_id"] or ""))
        return self._add(row, number=row.number, method="card", **named, **self._money(total))

    def _new_fee(self) -> Row | None:
        payments = self.books.of(KINDS.PAYMENT)
        if not payments:
            return None
        of, key = self._random.choice(payments), self._key(KINDS.FEE)
        total = max(CENT, (of.total * Decimal("0.03")).quantize(CENT))
        row = Row(KINDS.FEE, key, total, self._number(KINDS.FEE, key), of.customer)
        processor = self._random.choice(("Stripe", "Stripe", "Square"))
        return self._add(row, number=row.number, payment_id=of.key, processor=processor, **self._money(total))

    # --- changed ------------------------------------------------------------------------------------------------------

    def _issue(self) -> Row | None:
        row = self._any(KINDS.INVOICE, Standing.HIDDEN)
        if row is not None:
            row.standing = Standing.LIVE
            self.books.change(row, status="issued")
        return row

    def _edit(self) -> Row | None:
        row = self._any(self._random.choice(EDITED))
        if row is None:
            return None
        if row.kind is KINDS.CUSTOMER:
            self.books.change(row, name=f"Customer {row.key} {self._random.choice('ABC')}", phone=self._digits())
        elif row.kind is KINDS.SERVICE:
            self.books.change(row, description=f"As of {self._digits()}", price=self._amount())
        elif row.kind is KINDS.INVOICE and self._chance(0.5):
            row.lines = self._lines()
            row.ailing = True  # what was paid for it may be too much now
            row.total = total_of(row.lines)
            self.books.change(row, parts=True, total=row.total)
        elif row.kind is KINDS.INVOICE and self._chance(0.3):
            row.number = self._number(KINDS.INVOICE, f"{row.key}-{self._digits()}")
            row.ailing = True
            self.books.change(row, number=row.number)
        elif row.kind is KINDS.FEE:
            row.total += CENT
            self.books.change(row, total=row.total)
        else:
            self.books.change(row, memo=f"Note {self._digits()}")
        return row

    def _remove(self) -> Row | None:
        row = self._any(self._random.choice(REMOVED))
        if row is not None:
            row.standing = Standing.REMOVED
            invoice = row.kind is KINDS.INVOICE
            self.books.change(row, **({"status": "cancelled"} if invoice else {"deleted_at": self._now()}))
        return row

    def _delete(self) -> Row | None:
        row = self._any(self._random.choice(tuple(KINDS)))
        if row is not None:
            self.books.drop(row)
        return row

    # --- by chance ----------------------------------------------------------------------------------------------------

    def _add(self, row: Row, **values: Any) -> Row:
        row.ailing |= bool(row.number) and not row.number.endswith(f"-{row.key}")  # another document's number
        late = self._chance(0.05)
        changed = self._now() - timedelta(seconds=self._random.uniform(1, LATE)) if late else None
        self.books.add(row, values, changed)
        return row

    def _paid_twice(self, paid: list[Row]) -> bool:
        """Whether one of these was paid before: then whichever payment comes second may be too much."""
        invoices = {one.key for one in paid}
        earlier = [row for row in self.books.of(KINDS.PAYMENT, *Standing) if invoices & row.parts.keys()]
        for row in earlier:
            row.ailing = True
        return bool(earlier)

    def _any(self, kind: DocumentKind, standing: Standing = Standing.LIVE) -> Row | None:
        rows = self.books.of(kind, standing)
        return self._random.choice(rows) if rows else None

    def _key(self, kind: DocumentKind) -> str:
        self._last[kind] = self._last.get(kind, 0) + 1
        return f"{kind.value[0]}{self._last[kind]}"

    def _number(self, kind: DocumentKind, key: str) -> str:
        """Now and then none, or one that another document has."""
        if self._chance(0.06):
            return ""
        other = self._any(kind) if self._chance(0.05) else None
        return other.number if other is not None else f"{kind.value[0].upper()}-{key}"

    def _money(self, total: Decimal) -> dict[str, Any]:
        return {"date": self._now().date() - timedelta(days=self._random.randint(0, 20)), "total": total}

    def _lines(self) -> list[Line]:
        return [(self._service(), self._quantity(), self._amount()) for _ in range(self._random.randint(1, 3))]

    def _quantity(self) -> Decimal:
        return self._random.choice((Decimal(1), Decimal(2), Decimal("0.5"), Decimal("1.333"), Decimal(7)))

    def _amount(self) -> Decimal:
        return Decimal(self._random.randint(100, 30000)) / 100

    def _customer(self) -> str:
        row = self._any(KINDS.CUSTOMER)
        return row.key if row is not None and not self._chance(0.01) else "nobody"

    def _service(self) -> str | None:
        row = self._any(KINDS.SERVICE)
        return row.key if row is not None else None

    def _digits(self) -> str:
        return f"{self._random.randrange(10**6):06}"

    def _chance(self, share: float) -> bool:
        return self._random.random() < share


def total_of(lines: list[Line] | tuple[Line, ...]) -> Decimal:
    """Each line to the cent, then the sum."""
    amounts = (quantity * price for _, quantity, price in lines)
    return sum((amount.quantize(CENT, ROUND_HALF_UP) for amount in amounts), Decimal(0))
