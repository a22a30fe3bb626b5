"""What a reader asks the error table for, as it stands in the address of the page: a saved link shows it again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from errors.kinds import KINDS, Category
from errors.language import say
from errors.listing import Sort
from errors.selection import Selection
from errors.tables import State

PAGE = 50
LONGEST = 200  # characters of a search
MOST_PAGES = 100_000
MOST_MONEY = Decimal(10) ** 12
UNITS = {"h": "hours", "d": "days", "w": "weeks"}
FIELDS = ("state", "category", "company", "kind", "customer", "document", "older", "newer", "least", "most", "sort")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`said`: the fields as they were written, without the empty ones. `complaints`: what of it could not be."""

    selection: Selection
    sort: Sort = Sort.LATEST
    page: int = 1
    said: Mapping[str, str] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()

    def link(self, **changes: str) -> str:
        """The query of this page with other fields; the page number is kept only when it is named."""
        fields = {**self.said, **changes}
        return urlencode({name: value for name, value in fields.items() if value})

    @property
    def filtered(self) -> bool:
        return bool(self.said.keys() - {"state", "category", "sort"})


def read(fields: Mapping[str, str], now: datetime) -> Asked:
    """Whatever is written, something is shown: what cannot be read is left out, and said."""
    said = {name: value for name in FIELDS if (value := fields.get(name, "").strip()[:LONGEST])}
    wrong: list[str] = []
    category = _category(said, wrong)
    selection = Selection(
        state=_state(said, wrong),
        category=category,
        no_banners=category is None,
        company=said.get("company", ""),
        kind=_one_of(said, "kind", KINDS.keys(), wrong),
        customer=said.get("customer", ""),
        document=said.get("document", ""),
        older_than=_moment(said, "older", now, wrong),
        newer_than=_moment(said, "newer", now, wrong),
        min_amount=_amount(said, "least", wrong),
        max_amount=_amount(said, "most", wrong),
    )
    sort = _one_of(said, "sort", set(Sort), wrong)
    page = fields.get("page", "")
    return Asked(
        selection=selection,
        sort=Sort(sort) if sort else Sort.LATEST,
        page=min(int(page), MOST_PAGES) if re.fullmatch(r"[1-9]\d{0,8}", page) else 1,
        said=said,
        complaints=tuple(wrong),
    )


# --- how -------------------------------------------------------------------------------------------------------------


def _drop(said: dict[str, str], name: str, wrong: list[str]) -> None:
    wrong.append(say("{value} cannot be understood here; it was left out.", value=said.pop(name)))


def _one_of(said: dict[str, str], name: str, known: object, wrong: list[str]) -> str:
    if name in said and said[name] not in known:  # type: ignore[operator]
        _drop(said, name, wrong)
    return said.get(name, "")


def _state(said: dict[str, str], wrong: list[str]) -> State | None:
    chosen = _one_of(said, "state", {*State, "all"}, wrong) or State.OPEN.value
    return None if chosen == "all" else State(chosen)


def _category(said: dict[str, str], wrong: list[str]) -> Category | None:
    chosen = _one_of(said, "category", set(Category), wrong)
    return Category(chosen) if chosen else None


def _moment(said: dict[str, str], name: str, now: datetime, wrong: list[str]) -> datetime | None:
    text = said.get(name, "")
    if not text:
        return None
    try:
        if ago := re.fullmatch(r"(\d{1,5})([hdw])", text):
            return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        _drop(said, name, wrong)
        return None


def _amount(said: dict[str, str], name: str, wrong: list[str]) -> Decimal | None:
    if name not in said:
        return None
    try:
        amount = Decimal(said[name].replace(",", "."))
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount.is_finite() and round(amount, 6) == amount and abs(amount) < MOST_MONEY:
        return amount
    _drop(said, name, wrong)
    return None
