"""A company in another country than the one its seed was recorded in: its currency, its address, no US sales tax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.quickbooks.sandbox.books import country_taxes
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json


@dataclass(frozen=True)
class Country:
    """What differs by country; `long` is the country in an address, ISO alpha-3."""

    currency: str
    currency_name: str
    long: str
    address: Json


COUNTRIES = {
    "US": Country("USD", "United States Dollar", "USA", {}),
    "CA": Country(
        "CAD",
        "Canadian Dollar",
        "CAN",
        {"City": "Toronto", "CountrySubDivisionCode": "ON", "PostalCode": "M5V 3L9"},
    ),
    "MX": Country(
        "MXN",
        "Mexican Peso",
        "MEX",
        {"City": "Ciudad de México", "CountrySubDivisionCode": "CMX", "PostalCode": "06600"},
    ),
    "GB": Country("GBP", "British Pound Sterling", "GBR", {"City": "London", "PostalCode": "SW1A 1AA"}),
}
OWN_ADDRESSES = ("CompanyAddr", "LegalAddr", "CustomerCommunicationAddr")
US_TAXES = ("TaxCode", "TaxRate", "TaxAgency")


def settle(company: Company, code: str) -> None:
    """Move a company without documents to a country; raises `ValueError` for one that nobody knows."""
    if code not in COUNTRIES:
        raise ValueError(f"country is one of {', '.join(COUNTRIES)}, not {code}")
    country = COUNTRIES[code]
    if code == "US":
        return
    rows = [row for kind in company.store.kinds() if kind not in US_TAXES for row in company.store.rows(kind)]
    for row in rows:
        company.put(row.kind, _in_currency(row.data, country))
    for kind in US_TAXES:
        for row in list(company.store.rows(kind)):
            company.store.forget(kind, row.id)
    _inform(company, code, country)
    preferences = company.preferences
    taxes = {"UsingSalesTax": True}  # PartnerTaxEnabled is absent in Canada (qbo-facts 2.6)
    company.put("Preferences", {**preferences, "TaxPrefs": taxes})
    country_taxes.add(company, code)


def _inform(company: Company, code: str, country: Country) -> None:
    information = company.information
    for name in OWN_ADDRESSES:
        kept = {key: value for key, value in information[name].items() if key in ("Id", "Line1")}
        information = {**information, name: {**kept, "Country": country.long, **country.address}}
    company.put("CompanyInfo", {**information, "Country": code})


def _in_currency(value: Any, country: Country) -> Any:
    """Return a stored object with every reference to the US dollar turned into one to the country's currency."""
    if isinstance(value, list):
        return [_in_currency(one, country) for one in value]
    if not isinstance(value, dict):
        return value
    turned = {key: _in_currency(one, country) for key, one in value.items()}
    for name in ("CurrencyRef", "HomeCurrency"):
        reference = turned.get(name)
        if isinstance(reference, dict) and reference.get("value") == "USD":
            named = {"name": country.currency_name} if "name" in reference else {}
            turned[name] = {"value": country.currency, **named}
    return turned
