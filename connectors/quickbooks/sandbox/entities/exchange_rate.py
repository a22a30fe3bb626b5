"""ExchangeRate in queries: the rates that were set, and the usual ones of the day asked for.

Reading one and setting one is `api/exchange_rates`: it has no Id but a currency and a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import READ_ONLY, Kind
from connectors.quickbooks.sandbox.query.language import All, Comparison, Condition
from connectors.quickbooks.sandbox.rules import currencies, exchange_rates


def usual(company: Company, condition: Condition, now: datetime) -> Iterator[Json]:
    """Give the rates nobody set: of the days and currencies the condition names, else of today's listed ones."""
    days = _named(condition, "asofdate") or [clock.today(now)]
    codes = _named(condition, "sourcecurrencycode") or exchange_rates.listed(company)
    for day in days:
        for code in codes:
            source = code.upper()
            known = source in currencies.NAMES_AND_WORTH
            if known and company.get("ExchangeRate", exchange_rates.row_id(source, day)) is None:
                yield exchange_rates.on_day(company, source, day, now)


def present(_company: Company, rate: Json, _now: datetime, _include: frozenset[str]) -> Json:
    return exchange_rates.shown(rate)


def _named(condition: Condition, field: str) -> list[str]:
    """Return the values that the condition compares a property with for equality."""
    if isinstance(condition, All):
        return [value for part in condition.parts for value in _named(part, field)]
    if isinstance(condition, Comparison) and condition.field.casefold() == field and condition.operator in ("=", "IN"):
        return list(condition.values)
    return []


KIND = Kind(
    name="ExchangeRate",
    sequence="exchange_rate",
    queryable=("SourceCurrencyCode", "TargetCurrencyCode", "AsOfDate", "Rate", "MetaData.LastUpdatedTime"),
    operations=READ_ONLY,
    sort_field="SourceCurrencyCode",
    present=present,
    besides=usual,
)
