"""Lines of a sales form: items, text and a discount; QBO adds the subtotal line itself (qbo-facts 2.1, 12.5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import every_line, group_lines, tax_codes, taxes
from connectors.quickbooks.sandbox.rules.amounts import ZERO, cents, check_product, money, number
from connectors.quickbooks.sandbox.rules.references import named, target
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

SPECIAL_ITEMS = {"SHIPPING_ITEM_ID", "GRATUITY_ITEM_ID"}
INLINE_SUBTOTAL = "Subtotal:"
LINE_ORDER = ("Id", "LineNum", "Description", "Amount", "LinkedTxn", "DetailType")


@dataclass(frozen=True)
class SalesLines:
    """The completed lines, their sum, and the discount on it."""

    lines: list[Json]
    subtotal: Decimal
    discount: Decimal

    @property
    def total(self) -> Decimal:
        """The sum after discount, without tax."""
        return self.subtotal - self.discount


def complete_lines(write: Write, draft: Json, before: Json | None) -> SalesLines:
    """Number, check and sum the lines of a sales form.

    Raises:
        Refusal: 2020 without lines, Amount or DetailType; 2500 for an item; 6070; 6100 for a tax code.
    """
    numbered = with_ids([line for line in draft["Line"] if line.get("DetailType") != "SubTotalLineDetail"], before)
    if not numbered:
        raise Refusal(faults.missing("Line"))
    plain = [line for line in numbered if line.get("DetailType") != "DiscountLineDetail"]
    body = every_line.completed(lambda line: _line(write, draft, line), plain)
    group_lines.number_inner(body, before)
    _subtotal_inline(body)
    subtotal = sum((group_lines.amount(line) for line in body), ZERO)
    discounts = [_discount(write, line, subtotal) for line in numbered if line["DetailType"] == "DiscountLineDetail"]
    for position, line in enumerate([*body, *discounts], start=1):
        line["LineNum"] = position
    summed = {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    discount = sum((line["Amount"] for line in discounts), ZERO)
    if subtotal < discount:
        raise Refusal(faults.negative_total())
    return SalesLines([_in_order(line) for line in [*body, summed, *discounts]], subtotal, discount)


def with_ids(lines: list[Json], before: Json | None, *, first: int = 1) -> list[Json]:
    """Keep the Id of a line that exists, give a new and higher one to any other (recorded "5" then "6")."""
    known = {line["Id"] for line in (before or {}).get("Line", []) if "Id" in line}
    last = max((int(one) for one in known), default=first - 1)
    numbered = []
    for line in lines:
        if str(line.get("Id")) not in known:
            last += 1
            numbered.append({**line, "Id": str(last)})
        else:
            numbered.append({**line, "Id": str(line["Id"])})
    return numbered


def _line(write: Write, form: Json, line: Json) -> Json:
    kind = line.get("DetailType")
    if kind is None:
        raise Refusal(faults.missing("Line.DetailType"))
    if kind == "SalesItemLineDetail":
        return _item_line(write, form, line)
    if kind == "DescriptionOnly":
        return _text_line(line)
    if kind == group_lines.KIND:
        return group_lines.completed(write.company, line, lambda inner: _in_order(_line(write, form, inner)))
    raise Refusal(faults.invalid_choice("Line.DetailType", str(kind)))


def _text_line(line: Json) -> Json:
    """Return a line of text, whose Amount QuickBooks ignores (qbo-facts 2.1)."""
    kept: Json = {name: line[name] for name in ("Id", "Description") if name in line}
    return {**kept, "DetailType": "DescriptionOnly", "DescriptionLineDetail": line.get("DescriptionLineDetail", {})}


def _subtotal_inline(body: list[Json]) -> None:
    """Give each text that begins with "Subtotal:" the sum of the lines since the last such text (documented)."""
    running = ZERO
    for line in body:
        if line["DetailType"] == "DescriptionOnly" and line.get("Description", "").startswith(INLINE_SUBTOTAL):
            line["Amount"] = running
            running = ZERO
        running += group_lines.amount(line)


def _item_line(write: Write, form: Json, line: Json) -> Json:
    if "Amount" not in line:
        raise Refusal(faults.missing("Line.Amount"))
    amount = money(line["Amount"], "Line.Amount")
    detail = dict(line.get("SalesItemLineDetail", {}))
    check_product(amount, detail)
    _read_numbers(detail)
    reference = detail.get("ItemRef") or {"value": write.company.other_preference("SalesFormsPrefs.DefaultItem")}
    code = tax_codes.line_code(write.company, detail, applicable=form.get("GlobalTaxCalculation") != "NotApplicable")
    amount = taxes.without_tax(write.company, form, amount, detail, "Sales")
    rest = {key: value for key, value in detail.items() if key not in ("ItemRef", "ItemAccountRef", "TaxCodeRef")}
    completed = {**_item(write, reference), **rest, **({"TaxCodeRef": code} if code else {})}
    order = ("ItemRef", "UnitPrice", "Qty", "ItemAccountRef", "TaxCodeRef")
    detail = {name: completed[name] for name in (*order, *completed) if name in completed}
    return {**line, "Amount": amount, "SalesItemLineDetail": detail, "CustomExtensions": []}


def _read_numbers(detail: Json) -> None:
    """Read Qty and UnitPrice; both zero is how python-quickbooks says "not set", and QBO answers neither."""
    for name in ("UnitPrice", "Qty"):
        if name in detail:
            detail[name] = number(detail[name], name)
    if not detail.get("UnitPrice") and not detail.get("Qty"):
        detail.pop("UnitPrice", None)
        detail.pop("Qty", None)


def _item(write: Write, reference: Json) -> Json:
    if reference["value"] in SPECIAL_ITEMS:
        return {"ItemRef": {"value": reference["value"]}}
    _, item = target(write.company, reference, "Item", place="Line.SalesItemLineDetail.ItemRef")
    if item["Type"] == "Category":
        raise Refusal(faults.invalid_reference("Categories cannot be used in transactions."))
    answer = {"ItemRef": {"value": item["Id"], "name": item["FullyQualifiedName"]}}
    if "IncomeAccountRef" in item:
        answer["ItemAccountRef"] = dict(item["IncomeAccountRef"])
    return answer


def _discount(write: Write, line: Json, subtotal: Decimal) -> Json:
    detail = dict(line.get("DiscountLineDetail", {}))
    if detail.get("PercentBased"):
        detail["DiscountPercent"] = number(detail.get("DiscountPercent", 0), "DiscountPercent")
        amount = cents(subtotal * detail["DiscountPercent"] / 100)
    else:
        amount = money(line.get("Amount", 0), "Line.Amount")
        detail["PercentBased"] = False
        detail.pop("DiscountPercent", None)
    account = write.company.preference("SalesFormsPrefs", "DefaultDiscountAccount")
    reference = detail.get("DiscountAccountRef") or {"value": account}
    detail["DiscountAccountRef"] = named(write.company, reference, "Account")
    return {**line, "Amount": amount, "DiscountLineDetail": detail}


def _in_order(line: Json) -> Json:
    return {name: line[name] for name in (*LINE_ORDER, *line) if name in line}
