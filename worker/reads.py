"""How many metered reads of QuickBooks this month has seen, against the budget. Reading only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from connectors.quickbooks import meter
from connectors.quickbooks.meter import Reads
from errors.language import say
from worker.config import Config


@dataclass(frozen=True, kw_only=True)
class Use:
    """The budget is the app's: all its companies read from it."""

    by_company: Mapping[str, Reads]
    total: Reads
    budget: int

    @property
    def is_low(self) -> bool:
        return self.total.made >= meter.WARN * self.budget

    @property
    def is_used_up(self) -> bool:
        return self.total.made >= self.budget


def use(connection: Connection, config: Config, now: datetime) -> Use:
    """This month's; companies that are no longer configured count in the total."""
    made = meter.reads(connection, now)
    return Use(
        by_company={name: meter.projected(made.get(name, 0), now) for name in config.companies},
        total=meter.projected(sum(made.values()), now),
        budget=config.quickbooks.reads_per_month,
    )


def sentences(used: Use) -> list[str]:
    """What a person should know of it."""
    total, budget = used.total, used.budget
    told = say(
        "Reads of QuickBooks this month: {made} of {budget}; {projected} by its end if it goes on like this",
        made=total.made,
        budget=budget,
        projected=total.projected,
    )
    share = round(100 * total.made / budget)
    if used.is_used_up:
        used_up = say(
            "The budget of reads is used up ({share} percent): Intuit may refuse reads until the month ends. Another "
            "tier at Intuit allows more; then raise quickbooks.reads_per_month.",
            share=share,
        )
        return [told, used_up]
    if used.is_low:
        return [told, say("{share} percent of the budget of reads is used up.", share=share)]
    return [told]
