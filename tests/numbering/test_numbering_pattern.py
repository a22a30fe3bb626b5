"""The format language of number ranges."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, strategies as st

from worker.numbering.pattern import COUNTERS, Pattern, read

DAY = date(2026, 5, 7)


def pattern(text: str) -> Pattern:
    found = read(text)
    assert isinstance(found, Pattern), found
    return found


def mistakes(text: str) -> list[tuple[int, str]]:
    found = read(text)
    assert not isinstance(found, Pattern), found
    return [(each.column, str(each.says)) for each in found]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("PS{i;3}", "PS004"),
        ("PS{i,3}", "PS004"),
        ("PS{i}", "PS4"),
        ("{yyyy}/{i;4}", "2026/0004"),
        ("{aaaa}-{i;1}", "2026-4"),
        ("{yy}{mm}{dd}-{i;2}", "260507-04"),
        ("Q{qq}.{i;0}", "Q02.4"),
        ("PS{i;3}-S{c;0}", "PS004-S2"),
        ("PS{i;3}-{ci;0}", "PS004-1"),
    ],
)
def test_a_format_makes_the_number(text: str, number: str) -> None:
    assert pattern(text).number(DAY, {"i": 4, "c": 2, "ci": 1}) == number


def test_a_longer_counter_stays_as_long_as_it_is() -> None:
    assert pattern("PS{i;3}").number(DAY, {"i": 12345}) == "PS12345"


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("A-{yyy}{i;3}", 4, "unknown variable {yyy}: did you mean {yyyy} or {yy}?"),
        ("{i;3", 1, "this brace is never closed"),
        ("PS}{i}", 3, '"}" is not expected here'),
        ("PS", 3, "a format needs a counter, such as {i;3}"),
        ("P S{i}", 2, '" " cannot stand in a number: only letters a-z, digits and signs, no spaces'),
        ("PÜ{i}", 2, '"Ü" cannot stand in a number: only letters a-z, digits and signs, no spaces'),
        ("{i;x}", 4, "the width is a whole number from 0 to 15"),
        ("{i;99999999999}", 4, "the width is a whole number from 0 to 15"),
        ("{yyyy;4}{i}", 2, "{yyyy} has no width"),
        ("{i}-{i}", 1, "each counter may stand once only"),
        ("{i}{yyyy}", 1, "text must stand behind {i}: its end could not be told"),
        ("A-LONG-PREFIX-FOR-ALL-{i}", 1, "A-LONG-PREFIX-FOR-ALL-1 has more than 21 characters"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, column: int, says: str) -> None:
    assert (column, says) in mistakes(text)


def test_all_mistakes_are_told_at_once() -> None:
    assert [column for column, _ in mistakes("{foo} {bar}{i}")] == [2, 6, 8]


@given(st.text(max_size=200))
def test_no_text_whatsoever_does_more_than_be_read_or_refused(text: str) -> None:
    found = read(text)
    if isinstance(found, Pattern):
        assert found.number(DAY, dict.fromkeys(COUNTERS, 1)).isascii()
    else:
        assert found
        assert all(each.column >= 1 and str(each.says) for each in found)


@given(
    st.sampled_from(["PS{i;3}", "{yyyy}/{i;4}", "{yy}-{i;0}x", "A{i;2}-S{c;0}", "{i;3}-{ci;2}"]),
    st.fixed_dictionaries({name: st.integers(1, 10**9) for name in COUNTERS}),
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
)
def test_what_a_format_makes_it_reads_again(text: str, counters: dict[str, int], day: date) -> None:
    made = pattern(text)
    counted = made.counted(made.number(day, counters))
    assert counted == {name: value for name, value in counters.items() if name in made.counters}


def test_a_number_of_another_format_has_no_counter() -> None:
    assert pattern("PS{i;3}").counted("INV-004") is None
    assert pattern("PS{i;3}").counted("PS04") is None
