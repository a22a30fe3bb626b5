"""Numbers and money: what is read from a request and how it is rounded."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal
from connectors.quickbooks.sandbox.wire.jsontext import CENT, number_text

ZERO = Decimal(0)
LIMIT = Decimal(10) ** 12  # QBO: an amount has at most 15 digits in 10.5 format, qbo-facts 2.1


def number(value: Any, name: str) -> Decimal:
    """Read a number sent bare or as text ("100.00"); raises `Refusal` 2090 when it is none."""
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        raise Refusal(faults.invalid_number(name, str(value))) from None
    if not read.is_finite() or abs(read) >= LIMIT:
        raise Refusal(faults.invalid_number(name, str(value)))
    return read


def money(value: Any, name: str) -> Decimal:
    """Read an amount and round it half up to cents."""
    return cents(number(value, name))


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def check_product(amount: Decimal, detail: Json) -> None:
    """Amount must be Qty x UnitPrice at sent precision, rounded to cents; raises `Refusal` 6070 (qbo-facts 2.1).

    A quantity or price of zero counts as not sent: python-quickbooks writes both when they are unset.
    """
    quantity = number(detail.get("Qty", 0), "Qty")
    price = number(detail.get("UnitPrice", 0), "UnitPrice")
    if quantity and price and cents(quantity * price) != amount:
        raise Refusal(faults.wrong_amount(number_text(amount, money=False)))
