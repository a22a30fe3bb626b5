"""Ranges: what may be saved, what comes next, what two of them have in common."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, strategies as st

from worker.numbering.overlap import common_number
from worker.numbering.pattern import Pattern, read
from worker.numbering.ranges import Range, RangeKind, inherited, mistakes, number, preview, warnings

DAY = date(2026, 5, 7)
INVOICES = Range(kind=RangeKind.INVOICE, year=2026, format="PS{i;3}", last=3)


def told(range_: Range, *others: Range) -> list[str]:
    return [str(each.says) for each in mistakes(range_, others)]


def pattern(text: str) -> Pattern:
    found = read(text)
    assert isinstance(found, Pattern)
    return found


def test_the_next_three_numbers_are_shown() -> None:
    assert preview(INVOICES, DAY) == ["PS004", "PS005", "PS006"]


def test_a_cancellation_and_a_credit_carry_the_number_of_their_invoice() -> None:
    cancellation = Range(kind=RangeKind.CANCELLATION, year=2026, format="-S{c;0}")
    credit = Range(kind=RangeKind.CREDIT, year=2026, format="-{ci;0}")
    assert number(cancellation, DAY, 3, INVOICES) == "PS003-S1"
    assert number(credit, DAY, 3, INVOICES) == "PS003-1"
    assert told(cancellation, INVOICES) == told(credit, INVOICES) == []


def test_a_new_year_takes_over_the_format_and_counts_from_one() -> None:
    assert inherited(RangeKind.INVOICE, 2027, INVOICES) == Range(kind=RangeKind.INVOICE, year=2027, format="PS{i;3}")
    assert inherited(RangeKind.INVOICE, 2027, None).format == "{yyyy}-{i;4}"


def test_a_format_without_a_year_warns() -> None:
    assert [str(each) for each in warnings(INVOICES)] == [
        "without {yyyy} or {yy} the numbers repeat after the turn of the year"
    ]
    assert warnings(Range(kind=RangeKind.INVOICE, year=2026, format="{yy}-{i}")) == ()


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (RangeKind.INVOICE, "A{c;2}", "a format of kind invoice needs {i}"),
        (RangeKind.INVOICE, "A{i}-{c}", "{c} cannot stand in a format of kind invoice"),
        (RangeKind.CREDIT, "-S{c}", "a format of kind credit needs {ci}"),
    ],
)
def test_each_kind_has_its_own_counter(kind: RangeKind, text: str, says: str) -> None:
    invoice = Range(kind=RangeKind.INVOICE, year=2026, format="PS{i;3}")
    assert says in told(Range(kind=kind, year=2026, format=text), invoice)


def test_a_cancellation_needs_the_range_of_its_invoices_first() -> None:
    assert told(Range(kind=RangeKind.CANCELLATION, year=2026, format="-S{c}")) == [
        "there is no range for the invoices of 2026 yet"
    ]


def test_two_ranges_that_could_make_the_same_number_are_refused_with_an_example() -> None:
    invoice = Range(kind=RangeKind.INVOICE, year=2026, format="{i;1}-{yy}")
    credit = Range(kind=RangeKind.CREDIT, year=2025, format="-{ci}")
    earlier = Range(kind=RangeKind.INVOICE, year=2025, format="{i}")
    assert told(credit, earlier, invoice) == ["0-26 could be of kind invoice in 2026, too"]
    assert told(invoice, earlier, credit) == ["0-26 could be of kind credit in 2025, too"]


def test_estimates_count_for_themselves() -> None:
    estimate = Range(kind=RangeKind.ESTIMATE, year=2026, format="PS{i;3}")
    assert told(estimate, INVOICES) == []


def test_a_number_that_would_be_too_long_is_refused_before_it_is_drawn() -> None:
    high = Range(kind=RangeKind.INVOICE, year=2026, format="INVOICE-{yyyy}-{i;1}", last=10**8)
    assert told(high) == ["INVOICE-2026-100000001 has more than 21 characters"]


FORMATS = [
    "PS{i;3}",
    "P{i}",
    "{i;2}-{c}",
    "{i}-{ci;2}",
    "{yy}{i;4}",
    "{yyyy}-{i}",
    "{i}-26",
    "A{mm}-{i}",
    "A{dd}-{i;0}",
]


@given(st.sampled_from(FORMATS), st.sampled_from(FORMATS), st.integers(2020, 2030), st.integers(2020, 2030))
def test_an_example_of_a_collision_is_a_number_of_both(one: str, two: str, first: int, second: int) -> None:
    same = common_number(pattern(one), first, pattern(two), second)
    if same is not None:
        assert pattern(one).counted(same) is not None
        assert pattern(two).counted(same) is not None


@given(
    st.sampled_from(FORMATS), st.sampled_from(FORMATS), st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.integers(1, 99999), st.integers(1, 99),
)  # fmt: skip
def test_what_two_formats_both_made_is_never_called_impossible(
    one: str, two: str, day: date, counter: int, part: int
) -> None:
    made = pattern(one).number(day, {"i": counter, "c": part, "ci": part})
    again = pattern(two).counted(made)
    if again is not None and pattern(two).number(day, {**again}) == made:
        assert common_number(pattern(one), 2026, pattern(two), 2026) is not None
