"""Lines of purchase forms: an expense account or an item each, as recorded in bills, expenses and orders of 2026."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import every_line, purchase_taxes
from connectors.quickbooks.sandbox.rules.amounts import ZERO, check_product, money, number
from connectors.quickbooks.sandbox.rules.purchase_postings import ACCOUNT, ITEM
from connectors.quickbooks.sandbox.rules.references import name_all, named, target
from connectors.quickbooks.sandbox.rules.sales_lines import with_ids
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

BILLABLE, NOT_BILLABLE, BILLED = "Billable", "NotBillable", "HasBeenBilled"
LINE_ORDER = ("Id", "LineNum", "Description", "Amount", "Received", "LinkedTxn", "DetailType", ACCOUNT, ITEM)
DETAIL_ORDER = {
    ACCOUNT: ("CustomerRef", "ClassRef", "AccountRef", "BillableStatus", "TaxAmount", "TaxCodeRef"),
    ITEM: ("CustomerRef", "BillableStatus", "ItemRef", "ClassRef", "UnitPrice", "Qty", "TaxCodeRef"),
}
KEPT_ON_LINE = ("Id", "Description", "LinkedTxn", "ProjectRef")
WHOM = {"Accounts Receivable": "customer", "Accounts Payable": "vendor"}


def complete_lines(write: Write, form: Json, before: Json | None, *, numbered: bool = True) -> list[Json]:
    """Check and fill the lines of a purchase form; expenses show neither LineNum nor an empty LinkedTxn (recorded).

    Raises:
        Refusal: 2020 without DetailType, Amount, account or item; 2170, 2500, 6000 or 6070.
    """
    known = {line["Id"]: line for line in (before or {}).get("Line", []) if "Id" in line}
    sent = with_ids(form["Line"], before)
    filled = every_line.completed(lambda line: _line(write, form, line, known.get(line["Id"], {})), sent)
    lines = []
    for position, completed in enumerate(filled, start=1):
        if numbered:
            completed |= {"LineNum": position, "LinkedTxn": completed.get("LinkedTxn", [])}
        lines.append({name: completed[name] for name in (*LINE_ORDER, *completed) if name in completed})
    return lines


def total(lines: list[Json]) -> Decimal:
    """Return the sum of the lines; raises `Refusal` 6000 when it is negative."""
    summed = sum((Decimal(line["Amount"]) for line in lines), ZERO)
    if summed < 0:
        raise Refusal(faults.negative_total())
    return summed


def _line(write: Write, form: Json, line: Json, known: Json) -> Json:
    kind = line.get("DetailType")
    if kind is None:
        raise Refusal(faults.missing("Line.DetailType"))
    if kind not in DETAIL_ORDER:
        raise Refusal(faults.invalid_choice("DetailType", str(kind)))
    if "Amount" not in line:
        raise Refusal(faults.missing("Line.Amount"))
    amount = money(line["Amount"], "Line.Amount")
    detail = dict(line.get(kind, {}))
    if kind == ACCOUNT:
        _complete_account(write, form, detail)
    else:
        _complete_item(write, detail)
    _complete_billing(write, detail, known.get(kind, {}))
    check_product(amount, detail)
    amount = purchase_taxes.complete_line(write.company, form, detail, amount)
    ordered = {name: detail[name] for name in (*DETAIL_ORDER[kind], *detail) if name in detail}
    head = {name: line[name] for name in KEPT_ON_LINE if line.get(name)}
    return {**head, "Amount": amount, "DetailType": kind, kind: ordered, "CustomExtensions": []}


def _complete_account(write: Write, form: Json, detail: Json) -> None:
    """Name the account; one of A/R or A/P needs somebody to stand for (qbo-facts 7, under 6000)."""
    if "AccountRef" not in detail:
        raise Refusal(faults.missing(f"Line.{ACCOUNT}.AccountRef"))
    _, account = target(write.company, detail["AccountRef"], "Account")
    whom = WHOM.get(account["AccountType"])
    person = form.get("EntityRef", {}).get("type", "") if "VendorRef" not in form else "Vendor"
    if whom and whom != person.lower() and not (whom == "customer" and "CustomerRef" in detail):
        title = account["AccountType"]
        raise Refusal(faults.business(f"When you use {title}, you must choose a {whom} in the Name field."))
    detail["AccountRef"] = named(write.company, detail["AccountRef"], "Account")


def _complete_item(write: Write, detail: Json) -> None:
    if "ItemRef" not in detail:
        raise Refusal(faults.missing(f"Line.{ITEM}.ItemRef"))
    _, item = target(write.company, detail["ItemRef"], "Item", place=f"Line.{ITEM}.ItemRef")
    if item["Type"] == "Category":
        raise Refusal(faults.invalid_reference("Categories cannot be used in transactions."))
    detail["ItemRef"] = named(write.company, detail["ItemRef"], "Item")
    for name in ("UnitPrice", "Qty"):
        if name in detail:
            detail[name] = number(detail[name], name)
    if not detail.get("UnitPrice") and not detail.get("Qty"):  # python-quickbooks writes both when they are unset
        detail.pop("UnitPrice", None)
        detail.pop("Qty", None)


def _complete_billing(write: Write, detail: Json, known: Json) -> None:
    """A line for a customer is billable unless it says otherwise; HasBeenBilled is QBO's own word (qbo-facts 2.1)."""
    name_all(write.company, detail, {"CustomerRef": "Customer", "ClassRef": "Class"})
    status = detail.get("BillableStatus")
    if status not in (None, BILLABLE, NOT_BILLABLE, BILLED):
        raise Refusal(faults.invalid_choice("BillableStatus", str(status)))
    if known.get("BillableStatus") == BILLED:
        detail["BillableStatus"] = BILLED
    elif status == BILLED or (status == BILLABLE and "CustomerRef" not in detail):
        detail["BillableStatus"] = NOT_BILLABLE
    else:
        detail["BillableStatus"] = status or (BILLABLE if "CustomerRef" in detail else NOT_BILLABLE)
