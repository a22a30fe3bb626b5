"""What a database's cell means: an amount, a date, a flag, a key, a text; a cell that means nothing is `Wrong`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

from connectors.documents import CENT
from connectors.local import limits
from errors.problem import Fact, Phrase, phrase

NUMERAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")
TRUE = frozenset(
    {"1", "t", "true", "y", "yes", "removed", "deleted", "cancelled", "canceled", "void", "voided"}
)  # spellings of both sides of the ocean
FALSE = frozenset({"", "0", "f", "false", "n", "no"})


@dataclass(frozen=True)
class Wrong:
    """The cell holds something else than was expected: `expected` completes the sentence "which is not ..."."""

    expected: Phrase


def empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def amount(cell: Any) -> Decimal | Wrong:
    """A finite number. A float counts as its shortest decimal spelling: SQLite keeps 0.1 as one, and means 0.1."""
    if isinstance(cell, float):
        cell = Decimal(repr(cell))
    if isinstance(cell, str) and NUMERAL.fullmatch(cell.strip()):
        cell = Decimal(cell.strip())
    if isinstance(cell, int) and not isinstance(cell, bool):
        cell = Decimal(cell)
    if not isinstance(cell, Decimal) or not cell.is_finite():
        return Wrong(phrase("an amount such as 1234.50"))
    if abs(cell) > limits.AMOUNT:
        return Wrong(phrase("an amount below 100,000,000,000"))
    return cell


def money(cell: Any) -> Decimal | Wrong:
    """An amount in whole cents; 12.5 and 12.500 both mean 12.50."""
    value = amount(cell)
    if isinstance(value, Wrong):
        return value
    return value.quantize(CENT) if value == value.quantize(CENT) else Wrong(phrase("an amount in whole cents"))


def day(cell: Any) -> date | Wrong:
    """A date, the date of a time in its own zone, or ISO text (2026-01-31, with or without a time behind it)."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str) and re.match(r"\s*\d{4}-\d{2}-\d{2}([ T]|\s*$)", cell):
        try:
            return datetime.fromisoformat(cell.strip()).date()
        except ValueError:
            pass
    return Wrong(phrase("a date such as 2026-01-31"))


def flag(cell: Any) -> bool | Wrong:
    """True: 1, true, yes, deleted, cancelled, void, or a date or time (deleted_at). False: 0, false, no, empty."""
    if isinstance(cell, bytes) and len(cell) == 1:
        cell = cell[0]  # BIT(1) of MariaDB
    if cell is None or isinstance(cell, bool):
        return bool(cell)
    if isinstance(cell, date) or (isinstance(cell, str) and not isinstance(day(cell), Wrong)):
        return True
    word = str(cell).strip().lower()
    if word in TRUE or word in FALSE:
        return word in TRUE
    return Wrong(phrase("yes or no (1, 0, true, false, cancelled, a time of deletion, or nothing)"))


def key(cell: Any) -> str | Wrong | None:
    """The key of a row as text: 17 and "17" and 17.0 are the same; None where the cell is empty."""
    if empty(cell):
        return None
    if isinstance(cell, float | Decimal) and isfinite(cell) and cell == int(cell):
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | str | UUID):
        return Wrong(phrase("the key of a row (a whole number or a text)"))
    return str(cell)


def text(cell: Any) -> str | Wrong:
    """A text without blank ends; numbers and dates as they are written."""
    if cell is None:
        return ""
    if isinstance(cell, bool | bytes):
        return Wrong(phrase("a text"))
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() else repr(cell)
    return str(cell).strip()


def shown(cell: Any, longest: int = 60) -> Fact:
    """The cell in a sentence: short, on one line, and safe to store and to print."""
    return phrase("nothing") if empty(cell) else label(cell, longest)


def label(cell: Any, longest: int = 60) -> str:
    """The same of a cell that names its row."""
    whole = str(cell)
    safe = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in whole[:longest])
    return safe + ("…" if len(whole) > longest else "")
