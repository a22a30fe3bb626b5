"""The exact text of a body: equal content gives equal bytes, and a Decimal is a JSON number with all its digits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

CENT = Decimal("0.01")
_ASCII = json.JSONEncoder().encode  # QBO reads US companies as ISO-8859-1, others as UTF-8


def encode(value: Any) -> str:
    """Compact JSON with sorted keys (invariant I3: a repeated request has a byte-equal body).

    The standard encoder writes a Decimal only as a string or through a float; QBO wants numbers (qbo-facts 1.5).

    Raises:
        TypeError: a float, or a type that JSON has not.
        ValueError: a Decimal that is not a number.
    """
    match value:
        case Decimal():
            return _number(value)
        case None | bool() | int() | str():
            return _ASCII(value)
        case Mapping():
            return "{" + ",".join(f"{encode(str(name))}:{encode(value[name])}" for name in sorted(value)) + "}"
        case Sequence():
            return "[" + ",".join(encode(item) for item in value) + "]"
    raise TypeError(f"a body cannot hold {type(value).__name__}")


def decode(text: str) -> Any:
    """JSON with its numbers as Decimal or int, never float.

    Raises:
        ValueError: no JSON.
    """
    return json.loads(text, parse_float=Decimal)


def cents(amount: Decimal) -> Decimal:
    """An amount as QBO keeps it. Amounts have at most two decimals here, so nothing is rounded away."""
    return amount.quantize(CENT)


def plain(number: Decimal) -> Decimal:
    """The same number without zeros at its end, so that equal quantities are equal text: 1.50 -> 1.5, 1E+2 -> 100."""
    text = format(number, "f")  # not `normalize`: it would round to 28 digits
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a number")
    return format(value, "f")
