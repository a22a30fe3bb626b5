from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from worker.rules.duplicates import NUMBER_LENGTH, sequence_of, suggestion


@pytest.mark.parametrize(
    ("number", "recent", "suggested"),
    [
        ("INV-0099", ["INV-0099"], "INV-0100"),
        ("2026/0009", ["2026/0009"], "2026/0010"),
        ("A-9-B", ["A-9-B"], "A-10-B"),
        ("999", ["999"], "1000"),
        ("00099", ["00099"], "00100"),
        ("1007", ["1042", "1041", "9000"], "1043"),  # the most recent of the sequence, not the greatest
        ("101", ["101", "1501"], "102"),  # QBO: 1501 edited to 101 makes the next one 102
        ("S-7", ["INV-0100", "S-7"], "S-8"),  # another sequence does not count
        ("abc", [], "abc-1"),
        ("abc", ["abc-1"], "abc-2"),
        ("٣", ["٣"], "٣-1"),  # only ASCII digits count: QBO and people read the others as letters
    ],
)
def test_last_plus_one_keeps_prefix_width_and_suffix(number: str, recent: list[str], suggested: str) -> None:
    assert suggestion(number, recent, {number, *recent}) == suggested


def test_a_suggestion_skips_what_either_side_uses() -> None:
    assert suggestion("7", ["7"], {"7", "8", "9"}) == "10"


def test_no_number_is_suggested_that_quickbooks_would_refuse_as_too_long() -> None:
    longest = "9" * NUMBER_LENGTH
    assert suggestion(longest, [longest], {longest}) == ""


NUMBERS = st.from_regex(r"\A[A-Z]{0,3}[-/]?[0-9]{1,6}[-/]?[A-Z]{0,2}\Z")


@given(number=NUMBERS, recent=st.lists(NUMBERS, max_size=20), taken=st.sets(NUMBERS, max_size=40))
def test_a_suggestion_is_always_free_valid_and_of_the_same_shape(
    number: str, recent: list[str], taken: set[str]
) -> None:
    found = suggestion(number, recent, {number, *recent, *taken})
    sequence = sequence_of(number)
    assert sequence is not None
    assert found not in {number, *recent, *taken}
    assert 0 < len(found) <= NUMBER_LENGTH
    assert sequence[0].value(found) is not None
