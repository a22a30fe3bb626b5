"""One mail of each kind, with invented content: for `cuadre mail test`, and to look at while a template is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from errors.blocked import Blocked
from errors.digest import Digest
from errors.kinds import (
    Category,
    ConnectionLost,
    CustomerNotFound,
    DuplicateNumber,
    Kind,
    PaymentMethodNotCreditCard,
)
from errors.letterhead import Letterhead, Recipient
from errors.listing import ErrorRow
from errors.message import Message, render
from errors.problem import Fact, Fault, Name, Problem, phrase
from errors.summary import CompanyDay, Summary
from errors.tables import State

COMPANY = "main"


def sample(kind: str, to: Recipient, letterhead: Letterhead, now: datetime) -> Message:
    """A mail of this kind.

    Raises:
        KeyError: there is no such kind.
    """
    return render(kind, to, letterhead, **VALUES[kind](now))


def _row(
    number: int, now: datetime, category: Category, kind: type[Kind], facts: Mapping[str, Fact], *amounts: str
) -> ErrorRow:
    waiting = tuple(
        Blocked(
            company=COMPANY,
            category=category,
            document_kind="invoice",
            local_id=str(place),
            label=str(1041 + place),
            customer="Ana Ruiz",
            amount=Decimal(amount),
            currency="USD",
        )
        for place, amount in enumerate(amounts, start=1)
    )
    fault = Fault(code="3200", trace_id="1-65a1b2c3-0f2d", status=401) if kind is ConnectionLost else Fault()
    return ErrorRow(
        id=number,
        company=COMPANY,
        category=category,
        state=State.OPEN,
        problem=Problem(kind=kind, subject="sample", facts=facts, fault=fault),
        attempts=1,
        first_at=now - timedelta(minutes=5),
        last_at=now,
        closed_at=None,
        blocks=len(waiting),
        sums={"USD": sum((Decimal(amount) for amount in amounts), Decimal(0))} if amounts else {},
        documents=waiting,
        pending=(),
    )


def _problems(now: datetime) -> dict[str, object]:
    number: dict[str, Fact] = {
        "number": "1042",
        "holder": Name("invoice", "1042"),
        "customer": "Harper & Sons",
        "total": Decimal("310.50"),
        "suggestion": "1043",
    }
    method: dict[str, Fact] = {"document": Name("payment", "P-77"), "method": "Visa"}
    rows = [
        _row(17, now, Category.ACCOUNTS, CustomerNotFound, {"name": "Ana Ruiz"}, "9310.55", "1800.00", "1200.00"),
        _row(18, now, Category.INVOICES, DuplicateNumber, number, "1250.00"),
        _row(19, now, Category.PAYMENTS, PaymentMethodNotCreditCard, method, "89.90"),
    ]
    counts = {(COMPANY, row.category): 1 for row in rows}
    return {"digest": Digest(rows=rows, counts=counts, open=5)}


def _halt(now: datetime) -> dict[str, object]:
    facts: dict[str, Fact] = {"company": COMPANY, "detail": phrase("Intuit refused to renew it")}
    return {"row": _row(21, now, Category.COMPANY, ConnectionLost, facts)}


def _resumed(now: datetime) -> dict[str, object]:
    return _halt(now) | {"left": 0}


def _clear(_now: datetime) -> dict[str, object]:
    return {"companies": [COMPANY], "counts": {"open": 0, "settled": 3, "skipped": 0, "deleted": 0}}


def _token(now: datetime) -> dict[str, object]:
    return {"company": COMPANY, "days": 7, "ends_at": now + timedelta(days=7)}


def _summary(now: datetime) -> dict[str, object]:
    day = CompanyDay(
        company=COMPANY,
        connected=True,
        stopped=False,
        posted={"customer": 2, "invoice": 41, "payment": 38, "fee": 38},
        open={Category.ACCOUNTS: 1, Category.INVOICES: 2},
        waiting=3,
        oldest=now - timedelta(hours=2),
        ends_in=97,
    )
    return {"summary": Summary(day=now.date(), companies=[day])}


VALUES: Mapping[str, Callable[[datetime], dict[str, object]]] = MappingProxyType(
    {
        "test": lambda _now: {},
        "problems": _problems,
        "halt": _halt,
        "resumed": _resumed,
        "clear": _clear,
        "token": _token,
        "summary": _summary,
    }
)
