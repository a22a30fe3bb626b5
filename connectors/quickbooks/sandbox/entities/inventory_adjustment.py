"""InventoryAdjustment: stock counted anew; its value moves between the items' asset accounts and the one it names."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.rules.amounts import cents, number
from connectors.quickbooks.sandbox.rules.postings import Booking
from connectors.quickbooks.sandbox.rules.references import named, target
from connectors.quickbooks.sandbox.rules.sales_lines import with_ids
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DETAIL = "ItemAdjustmentLineDetail"
IGNORED = ("TotalAmt", "HomeTotalAmt", "RecurDataRef", "LinkedTxn", "TxnTaxDetail", "ExchangeRate")
ORDER = (
    "AdjustAccountRef",
    *frame.FRAME,
    "DocNumber",
    "TxnDate",
    "DepartmentRef",
    "CurrencyRef",
    "PrivateNote",
    "Line",
)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute an adjustment; its lines have a difference of quantity and no amount.

    Raises:
        Refusal: 2020 for an incomplete line, 2500, 6430 for an item that is not kept in stock.
    """
    adjustment = {name: value for name, value in draft.items() if name not in IGNORED}
    adjustment.setdefault("TxnDate", clock.today(write.now))
    adjustment["AdjustAccountRef"] = named(write.company, adjustment["AdjustAccountRef"], "Account")
    adjustment["CurrencyRef"] = frame.currency(write.company)
    if adjustment.get("DepartmentRef"):
        adjustment["DepartmentRef"] = named(write.company, adjustment["DepartmentRef"], "Department")
    adjustment["Line"] = [_line(write, line) for line in with_ids(adjustment["Line"], before)]
    return adjustment


def _line(write: Write, line: Json) -> Json:
    sent = line.get(DETAIL, {})
    if not isinstance(sent, dict):
        raise Refusal(faults.unreadable())
    for name in ("ItemRef", "QtyDiff"):
        if sent.get(name) in (None, "", {}):
            raise Refusal(faults.missing(f"Line.{DETAIL}.{name}"))
    _, item = target(write.company, sent["ItemRef"], "Item")
    if item["Type"] != "Inventory":
        raise Refusal(faults.wrong_item_type(f"{item['Type']} for an inventory adjustment"))
    detail = {**sent, "ItemRef": named(write.company, sent["ItemRef"], "Item")}
    detail["QtyDiff"] = number(sent["QtyDiff"], "QtyDiff")
    kept: Json = {name: line[name] for name in ("Id", "LineNum", "Description") if name in line}
    return {**kept, "DetailType": DETAIL, DETAIL: detail}


def post(company: Company, adjustment: Json) -> Entry | None:
    """Book the difference at purchase cost, as goods sold are."""
    booking = Booking(company, "InventoryAdjustment", adjustment)
    for line in adjustment["Line"]:
        item = company.get("Item", line[DETAIL]["ItemRef"]["value"]) or {}
        difference = Decimal(line[DETAIL]["QtyDiff"])
        booking.move(item["Id"], difference)
        booking.add(item["AssetAccountRef"]["value"], cents(difference * Decimal(item.get("PurchaseCost", 0))))
    booking.close(adjustment["AdjustAccountRef"]["value"])
    return booking.entry()


KIND = Kind(
    name="InventoryAdjustment",
    sequence="transaction",
    required=("AdjustAccountRef", "Line"),
    order=ORDER,
    queryable=("Id", "DocNumber", "TxnDate", "AdjustAccountRef", *METADATA),
    kept=("DocNumber",),
    operations=TRANSACTION,
    complete=complete,
    post=post,
)
