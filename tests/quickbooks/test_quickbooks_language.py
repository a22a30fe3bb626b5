"""The pure parts of the language spoken: statements, bodies, notes."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, strategies

from connectors.quickbooks import query
from connectors.quickbooks.encoding import decode, encode, plain
from connectors.quickbooks.notes import marker_of, note
from connectors.quickbooks.sandbox.query import language as sandbox_query

TEXT = strategies.text(strategies.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)
TRICKY = strategies.lists(strategies.sampled_from(["\\", "'", "%", "_", "a", " ", "ñ"]), max_size=9).map("".join)


@given(value=TEXT | TRICKY)
def test_any_text_survives_quoting(value: str) -> None:
    parts = _parts(query.select("Customer", query.equals("DisplayName", value), query.ANY_STATE))
    assert len(parts) == 2
    _finds(parts[0], value)


@given(values=strategies.lists(TEXT | TRICKY, min_size=1, max_size=5))
def test_each_text_of_a_list_is_asked_for(values: list[str]) -> None:
    asked = [_parts(query.select("Customer", one))[0] for one in query.any_of("DisplayName", values)]
    for value in values:
        assert any(_hits(condition, value) for condition in asked)


def _parts(statement: str) -> list[sandbox_query.Comparison]:
    """Return the comparisons that the sandbox reads in a statement."""
    parts = sandbox_query.parse(statement).condition.parts
    return [part for part in parts if isinstance(part, sandbox_query.Comparison)]


def _hits(condition: sandbox_query.Comparison, value: str) -> bool:
    if condition.operator == "LIKE":
        pattern = ".*".join(re.escape(part) for part in condition.values[0].split("%"))
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    return value in condition.values


def _finds(condition: sandbox_query.Comparison, value: str) -> None:
    assert _hits(condition, value)
    assert condition.operator == ("LIKE" if "\\" in value else "=")


def test_statements_are_built_as_documented() -> None:
    assert query.select("Invoice", "", query.is_in("Id", ["1", "2"]), order_by="Id", start=1, limit=10) == (
        "SELECT * FROM Invoice WHERE Id IN ('1', '2') ORDERBY Id STARTPOSITION 1 MAXRESULTS 10"
    )
    assert query.begins_with("DocNumber", "INV_9%") == "DocNumber LIKE 'INV%'"
    assert query.begins_with("DocNumber", "%") == ""
    assert query.begins_with("DocNumber", "A\\B") == "DocNumber LIKE 'A%'"
    assert len(query.any_of("DocNumber", [str(number) for number in range(250)])) == 3
    assert query.any_of("DocNumber", ["a", "a"]) == ["DocNumber IN ('a')"]
    with pytest.raises(ValueError, match="backslash"):
        query.quote("a\\")


@given(number=strategies.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_a_decimal_is_written_and_read_without_loss(number: Decimal) -> None:
    text = encode({"n": number})
    assert "e" not in text.lower().replace('"n"', "")
    assert decode(text)["n"] == number
    assert plain(number) == number


def test_a_body_is_compact_sorted_ascii_and_never_float() -> None:
    assert encode({"b": [True, None, "ñ"], "a": Decimal("1.50")}) == '{"a":1.50,"b":[true,null,"\\u00f1"]}'
    for wrong in (1.5, {"a": {1}}, object()):
        with pytest.raises(TypeError, match="cannot hold"):
            encode(wrong)
    with pytest.raises(ValueError, match="not a number"):
        encode(Decimal("NaN"))


def test_a_marker_is_found_behind_whatever_people_write() -> None:
    text = note("memo [x]\nsecond line", "cuadre:shop:invoice:17:1", "ch_123")
    assert marker_of(text) == "cuadre:shop:invoice:17:1"
    assert marker_of(f"Voided - {text}\r\nseen by Eva") == "cuadre:shop:invoice:17:1"
    assert marker_of("Voided") == ""
    assert marker_of(note("", "m")) == "m"
