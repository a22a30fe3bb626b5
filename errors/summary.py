"""What the daily mail tells. The worker knows it; this only gives it a shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from errors.kinds import Category


@dataclass(frozen=True, kw_only=True)
class CompanyDay:
    """One company. `posted`: documents by kind ("invoice") since the day before. `waiting`: not yet posted, but on
    their way. `connected`: whether QuickBooks can be reached. `ends_in`: days until the connection ends.
    """

    company: str
    connected: bool
    stopped: bool
    posted: Mapping[str, int]
    open: Mapping[Category, int]
    waiting: int
    oldest: datetime | None
    ends_in: int | None

    @property
    def problems(self) -> int:
        return sum(self.open.values())


@dataclass(frozen=True, kw_only=True)
class Summary:
    """`day`: in whose morning it is sent, on the reader's calendar."""

    day: date
    companies: Sequence[CompanyDay]

    @property
    def posted(self) -> int:
        return sum(sum(each.posted.values()) for each in self.companies)

    @property
    def problems(self) -> int:
        return sum(each.problems for each in self.companies)
