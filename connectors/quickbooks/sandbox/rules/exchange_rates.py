"""What a currency is worth on a day: the rate somebody set, else the usual one (recorded: exchangerate_rows_2019)."""

from __future__ import annotations

from datetime import datetime

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules import currencies, currency


def row_id(source: str, day: str) -> str:
    return f"{source} {day}"


def on_day(company: Company, source: str, day: str, now: datetime) -> Json:
    """Return an ExchangeRate to home currency; raises `Refusal` 2220 for a code that is no currency."""
    currency.check_code(source)
    stored = company.get("ExchangeRate", row_id(source, day))
    return stored or made(company, source, day, now, currencies.usual_rate(source, company.home_currency))


def made(company: Company, source: str, day: str, now: datetime, rate: object) -> Json:
    """Return an ExchangeRate; its Id, made of code and day, is the sandbox's own and never shown."""
    return {
        "SourceCurrencyCode": source,
        "TargetCurrencyCode": company.home_currency,
        "Rate": rate,
        "AsOfDate": day,
        "MetaData": {"LastUpdatedTime": clock.stamp(now)},
        "Id": row_id(source, day),
    }


def listed(company: Company) -> list[str]:
    """Return home currency and those the company uses."""
    used = [str(row.data["Code"]) for row in company.store.rows("CompanyCurrency") if row.data["Active"]]
    return [company.home_currency, *used]


def shown(rate: Json) -> Json:
    return {name: value for name, value in rate.items() if name != "Id"}
