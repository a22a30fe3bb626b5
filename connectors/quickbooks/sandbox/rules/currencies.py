"""Currencies: their names as QuickBooks shows them, and what each is worth where nobody set a rate.

The rates are plausible ones of no particular day, in US dollars for one unit.
"""

from __future__ import annotations

from decimal import Decimal

NAMES_AND_WORTH = {
    "USD": ("United States Dollar", "1"),
    "AED": ("United Arab Emirates Dirham", "0.272294"),
    "ARS": ("Argentine Peso", "0.000712"),
    "AUD": ("Australian Dollar", "0.6612"),
    "BRL": ("Brazilian Real", "0.1843"),
    "CAD": ("Canadian Dollar", "0.714095"),
    "CHF": ("Swiss Franc", "1.2485"),
    "CLP": ("Chilean Peso", "0.001078"),
    "CNY": ("Chinese Yuan", "0.1401"),
    "COP": ("Colombian Peso", "0.000251"),
    "CZK": ("Czech Koruna", "0.0481"),
    "DKK": ("Danish Krone", "0.1563"),
    "EUR": ("Euro", "1.1674"),
    "GBP": ("British Pound Sterling", "1.3391"),
    "HKD": ("Hong Kong Dollar", "0.12838"),
    "HUF": ("Hungarian Forint", "0.00302"),
    "ILS": ("Israeli New Shekel", "0.3052"),
    "INR": ("Indian Rupee", "0.011257"),
    "JPY": ("Japanese Yen", "0.006481"),
    "KRW": ("South Korean Won", "0.000698"),
    "MXN": ("Mexican Peso", "0.054312"),
    "MYR": ("Malaysian Ringgit", "0.2381"),
    "NOK": ("Norwegian Krone", "0.0991"),
    "NZD": ("New Zealand Dollar", "0.5743"),
    "PEN": ("Peruvian Nuevo Sol", "0.2951"),
    "PHP": ("Philippine Peso", "0.01703"),
    "PLN": ("Polish Zloty", "0.2746"),
    "SAR": ("Saudi Riyal", "0.26666"),
    "SEK": ("Swedish Krona", "0.1062"),
    "SGD": ("Singapore Dollar", "0.7714"),
    "THB": ("Thai Baht", "0.03087"),
    "TRY": ("Turkish Lira", "0.02369"),
    "TWD": ("Taiwan New Dollar", "0.03196"),
    "ZAR": ("South African Rand", "0.0583"),
}
SIX_PLACES = Decimal("0.000001")


def name_of(code: str) -> str:
    return NAMES_AND_WORTH.get(code, (code, ""))[0]


def usual_rate(source: str, home: str) -> Decimal:
    """Return how many units of `home` one unit of `source` is worth, to six places; both codes must be known."""
    rate = Decimal(NAMES_AND_WORTH[source][1]) / Decimal(NAMES_AND_WORTH[home][1])
    return rate.quantize(SIX_PLACES).normalize() if rate >= SIX_PLACES else rate
