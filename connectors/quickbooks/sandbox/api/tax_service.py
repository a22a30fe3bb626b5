"""/taxservice/taxcode: a code and its rates made in one call; the answer is bare, without `time` (qbo-facts 1.6)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.api import replay
from connectors.quickbooks.sandbox.api.asked import Asked
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.messages import Response
from connectors.quickbooks.sandbox.rules import frame, own_accounts
from connectors.quickbooks.sandbox.rules.amounts import number
from connectors.quickbooks.sandbox.rules.references import target
from connectors.quickbooks.sandbox.schema import reading
from connectors.quickbooks.sandbox.wire import dialect, faults
from connectors.quickbooks.sandbox.wire.faults import Fault, Refusal

# Recorded with this line break in it.
RATE_USED = "Another tax rate is already using this \nname. Please use a different name."
CODE_USED = "Another tax code is already using this \nname. Please use a different name."
APPLICABLE = ("Sales", "Purchase", "Adjustment", "Other")


def answer(asked: Asked) -> tuple[int, Json] | Response:
    """Answer a creation.

    Raises:
        Refusal: 2020 for what is missing, 2170, 2090, 2240, 2500 for an agency or rate, 6240 for a name in use.
    """
    if asked.call.rest != "/taxcode" or asked.request.method != "POST":
        raise asked.unsupported()
    body = asked.body

    def run() -> tuple[int, Json]:
        try:
            return 200, _create(Write(asked.company, asked.now), body)
        except Refusal as refusal:
            return 400, {**refusal.body(), "time": clock.envelope_time(asked.now)}

    request = replay.RequestId(
        asked.request.query.get("requestid", ""), f"taxservice {asked.request.body!r}", asked.now
    )
    status, answered = replay.once(asked.company, request, run)
    return dialect.answer(asked.request, status, answered)


def _create(write: Write, body: Json) -> Json:
    company = write.company
    if not company.writable:
        raise Refusal(faults.subscription_ended())
    draft, found = reading.read("TaxService", body)
    found = found or reading.missing(("TaxCode", "TaxRateDetails"), draft)
    if found:
        raise Refusal(*found)
    name = str(draft["TaxCode"])
    if company.store.find("TaxCode", "Name", name):
        raise Refusal(_used(CODE_USED))
    with company.store.change():
        details = [_rate(write, detail) for detail in draft["TaxRateDetails"]]
        code = _code(write, name, details)
        company.put("TaxCode", code)
    return {"TaxCode": name, "TaxCodeId": code["Id"], "TaxRateDetails": details}


def _rate(write: Write, detail: Json) -> Json:
    """Return one rate as answered: an existing one by TaxRateId, or a new one."""
    side = detail.get("TaxApplicableOn", "Sales")
    if side not in APPLICABLE:
        raise Refusal(faults.invalid_choice("TaxApplicableOn", str(side)))
    if "TaxRateId" in detail:
        _, rate = target(write.company, {"value": str(detail["TaxRateId"])}, "TaxRate")
        return _shown(rate, side)
    for needed in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if needed not in detail:
            raise Refusal(faults.missing(f"TaxRateDetails.{needed}"))
    rate = _new_rate(write, detail)
    write.company.put("TaxRate", rate)
    own_accounts.tax_account(write, rate["Id"], "Purchase" if side == "Purchase" else "Sales")
    return _shown(rate, side)


def _new_rate(write: Write, detail: Json) -> Json:
    company = write.company
    name = str(detail["TaxRateName"])
    if company.store.find("TaxRate", "Name", name):
        raise Refusal(_used(RATE_USED))
    value = number(detail["RateValue"], "RateValue")
    if not 0 <= value <= 100:
        raise Refusal(Fault("2240", "Invalid Number Range", "Min:0 Max:100 supported.", "RateValue"))
    _, agency = target(company, {"value": str(detail["TaxAgencyId"])}, "TaxAgency")
    return {
        "Name": name,
        "Description": name,
        "Active": True,
        "RateValue": value,
        "AgencyRef": {"value": agency["Id"]},
        "SpecialTaxType": "NONE",
        "DisplayType": "ReadOnly",
        **frame.new(company.next_id("tax_rate"), write.now),
    }


def _shown(rate: Json, side: str) -> Json:
    return {
        "TaxRateName": rate["Name"],
        "TaxRateId": rate["Id"],
        "RateValue": Decimal(str(rate["RateValue"])),
        "TaxAgencyId": rate["AgencyRef"]["value"],
        "TaxApplicableOn": side,
    }


def _code(write: Write, name: str, details: list[Json]) -> Json:
    sides = {"SalesTaxRateList": _listed(details, "Sales"), "PurchaseTaxRateList": _listed(details, "Purchase")}
    shown = {"Name": name, "Description": name, "Active": True, "Taxable": True, "TaxGroup": True}
    rates = {field: {"TaxRateDetail": rows} for field, rows in sides.items()}
    return {**shown, **rates, **frame.new(write.company.next_id("tax_code"), write.now)}


def _listed(details: list[Json], side: str) -> list[Json]:
    return [
        {
            "TaxRateRef": {"value": detail["TaxRateId"], "name": detail["TaxRateName"]},
            "TaxTypeApplicable": "TaxOnAmount",
            "TaxOrder": 0,
        }
        for detail in details
        if detail["TaxApplicableOn"] == side
    ]


def _used(text: str) -> Fault:
    return Fault("6240", "Duplicate Name Exists Error", f"The name supplied already exists. : {text}", "")
