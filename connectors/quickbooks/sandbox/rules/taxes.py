"""The tax of a document: TxnTaxDetail, from its lines, its code or what the client set (qbo-facts 2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import own_accounts, tax_codes, tax_math
from connectors.quickbooks.sandbox.rules.amounts import ZERO, money, number
from connectors.quickbooks.sandbox.rules.references import target
from connectors.quickbooks.sandbox.rules.tax_codes import Rate, Side
from connectors.quickbooks.sandbox.rules.tax_math import Tax, Taxable
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

MODES = ("TaxExcluded", "TaxInclusive", "NotApplicable")
DETAILS = ("SalesItemLineDetail", "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")
NO_TAX: Json = {"TotalTax": 0}


@dataclass(frozen=True)
class Document:
    """What the tax of a document depends on besides its body: its lines, its discount, sale or purchase."""

    lines: Sequence[Json]
    side: Side = "Sales"
    subtotal: Decimal = ZERO
    discount: Decimal = ZERO
    customer: Json | None = None


def complete_mode(company: Company, form: Json) -> None:
    """Fill GlobalTaxCalculation outside the US and drop it there.

    Raises:
        Refusal: 2170 for an unknown word, 6170 for a tax detail beside NotApplicable.
    """
    if not company.charges_by_line:
        form.pop("GlobalTaxCalculation", None)
        return
    mode = form.setdefault("GlobalTaxCalculation", "TaxExcluded")
    if mode not in MODES:
        raise Refusal(faults.invalid_choice("GlobalTaxCalculation", str(mode)))
    sent = form.get("TxnTaxDetail", {})
    if mode == "NotApplicable" and (sent.get("TaxLine") or sent.get("TxnTaxCodeRef") or sent.get("TotalTax")):
        text = "TxnTaxDetail cannot be specified when GlobalTaxCalculation is NotApplicable"
        raise Refusal(faults.Fault("6170", "Invalid Tax Detail in the request", text, "TxnTaxDetail"))


def without_tax(company: Company, form: Json, amount: Decimal, detail: Json, side: Side) -> Decimal:
    """Return a line's amount without tax; in a TaxInclusive form TaxInclusiveAmt, or the amount itself, includes it.

    The price becomes one without tax as well, so that a client can send back what it read (6070).
    """
    inclusive = form.get("GlobalTaxCalculation") == "TaxInclusive" and company.charges_by_line
    stated = detail.pop("TaxInclusiveAmt", None)
    if not inclusive or (stated is None and company.switches.inclusive_amount == "net"):
        return amount
    gross = amount if stated is None else money(stated, "TaxInclusiveAmt")
    rates = tax_codes.rates(company, detail.get("TaxCodeRef", {}).get("value", ""), side, form["TxnDate"])
    taxes = tax_math.inside(gross, rates)
    net = gross - sum((tax.amount for tax in taxes), ZERO)
    if detail.get("Qty") and detail.get("UnitPrice"):
        detail["UnitPrice"] = round(net / Decimal(detail["Qty"]), 10).normalize()
    detail["TaxInclusiveAmt"] = gross
    return net


def complete_detail(write: Write, form: Json, document: Document, before: Json | None) -> Decimal:
    """Set the form's TxnTaxDetail and return the tax.

    Raises:
        Refusal: 2500 for a code or rate that is not there, 6160 for CustomSalesTax.
    """
    company = write.company
    sent = form.get("TxnTaxDetail", {})
    code = _header_code(company, form, document)
    own = dict(sent, TxnTaxCodeRef={"value": code}) if code and "TxnTaxCodeRef" in sent else sent
    if not company.uses_sales_tax or form.get("GlobalTaxCalculation") == "NotApplicable":
        form["TxnTaxDetail"] = dict(NO_TAX)
        return ZERO
    taxes = _computed(company, form, document, code)
    untouched = before is not None and sent == before.get("TxnTaxDetail")
    if not untouched or _nets(taxes) == _line_nets(own):
        taxes = _overridden(company, own, taxes, form["TxnDate"])
    for tax in taxes:
        own_accounts.tax_account(write, tax.rate.id, document.side)
    total = sum((tax.amount for tax in taxes), ZERO)
    shown = taxes if total or company.charges_by_line or "TxnTaxCodeRef" in sent else []
    form["TxnTaxDetail"] = _detail(code if shown and not company.charges_by_line else "", total, shown)
    return total


def _header_code(company: Company, form: Json, document: Document) -> str:
    """Return the code of a US form: the sent one, else a taxable customer's own (the company's under AST)."""
    if company.charges_by_line:
        return ""
    sent = form.get("TxnTaxDetail", {}).get("TxnTaxCodeRef", {}).get("value")
    if sent == "CustomSalesTax":
        raise Refusal(faults.Fault("6160", "Invalid TaxCode", "CustomSalesTax code cannot be used", "TxnTaxCodeRef"))
    if sent is not None:
        return str(target(company, {"value": sent}, "TaxCode")[1]["Id"])
    customer = document.customer or {}
    if not customer.get("Taxable"):
        return ""
    automatic = company.preference("TaxPrefs", "TaxGroupCodeRef") if company.automated_tax else None
    found = str((customer.get("DefaultTaxCodeRef") or automatic or {}).get("value", ""))
    return found if company.get("TaxCode", found) else ""


def _computed(company: Company, form: Json, document: Document, code: str) -> list[Tax]:
    """Compute the taxes; a US form has one code for its TAX lines, elsewhere each line has its own."""
    day = form["TxnDate"]

    def rates_of(one: str) -> tuple[Rate, ...]:
        return tax_codes.rates(company, one, document.side, day)

    lines = list(_taxable(document.lines))
    if not company.charges_by_line:
        # A code without TAX lines shows its rates with nothing taxed.
        lines = [Taxable(ZERO, code), *(Taxable(one.amount, code) for one in lines if one.code == "TAX")]
    elif form.get("GlobalTaxCalculation") == "TaxInclusive" and not document.discount:
        grosses = _grosses(document.lines)
        return tax_math.by_rate(tax for gross, one in grosses for tax in tax_math.inside(gross, rates_of(one)))
    return tax_math.on_sums(lines, rates_of, _factor(company, form, document))


def _factor(company: Company, form: Json, document: Document) -> Decimal:
    """A discount lowers what is taxed where ApplyTaxAfterDiscount says so, and always outside the US."""
    after = company.charges_by_line or form.get("ApplyTaxAfterDiscount")
    if not document.discount or not document.subtotal or not after:
        return Decimal(1)
    return (document.subtotal - document.discount) / document.subtotal


def _overridden(company: Company, sent: Json, taxes: list[Tax], day: str) -> list[Tax]:
    """Return the taxes the client set: by TaxLine, else by TotalTax spread over the computed rates.

    Automated sales tax may compute anew (a switch). Outside the US every rate must be named, else the sum is ignored.
    """
    if company.automated_tax and company.switches.automated_tax_override == "recompute":
        return taxes
    lines = [line for line in sent.get("TaxLine", ()) if line.get("TaxLineDetail", {}).get("TaxRateRef")]
    if lines:
        named = {line["TaxLineDetail"]["TaxRateRef"]["value"] for line in lines}
        if company.charges_by_line and named != {tax.rate.id for tax in taxes}:
            return taxes
        return [_sent_tax(company, line, taxes, day) for line in lines]
    total = money(sent.get("TotalTax", 0), "TotalTax")
    computed = sum((tax.amount for tax in taxes), ZERO)
    if not total or not computed or company.charges_by_line:
        return taxes
    first, *rest = [Tax(tax.rate, tax.net, money(total * tax.amount / computed, "TotalTax")) for tax in taxes]
    return [Tax(first.rate, first.net, total - sum((tax.amount for tax in rest), ZERO)), *rest]


def _sent_tax(company: Company, line: Json, taxes: list[Tax], day: str) -> Tax:
    detail = line["TaxLineDetail"]
    _, row = target(company, detail["TaxRateRef"], "TaxRate")
    found = next((tax for tax in taxes if tax.rate.id == row["Id"]), None)
    rate = found.rate if found else Rate(row["Id"], tax_codes.percent_on(row, day))
    net = found.net if found else money(detail.get("NetAmountTaxable", 0), "NetAmountTaxable")
    return Tax(rate, net, money(line.get("Amount", 0), "TaxLine.Amount"))


def _detail(code: str, total: Decimal, taxes: list[Tax]) -> Json:
    detail: Json = {"TxnTaxCodeRef": {"value": code}} if code else {}
    detail["TotalTax"] = total
    if taxes:
        detail["TaxLine"] = [_tax_line(tax) for tax in taxes]
    return detail


def _tax_line(tax: Tax) -> Json:
    detail = {
        "TaxRateRef": {"value": tax.rate.id},
        "PercentBased": True,
        "TaxPercent": tax.rate.percent,
        "NetAmountTaxable": tax.net,
    }
    return {"Amount": tax.amount, "DetailType": "TaxLineDetail", "TaxLineDetail": detail}


def _coded(lines: Sequence[Json]) -> list[tuple[Json, Json, str]]:
    """Return the lines that count with their details and tax codes; those inside a group stand for the group."""
    found = []
    for line in lines:
        if line.get("DetailType") == "GroupLineDetail":
            found += _coded(line["GroupLineDetail"].get("Line", []))
        elif line.get("DetailType") in DETAILS:
            detail = line.get(line["DetailType"], {})
            found.append((line, detail, detail.get("TaxCodeRef", {}).get("value", "")))
    return found


def _taxable(lines: Sequence[Json]) -> list[Taxable]:
    return [Taxable(Decimal(line.get("Amount", 0)), code) for line, _, code in _coded(lines) if code]


def _grosses(lines: Sequence[Json]) -> list[tuple[Decimal, str]]:
    coded = [one for one in _coded(lines) if one[2]]
    return [(Decimal(detail.get("TaxInclusiveAmt") or line.get("Amount", 0)), code) for line, detail, code in coded]


def _nets(taxes: list[Tax]) -> dict[str, Decimal]:
    return {tax.rate.id: tax.net for tax in taxes}


def _line_nets(detail: Json) -> dict[str, Decimal]:
    lines = [line["TaxLineDetail"] for line in detail.get("TaxLine", ()) if "TaxRateRef" in line["TaxLineDetail"]]
    return {line["TaxRateRef"]["value"]: number(line.get("NetAmountTaxable", 0), "NetAmountTaxable") for line in lines}
