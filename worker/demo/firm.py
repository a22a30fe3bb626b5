"""The books of a small service firm, made from a seed: the same seed and day make the same books."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count, product
from random import Random

from connectors.documents import CENT, Address, Allocation, Customer, Fee, Invoice, Line, Payment, Refund, Service
from worker.demo.names import COMPANIES, FAMILY, GIVEN, SERVICES

TWO_YEARS = 730
PLANTED_INACTIVE = "Chimney sweep"


@dataclass(frozen=True, kw_only=True)
class Firm:
    """All that stands in the local books."""

    customers: tuple[Customer, ...]
    services: tuple[Service, ...]
    invoices: tuple[Invoice, ...]
    payments: tuple[Payment, ...]
    refunds: tuple[Refund, ...]
    fees: tuple[Fee, ...]


def found(seed: int, today: date, *, customers: int, invoices: int, prefix: str) -> Firm:
    """A firm with this many customers and invoices, its numbers beginning with `prefix` ("S-0001")."""
    dice = Random(seed)  # noqa: S311 - invented books, not secrets
    people = tuple(_customers(customers))
    services = tuple(
        Service(local_id=str(number), name=name, description=text, price=price)
        for number, (name, text, price) in enumerate(SERVICES, start=1)
    )
    issued = tuple(_invoices(dice, today, people, services, invoices, prefix))
    payments = tuple(_payments(dice, today, issued))
    return Firm(
        customers=people,
        services=services,
        invoices=issued,
        payments=payments,
        refunds=tuple(_refunds(dice, today, payments, prefix)),
        fees=tuple(_fees(payments)),
    )


def _customers(how_many: int) -> Iterator[Customer]:
    people = [(f"{given} {family}", given, family, "") for given, family in product(GIVEN, FAMILY)]
    people = [people[(index * 37) % len(people)] for index in range(how_many)]
    firms = [(name, "", "", name) for name in COMPANIES]
    named = (firms + people)[:how_many]
    for number, (name, given, family, company) in enumerate(named, start=1):
        yield Customer(
            local_id=str(number),
            name=name,
            given_name=given,
            family_name=family,
            company_name=company,
            email=f"customer{number}@example.com",
            phone=f"555-01{number:02d}",
            address=Address(line1=f"{number} Calle Mayor", city="San Miguel", postal_code=f"{94000 + number}"),
        )


def _invoices(
    dice: Random, today: date, customers: Sequence[Customer], services: Sequence[Service], how_many: int, prefix: str
) -> Iterator[Invoice]:
    common = [service for service in services if service.name != PLANTED_INACTIVE]
    rare = next(service for service in services if service.name == PLANTED_INACTIVE)
    for number in range(1, how_many + 1):
        lines = [_line(dice, dice.choice(common)) for _ in range(dice.randint(1, 5))]
        if number in {how_many // 3, how_many // 2}:
            lines[0] = _line(dice, rare)
        issued = today - timedelta(days=TWO_YEARS - TWO_YEARS * number // how_many)
        customer = dice.choice(customers)
        yield Invoice(
            local_id=str(number),
            number=f"{prefix}{number:04d}",
            customer_id=customer.local_id,
            date=issued,
            due_date=issued + timedelta(days=30),
            lines=tuple(lines),
            total=sum((line.amount for line in lines), Decimal(0)),
            memo=f"Work order {5000 + number}",
            email=customer.email,
        )


def _line(dice: Random, service: Service) -> Line:
    assert service.price is not None
    quantity = Decimal(dice.choice(("1", "1", "2", "3", "1.5", "0.75", "12")))
    amount = (quantity * service.price).quantize(CENT, ROUND_HALF_UP)
    return Line(
        service_id=service.local_id,
        description=service.description,
        quantity=quantity,
        unit_price=service.price,
        amount=amount,
    )


def _payments(dice: Random, today: date, invoices: Sequence[Invoice]) -> Iterator[Payment]:
    """Three of four invoices are paid: in full, in two parts, or two of one customer at once."""
    ids, waiting = count(1), dict[str, Invoice]()
    for invoice in invoices:
        way = dice.randrange(8)
        if way in {0, 1}:
            continue
        day = min(invoice.date + timedelta(days=dice.randint(1, 40)), today)
        earlier = waiting.pop(invoice.customer_id, None)
        if way == 2:
            half = (invoice.total / 2).quantize(CENT, ROUND_HALF_UP)
            yield _payment(dice, next(ids), day, {invoice.local_id: half}, invoice)
            if dice.random() < 0.5:
                yield _payment(dice, next(ids), today, {invoice.local_id: invoice.total - half}, invoice)
        elif way == 3 and earlier is None:
            waiting[invoice.customer_id] = invoice
        else:
            parts = {one.local_id: one.total for one in (earlier, invoice) if one is not None}
            yield _payment(dice, next(ids), day, parts, invoice)


def _payment(dice: Random, number: int, day: date, parts: dict[str, Decimal], invoice: Invoice) -> Payment:
    method = dice.choice(("card", "card", "cash", "check"))
    return Payment(
        local_id=str(number),
        customer_id=invoice.customer_id,
        date=day,
        total=sum(parts.values(), Decimal(0)),
        method=method,
        reference=f"ch_{number:06d}" if method == "card" else f"R-{number:05d}",
        allocations=tuple(Allocation(invoice_id=invoice_id, amount=amount) for invoice_id, amount in parts.items()),
    )


def _refunds(dice: Random, today: date, payments: Sequence[Payment], prefix: str) -> Iterator[Refund]:
    for number, payment in enumerate(payments[10::25], start=1):
        yield Refund(
            local_id=str(number),
            number=f"{prefix}R{number:03d}",
            customer_id=payment.customer_id,
            payment_id=payment.local_id,
            service_id="3",
            date=min(payment.date + timedelta(days=dice.randint(1, 20)), today),
            total=min(payment.total, Decimal("20.00")),
            method=payment.method,
            reference=f"re_{number:06d}",
        )


def _fees(payments: Sequence[Payment]) -> Iterator[Fee]:
    """A card processor keeps 2.9 % and 0.30 of each payment by card."""
    for payment in payments:
        if payment.method == "card":
            kept = (payment.total * Decimal("0.029") + Decimal("0.30")).quantize(CENT, ROUND_HALF_UP)
            yield Fee(local_id=payment.local_id, date=payment.date, total=kept, payment_id=payment.local_id)
