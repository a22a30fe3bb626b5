"""Arithmetic of taxes: pure functions on amounts, codes and rates; every sum is rounded half up to cents."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from connectors.quickbooks.sandbox.rules.amounts import ZERO, cents
from connectors.quickbooks.sandbox.rules.tax_codes import Rate

RatesOf = Callable[[str], tuple[Rate, ...]]


@dataclass(frozen=True)
class Taxable:
    """A line's amount without tax, and its tax code."""

    amount: Decimal
    code: str


@dataclass(frozen=True)
class Tax:
    """The tax of one rate: on what, how much."""

    rate: Rate
    net: Decimal
    amount: Decimal


def on_sums(lines: Iterable[Taxable], rates_of: RatesOf, factor: Decimal = Decimal(1)) -> list[Tax]:
    """Compute each rate on the sum of its lines, each line times `factor` (a discount), rounding once (qbo-facts 2.8).

    Recorded: 422 at 7.1 % and 2 % is 29.96 and 8.44.
    """
    sums: dict[Rate, tuple[Decimal, Decimal]] = {}
    for line in lines:
        before = ZERO
        for rate in rates_of(line.code):
            net = line.amount * factor
            base = net + (before if rate.on_tax else ZERO)
            before += base * rate.percent / 100
            nets, bases = sums.get(rate, (ZERO, ZERO))
            sums[rate] = (nets + net, bases + base)
    return [Tax(rate, cents(net), cents(base * rate.percent / 100)) for rate, (net, base) in sums.items()]


def inside(gross: Decimal, rates: tuple[Rate, ...]) -> list[Tax]:
    """Take the taxes out of one amount that includes them; net and taxes sum to it to the cent."""
    if not rates:
        return []
    whole = Decimal(100)
    shares = []
    for rate in rates:
        share = (whole if rate.on_tax else Decimal(100)) * rate.percent / 100
        whole += share
        shares.append(share)
    net = cents(gross * 100 / whole)
    amounts = [cents(gross * share / whole) for share in shares]
    largest = max(range(len(shares)), key=lambda place: abs(shares[place]))
    amounts[largest] += gross - net - sum(amounts, ZERO)
    return [Tax(rate, net, amount) for rate, amount in zip(rates, amounts, strict=True)]


def by_rate(taxes: Iterable[Tax]) -> list[Tax]:
    """Sum the taxes of several lines by rate."""
    sums: dict[Rate, Tax] = {}
    for tax in taxes:
        have = sums.get(tax.rate, Tax(tax.rate, ZERO, ZERO))
        sums[tax.rate] = Tax(tax.rate, have.net + tax.net, have.amount + tax.amount)
    return list(sums.values())
