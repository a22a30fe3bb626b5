"""The query language: text in, a frozen `Query` out; QBO: qbo-facts section 4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DEFAULT_ROWS = 100
MOST_ROWS = 1000
TOKEN = re.compile(
    r"""(?P<space>\s+)
      | '(?P<text>(?:\\'|[^'\\]|\\(?!'))*)'
      | (?P<operator><=|>=|!=|[=<>])
      | (?P<mark>[(),*])
      | (?P<number>-?\d[\w.:+-]*)
      | (?P<word>[A-Za-z_][\w.]*)""",
    re.VERBOSE,
)
OPERATORS = {"=", "<", ">", "<=", ">=", "!="}
EXPECTED_WORD = "<IDENTIFIER>"


@dataclass(frozen=True)
class Condition:
    """One comparison; `values` holds one text, or all texts of an IN list."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """One sort key of ORDERBY."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """A parsed statement; `fields` is empty for `*`; `start` is 1-based."""

    entity: str
    fields: tuple[str, ...] = ()
    count: bool = False
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    start: int = 1
    most: int = DEFAULT_ROWS


@dataclass(frozen=True)
class Token:
    """A piece of the statement: its sort, its text, and its column (from 1)."""

    sort: str
    text: str
    column: int

    def says(self, word: str) -> bool:
        return self.sort == "word" and self.text.upper() == word


def parse(statement: str) -> Query:
    """Parse a SELECT statement; raises `Refusal` 4000 where the grammar ends, 4001 for a paging value below 1."""
    return _Parser(list(_tokens(statement))).statement()


def _tokens(statement: str) -> Iterator[Token]:
    position = 0
    while position < len(statement):
        found = TOKEN.match(statement, position)
        if found is None:
            raise _unexpected(Token("other", statement[position], position + 1), EXPECTED_WORD)
        sort = str(found.lastgroup)
        if sort != "space":
            text = found.group(sort)
            yield Token(sort, text.replace("\\'", "'") if sort == "text" else text, position + 1)
        position = found.end()
    yield Token("end", "", position + 1)


def _unexpected(token: Token, expected: str) -> Refusal:
    """Say what stood where something else was expected, in the words of QuickBooks' parser."""
    image = {"word": f' <IDENTIFIER> "{token.text} "', "end": "<EOF>"}.get(
        token.sort, f' "{token.text}" "{token.text} "'
    )
    where = f"at line 1, column {token.column}"
    return Refusal(faults.unreadable_query(f'Encountered "{image}" {where}.\nWas expecting:\n    {expected} ...\n    '))


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0

    def statement(self) -> Query:
        self._word("SELECT")
        fields, count = self._selection()
        self._word("FROM")
        query = Query(self._name(), fields, count)
        if self._try("WHERE"):
            query = replace(query, conditions=tuple(self._conditions()))
        while self._next.sort != "end":
            query = self._clause(query)
        return query

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def _take(self) -> Token:
        token = self._next
        self._position += 1
        return token

    def _try(self, word: str) -> bool:
        if self._next.says(word):
            self._position += 1
            return True
        return False

    def _word(self, word: str) -> None:
        if not self._try(word):
            raise _unexpected(self._next, f'"{word.lower()}"')

    def _mark(self, mark: str) -> bool:
        if self._next.sort == "mark" and self._next.text == mark:
            self._position += 1
            return True
        return False

    def _expect_mark(self, mark: str) -> None:
        if not self._mark(mark):
            raise _unexpected(self._next, f'"{mark}"')

    def _name(self) -> str:
        if self._next.sort != "word":
            raise _unexpected(self._next, EXPECTED_WORD)
        return self._take().text

    def _selection(self) -> tuple[tuple[str, ...], bool]:
        if self._try("COUNT"):
            for mark in "(*)":
                self._expect_mark(mark)
            return (), True
        chosen = [self._column()]
        while self._mark(","):
            chosen.append(self._column())
        # `*, Sku` is sent by clients and means everything.
        return (() if "*" in chosen else tuple(chosen)), False

    def _column(self) -> str:
        return "*" if self._mark("*") else self._name()

    def _conditions(self) -> Iterator[Condition]:
        yield self._condition()
        while self._try("AND"):
            yield self._condition()

    def _condition(self) -> Condition:
        field = self._name()
        if self._try("IN"):
            self._expect_mark("(")
            values = [self._value()]
            while self._mark(","):
                values.append(self._value())
            self._expect_mark(")")
            return Condition(field, "IN", tuple(values))
        if self._try("LIKE"):
            return Condition(field, "LIKE", (self._value(),))
        if self._next.text not in OPERATORS:
            raise _unexpected(self._next, '"="')
        return Condition(field, self._take().text, (self._value(),))

    def _value(self) -> str:
        token = self._next
        if token.sort in ("text", "number") or (token.sort == "word" and token.text.upper() in VALUE_WORDS):
            return self._take().text
        raise _unexpected(token, "<STRING>")

    def _clause(self, query: Query) -> Query:
        if self._try("ORDERBY") or self._order_by():
            return replace(query, orders=tuple(self._orders()))
        if self._try("STARTPOSITION"):
            # 0 is sent by clients in the field and accepted (qbo-facts 12.3).
            return replace(query, start=max(1, self._whole(0)))
        if self._try("MAXRESULTS"):
            return replace(query, most=min(MOST_ROWS, self._whole(1)))
        raise _unexpected(self._next, "<EOF>")

    def _order_by(self) -> bool:
        if not self._try("ORDER"):
            return False
        self._word("BY")
        return True

    def _orders(self) -> Iterator[Order]:
        yield self._order()
        while self._mark(","):
            yield self._order()

    def _order(self) -> Order:
        field = self._name()
        descending = self._try("DESC")
        if not descending:
            self._try("ASC")
        return Order(field, descending)

    def _whole(self, least: int) -> int:
        token = self._take()
        try:
            number = int(token.text)
        except ValueError:
            raise _unexpected(token, "<NUMBER>") from None
        if number < least:
            raise Refusal(faults.invalid_query(f"value {number} is too small. Min allowed value is {least}"))
        return number


VALUE_WORDS = {"TRUE", "FALSE", "CURRENT_DATE"}
