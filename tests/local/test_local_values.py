"""What a cell may hold: amounts, dates, flags, keys and texts, as SQLite, PostgreSQL and MariaDB hand them over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from connectors.local import values
from connectors.local.values import Wrong


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (Decimal("10.50"), "10.50"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (3, "3"),
        (" 12.5 ", "12.5"),
        ("-3", "-3"),
    ],
)
def test_an_amount_is_exact_whatever_its_form(cell: Any, amount: str) -> None:
    assert values.amount(cell) == Decimal(amount)


@pytest.mark.parametrize(
    "cell", [None, "", "ten", "1,234.50", "1e3", "$5", True, float("nan"), float("inf"), Decimal("NaN"), b"1", 1e11]
)
def test_what_is_no_amount_is_said_to_be_none(cell: Any) -> None:
    assert isinstance(values.amount(cell), Wrong)


@given(st.integers(-(10**13) + 1, 10**13 - 1))
def test_cents_survive_the_double_that_sqlite_keeps(cents: int) -> None:
    exact = Decimal(cents) / 100
    assert values.money(float(exact)) == exact


def test_money_has_whole_cents() -> None:
    assert str(values.money(Decimal("12.500"))) == "12.50"
    assert isinstance(values.money("12.505"), Wrong)


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 1, 31),
        datetime(2026, 1, 31, 23, 59, tzinfo=UTC),
        "2026-01-31",
        "2026-01-31 00:00:00",
        "2026-01-31T10:00:00.123456+02:00",
        " 2026-01-31 ",
    ],
)
def test_a_date_may_come_as_date_time_or_text(cell: Any) -> None:
    assert values.day(cell) == date(2026, 1, 31)


@pytest.mark.parametrize("cell", [None, "", "31.01.2026", "2026-02-30", "2026-1-31", 20260131, 1.5, "2026-01-31x"])
def test_what_is_no_date_is_said_to_be_none(cell: Any) -> None:
    assert isinstance(values.day(cell), Wrong)


@pytest.mark.parametrize(
    "cell",
    [
        True,
        1,
        Decimal(1),
        "1",
        "t",
        "TRUE",
        "yes",
        "Cancelled",
        "void",
        b"\x01",
        date(2026, 1, 1),
        "2026-01-01 10:00:00",
    ],
)
def test_a_flag_is_raised(cell: Any) -> None:
    assert values.flag(cell) is True


@pytest.mark.parametrize("cell", [None, False, 0, "", " ", "0", "f", "no", b"\x00"])
def test_a_flag_is_lowered(cell: Any) -> None:
    assert values.flag(cell) is False


@pytest.mark.parametrize("cell", ["maybe", 2, -1, "issued", b"no"])
def test_a_flag_is_not_guessed(cell: Any) -> None:
    assert isinstance(values.flag(cell), Wrong)


@pytest.mark.parametrize("cell", [17, "17", 17.0, Decimal("17.00")])
def test_one_key_has_one_spelling(cell: Any) -> None:
    assert values.key(cell) == "17"


def test_a_uuid_is_a_key_and_half_a_number_is_none() -> None:
    assert values.key(UUID(int=5)) == "00000000-0000-0000-0000-000000000005"
    assert values.key(None) is None
    assert values.key("  ") is None
    for cell in (1.5, True, b"17", float("inf"), Decimal("NaN")):
        assert isinstance(values.key(cell), Wrong)


def test_text_loses_its_blank_ends_and_numbers_become_text() -> None:
    assert [values.text(cell) for cell in (None, " a b\n", 17, 17.0, 1.5)] == ["", "a b", "17", "17", "1.5"]
    assert isinstance(values.text(b"raw"), Wrong)


@given(st.text(st.characters(exclude_categories=())) | st.binary() | st.floats() | st.none())
def test_whatever_a_cell_holds_can_be_shown_stored_and_printed(cell: Any) -> None:
    shown = str(values.shown(cell))
    shown.encode("utf-8")
    assert shown.isprintable()
    assert len(shown) <= 6 * 60 + 1 + 60
