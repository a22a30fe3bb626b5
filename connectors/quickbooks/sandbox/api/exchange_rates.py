"""/exchangerate: one rate read by currency and day, and set by a post (qbo-facts 1.1, 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules import exchange_rates
from connectors.quickbooks.sandbox.rules.amounts import number
from connectors.quickbooks.sandbox.schema import reading
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal


def answer(asked: Asked) -> tuple[int, Json]:
    """Answer a read or an update.

    Raises:
        Refusal: 2020 without a currency, 2220 for an unknown one, 2060 for a date, 2090 for a rate; 500 for a path.
    """
    if asked.call.rest:
        raise asked.unsupported()
    rate = _read(asked) if asked.request.method == "GET" else _set(asked)
    return 200, {"ExchangeRate": exchange_rates.shown(rate)}


def _read(asked: Asked) -> Json:
    source = asked.request.query.get("sourcecurrencycode", "")
    if not source:
        raise Refusal(faults.missing("sourcecurrencycode"))
    day = reading.day(asked.request.query.get("asofdate") or clock.today(asked.now), "asofdate")
    return exchange_rates.on_day(asked.company, source.upper(), day, asked.now)


def _set(asked: Asked) -> Json:
    company = asked.company
    draft, found = reading.read("ExchangeRate", asked.body)
    found = found or reading.missing(("SourceCurrencyCode", "Rate"), draft)
    if found:
        raise Refusal(*found)
    if not company.writable:
        raise Refusal(faults.subscription_ended())
    day = reading.day(draft.get("AsOfDate") or clock.today(asked.now), "AsOfDate")
    value = number(draft["Rate"], "Rate")
    if value <= 0:
        raise Refusal(faults.invalid_number("Rate", str(value)))
    source = exchange_rates.on_day(company, str(draft["SourceCurrencyCode"]).upper(), day, asked.now)
    rate = exchange_rates.made(company, source["SourceCurrencyCode"], day, asked.now, value)
    company.put("ExchangeRate", rate)
    return rate
