"""One row under examination: each reader takes a cell, and notes a problem where the cell cannot be what it should."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from connectors.documents import DocumentKind
from connectors.local import limits, values
from connectors.local.values import Wrong
from errors.kinds import InvalidField, Kind, NumberTooLong, TextRefused
from errors.problem import Fact, Name, Problem, joined, phrase

Read = TypeVar("Read")

ZERO = Decimal(0)
CURRENCY = re.compile(r"[A-Z]{3}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Cells:
    """A row's cells by column, and the problems found so far. Readers answer a harmless value next to a problem."""

    def __init__(self, kind: DocumentKind, cells: Mapping[str, Any]) -> None:
        self.kind = kind
        self.problems: list[Problem] = []
        self.local_id = str(values.key(cells["id"]))
        label = values.label(cells.get("number") or cells.get("name") or cells["id"])
        self.document = Name(kind.value, label)
        self._cells = cells
        self._line: int | None = None

    def line(self, number: int, cells: Mapping[str, Any]) -> Cells:
        """The cells of a line of this row; what is wrong with them is wrong with this row."""
        line = Cells.__new__(Cells)
        line.kind, line.local_id, line.document, line.problems = self.kind, self.local_id, self.document, self.problems
        line._cells, line._line = cells, number  # noqa: SLF001 - its own class
        return line

    def note(self, kind: type[Kind], field: str, /, **facts: Fact) -> None:
        """One more problem; `field` keeps it apart from the others of this row."""
        place = field if self._line is None else f"{field} {self._line}"
        subject = f"{self.kind.value} {self.local_id} {place}"
        self.problems.append(Problem(kind=kind, subject=subject, facts={"document": self.document, **facts}))

    def wrong(self, field: str, expected: Fact) -> None:
        value = values.shown(self._cells.get(field))
        self.note(InvalidField, field, field=self._named(field), value=value, expected=expected)

    def has(self, field: str) -> bool:
        return not values.empty(self._cells.get(field))

    def day(self, field: str) -> date:
        return self._checked(field, values.day, date.min)

    def optional_day(self, field: str) -> date | None:
        return self.day(field) if self.has(field) else None

    def key(self, field: str) -> str:
        """The key of another row, which must be there."""
        if not self.has(field):
            self.wrong(field, phrase("the key of a row (a whole number or a text)"))
        return self.optional_key(field) or ""

    def optional_key(self, field: str) -> str | None:
        return self._checked(field, values.key, None)

    def flag(self, field: str) -> bool:
        return self._checked(field, values.flag, default=False)

    def money(self, field: str, *, above_zero: bool = False) -> Decimal:
        """Whole cents, not negative."""
        return self._not_negative(field, values.money, above_zero=above_zero)

    def amount(self, field: str, *, above_zero: bool = False) -> Decimal:
        """Any number of decimals, not negative: quantities, prices, rates."""
        return self._not_negative(field, values.amount, above_zero=above_zero)

    def optional_money(self, field: str) -> Decimal | None:
        return self.money(field) if self.has(field) else None

    def optional_amount(self, field: str, *, above_zero: bool = False) -> Decimal | None:
        return self.amount(field, above_zero=above_zero) if self.has(field) else None

    def currency(self) -> str:
        """Three capital letters of ISO 4217; empty: the home currency."""
        code = self.text("currency", limits.ADDRESS_PART).upper()
        if code and not CURRENCY.fullmatch(code):
            self.wrong("currency", phrase("a currency code of three letters such as USD"))
        return code

    def email(self, field: str) -> str:
        """One address, or several with commas between them. QBO wants an @ and a dot in each (fault 2210)."""
        whole = self.text(field, limits.EMAIL)
        if whole and not all(ADDRESS.fullmatch(part.strip()) for part in whole.split(",")):
            self.wrong(field, phrase("an e-mail address such as name@example.com"))
        return whole

    def number(self) -> str:
        """A document number; QBO: DocNumber at most 21 characters, qbo-facts section 2.3."""
        number = self.text("number", limits.ADDRESS_PART)
        if len(number) > limits.NUMBER:
            self.note(NumberTooLong, "number", number=values.shown(number), length=len(number))
        return number

    def name(self, field: str, longest: int, *, needed: bool = True) -> str:
        """A name that stands in a list of the accounting system, where some signs part names from one another."""
        if needed and not self.has(field):
            self.wrong(field, phrase("a name"))
        return self.text(field, longest, refused=limits.NAME_REFUSES)

    def text(self, field: str, longest: int, *, refused: str = "") -> str:
        text = self._checked(field, values.text, "")
        if len(text) > longest:
            self.wrong(field, phrase("a text of at most {longest} characters", longest=longest))
        if signs := _refused(text, refused):
            self.note(TextRefused, field, field=self._named(field), value=values.shown(text), refused=joined(signs))
        return text

    def _named(self, field: str) -> Fact:
        return field if self._line is None else phrase("{field} in line {line}", field=field, line=self._line)

    def _not_negative(self, field: str, reader: Callable[[Any], Decimal | Wrong], *, above_zero: bool) -> Decimal:
        value = reader(self._cells.get(field))
        if isinstance(value, Wrong):
            self.wrong(field, value.expected)
            return ZERO
        if value < ZERO or (above_zero and value == ZERO):
            self.wrong(field, phrase("an amount above zero") if above_zero else phrase("an amount of zero or more"))
        return value

    def _checked(self, field: str, reader: Callable[[Any], Read | Wrong], default: Read) -> Read:
        value = reader(self._cells.get(field))
        if isinstance(value, Wrong):
            self.wrong(field, value.expected)
            return default
        return value


def _refused(text: str, signs: str) -> list[Fact]:
    """In words, which signs of a text cannot travel: those of `signs`, and control signs other than tab and newline."""
    found = {_spelled(sign) for sign in text if sign in signs or _cannot_travel(sign)}
    return sorted(found, key=str)


def _cannot_travel(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\n\r"


def _spelled(sign: str) -> Fact:
    if sign == "\t":
        return phrase("a tab")
    if sign in "\r\n":
        return phrase("a line break")
    if unicodedata.category(sign) == "Cs":
        return phrase("bytes that are no text")
    return phrase("a control character") if unicodedata.category(sign) == "Cc" else f"“{sign}”"
