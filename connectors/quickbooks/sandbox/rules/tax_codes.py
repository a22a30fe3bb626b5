"""What a tax code stands for: its rates on a day, each with the agency that is owed the tax (qbo-facts 2.2, 2.8)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules.references import target
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

Side = Literal["Sales", "Purchase"]
US_LINE_CODES = ("TAX", "NON")
MISSING = "Make sure all your transactions have a GST/HST rate before you save."


@dataclass(frozen=True)
class Rate:
    """A tax rate on a day, in percent; `on_tax` rates are computed on the amount and the taxes before them."""

    id: str
    percent: Decimal
    on_tax: bool = False


def rates(company: Company, code: str, side: Side, day: str) -> tuple[Rate, ...]:
    """Return the rates of a code in their order; none for an exempt code."""
    listed = (company.get("TaxCode", code) or {}).get(f"{side}TaxRateList", {}).get("TaxRateDetail", [])
    ordered = sorted(listed, key=lambda one: int(one.get("TaxOrder", 0)))
    return tuple(_rate(company, one, day) for one in ordered)


def percent_on(rate: Json, day: str) -> Decimal:
    """Return what a TaxRate was on a day; its RateValue where no period is given."""
    for period in rate.get("EffectiveTaxRate", ()):
        if period["EffectiveDate"][:10] <= day <= period.get("EndDate", "9999")[:10]:
            return Decimal(str(period["RateValue"]))
    return Decimal(str(rate.get("RateValue", 0)))


def line_code(company: Company, detail: Json, *, applicable: bool = True) -> Json | None:
    """Return a line's TaxCodeRef as answered, None for a line without one.

    Raises:
        Refusal: in the US 6100 for anything but TAX and NON; elsewhere 6000 without a code, 6100 for TAX and NON,
            2500 for a code that is not there.
    """
    code = detail.get("TaxCodeRef", {}).get("value")
    if not company.charges_by_line:
        if code not in (None, *US_LINE_CODES):
            raise Refusal(faults.wrong_tax_code(str(code)))
        return {"value": code or "NON"}
    if code is None:
        if applicable and company.uses_sales_tax:
            raise Refusal(faults.business(MISSING))
        return None
    if not str(code).isdecimal():
        raise Refusal(_wrong(code))
    return {"value": target(company, {"value": code}, "TaxCode")[1]["Id"]}


def _wrong(code: object) -> faults.Fault:
    return faults.Fault("6100", "Invalid Line TaxCode in the request", f"Invalid Line TaxCode : {code}")


def _rate(company: Company, detail: Json, day: str) -> Rate:
    id_ = detail["TaxRateRef"]["value"]
    percent = percent_on(company.get("TaxRate", id_) or {}, day)
    return Rate(id_, percent, detail.get("TaxTypeApplicable") == "TaxOnAmountPlusTax")
