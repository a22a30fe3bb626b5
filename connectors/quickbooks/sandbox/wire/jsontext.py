"""JSON as QuickBooks writes it: money with two decimals, zero as 0, quantities bare; numbers are `Decimal`."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

MONEY_FIELDS = frozenset(
    {
        "Amount",
        "Balance",
        "BalanceWithJobs",
        "CurrentBalance",
        "CurrentBalanceWithSubAccounts",
        "Deposit",
        "DiscountAmt",
        "HomeBalance",
        "HomeTotalAmt",
        "NetAmountTaxable",
        "RemainingCredit",
        "TotalAmt",
        "TotalTax",
        "UnappliedAmt",
    },
)
CENT = Decimal("0.01")


def loads(text: bytes | str) -> Any:
    """Parse JSON; every fraction becomes a `Decimal`; raises `ValueError` for text that is not JSON."""
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    return DECODER.decode(text)


def dumps(value: Any) -> str:
    """Write JSON with QuickBooks' number text (qbo-facts 1.5: `100.00`, `0`, `22.5`)."""
    return _text(value, money=False)


def number_text(value: Decimal | int, *, money: bool) -> str:
    """Write one number: money has two decimals, anything else has no trailing zeros, zero is always `0`."""
    number = Decimal(value)
    if not number:
        return "0"
    if money:
        return format(number, ".2f")
    return format(number.normalize(), "f")


def _text(value: Any, *, money: bool) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (Decimal, int)):
        return number_text(value, money=money)
    if isinstance(value, dict):
        members = [_name(key) + _text(item, money=key in MONEY_FIELDS) for key, item in value.items()]
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join([_text(item, money=False) for item in value]) + "]"
    if value is None:
        return "null"
    raise TypeError(f"{type(value).__name__} is not a JSON value")


@lru_cache(maxsize=4096)
def _name(key: str) -> str:
    return encode_basestring(key) + ":"


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)  # made once: it costs more than a text
