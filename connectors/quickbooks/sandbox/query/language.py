"""The query language: text in, a frozen `Query` out, by the grammar in grammar.lark (qbo-facts section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError

from connectors.quickbooks.sandbox.query import complaints
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DEFAULT_ROWS = 100
MOST_ROWS = 1000
ESCAPED = re.compile(r"\\(['\\])")
# Recorded complaints list them, so the parser knows them; the documentation denies them (qbo-facts 11.11).
UNDOCUMENTED = frozenset({"OR", "NOT", "BETWEEN", "CONTAINS", "ITERATOR"})


@dataclass(frozen=True)
class Comparison:
    """One property against one value (several with IN, two with BETWEEN); the operator is in capitals."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Not:
    """Whatever the part does not hold for."""

    part: Condition


@dataclass(frozen=True)
class All:
    """Every part holds; none is true of every row."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


Condition = Comparison | Not | All | AnyOf


@dataclass(frozen=True)
class Order:
    """One sort key of ORDERBY."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    """A parsed statement; `fields` is empty for `*`; `start` and `most` are as written."""

    entity: str
    fields: tuple[str, ...] = ()
    count: bool = False
    condition: All = All()
    orders: tuple[Order, ...] = ()
    start: int = 1
    most: int = DEFAULT_ROWS


@lru_cache(maxsize=4096)
def parse(statement: str, *, documented_only: bool = False) -> Query:
    """Parse a SELECT statement (one semicolon may end it); raises `Refusal` 4000 where the grammar ends."""
    text = statement.rstrip().removesuffix(";").rstrip()
    try:
        parsed = _parser().parse(text)
    except UnexpectedToken as error:
        raise _unexpected(error.token, _accepted(error.interactive_parser), text) from None
    except UnexpectedCharacters as error:
        position: Any = error.pos_in_stream
        raise Refusal(faults.unreadable_query(complaints.lexical(text, position))) from None
    except VisitError as error:
        if isinstance(error.orig_exc, Refusal):
            raise error.orig_exc from None
        raise
    if documented_only:
        _refuse_undocumented(text)
    assert isinstance(parsed, Query)
    return parsed


def _refuse_undocumented(text: str) -> None:
    """Read a good statement again, token by token; raises `Refusal` 4000 at the first undocumented one."""
    reading = _parser().parse_interactive(text)
    before = ""
    for token in reading.lexer_thread.lex(reading.parser_state):  # type: ignore[no-untyped-call]
        parenthesis = token.type == "_OPEN" and before not in ("IN", "_COUNT")
        if token.type in UNDOCUMENTED or parenthesis:
            raise _unexpected(token, _accepted(reading) - UNDOCUMENTED - ({"_OPEN"} if parenthesis else set()), text)
        reading.feed_token(token)
        before = token.type


def _accepted(parser: Any) -> set[str]:
    """Return the terminals that may come next."""
    accepted: set[str] = parser.accepts()
    return accepted


def _unexpected(token: Token, accepted: Iterable[str], text: str) -> Refusal:
    return Refusal(faults.unreadable_query(complaints.encountered(token, accepted, text)))


@cache
def _parser() -> Lark:
    grammar = resources.files(__package__ or "").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar, parser="lalr", lexer="basic", start="statement", maybe_placeholders=True, transformer=_Reader()
    )


def _joined(parts: tuple[Any, ...], made: type[All | AnyOf]) -> Condition:
    conditions = tuple(part for part in parts if not isinstance(part, Token))
    return conditions[0] if len(conditions) == 1 else made(conditions)


@v_args(inline=True)
class _Reader(Transformer[Token, Any]):
    """Turns the parse tree, as it grows, into a `Query`; each method is named as its rule."""

    # Tokens

    def STRING(self, token: Token) -> str:  # noqa: N802 - named as its terminal
        return ESCAPED.sub(r"\1", token[1:-1])

    def NULL(self, _token: Token) -> str:  # noqa: N802
        return ""

    # Rules

    def statement(self, selection: Any, entity: Token, condition: Condition | None, *clauses: dict[str, Any]) -> Query:
        query = Query(str(entity), **selection)
        if condition is not None:
            query = replace(query, condition=condition if isinstance(condition, All) else All((condition,)))
        for clause in clauses:
            query = replace(query, **clause)
        return query

    def count(self, _star: Token) -> dict[str, Any]:
        return {"count": True}

    def columns(self, *columns: str) -> dict[str, Any]:
        # `*, Sku` is sent by clients and means everything.
        return {"fields": () if "*" in columns else columns}

    def column(self, name: Token) -> str:
        return str(name)

    def any_of(self, *parts: Any) -> Condition:
        return _joined(parts, AnyOf)

    def all_of(self, *parts: Any) -> Condition:
        return _joined(parts, All)

    def negation(self, _not: Token, part: Condition) -> Condition:
        return Not(part)

    def grouped(self, part: Condition) -> Condition:
        return part

    def operator(self, token: Token) -> str:
        return token.upper()

    def comparison(self, field: Token, operator: str, *values: str) -> Condition:
        return Comparison(str(field), operator.upper(), tuple(str(value) for value in values))

    def negatable(self, operator: Token, *values: str) -> tuple[str, tuple[str, ...]]:
        return operator.upper(), tuple(str(value) for value in values)

    def negated(self, field: Token, _not: Token, compared: tuple[str, tuple[str, ...]]) -> Condition:
        return Not(Comparison(str(field), *compared))

    def orders(self, *orders: Order) -> dict[str, Any]:
        return {"orders": orders}

    def order(self, field: Token, direction: Token | None) -> Order:
        return Order(str(field), descending=direction is not None and direction.upper() == "DESC")

    def start(self, number: Token) -> dict[str, Any]:
        return {"start": _whole(number)}

    def most(self, number: Token) -> dict[str, Any]:
        return {"most": _whole(number)}

    def iterator(self, _token: Token) -> dict[str, Any]:
        raise Refusal(faults.invalid_query("iterator is not supported"))


def _whole(token: Token) -> int:
    try:
        return int(token)
    except ValueError:
        raise Refusal(faults.invalid_query(f"value {token} is not a valid number")) from None
