"""Item: a product or service with its income account (qbo-facts 2.2)."""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, Kind, Write
from connectors.quickbooks.sandbox.rules import frame, names
from connectors.quickbooks.sandbox.rules.amounts import number
from connectors.quickbooks.sandbox.rules.references import account
from connectors.quickbooks.sandbox.schema import reading
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

TYPES = {"Service", "NonInventory", "Inventory", "Category"}
DUPLICATE = "Another product or service is already using this name. Please use a different name."
ACCOUNTS = {
    "IncomeAccountRef": ("Income", "Other Income"),
    "ExpenseAccountRef": ("Expense", "Other Expense", "Cost of Goods Sold"),
    "AssetAccountRef": ("Other Current Asset",),
}
INVENTORY = ("QtyOnHand", "InvStartDate", "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")
ORDER = (
    "Name",
    "Sku",
    "Description",
    "Active",
    "SubItem",
    "ParentRef",
    "Level",
    "FullyQualifiedName",
    "Taxable",
    "UnitPrice",
    "Type",
    "IncomeAccountRef",
    "PurchaseDesc",
    "PurchaseCost",
    "ExpenseAccountRef",
    "AssetAccountRef",
    "TrackQtyOnHand",
    "QtyOnHand",
    "InvStartDate",
    "DeferredRevenue",
    *frame.FRAME,
)
QUERYABLE = (
    "Id",
    "Name",
    "Type",
    "Active",
    "Sku",
    "Taxable",
    "FullyQualifiedName",
    "SubItem",
    "UnitPrice",
    "PurchaseCost",
    *METADATA,
)


def complete(write: Write, draft: Json, _before: Json | None) -> Json:
    """Compute an item; raises `Refusal` 2020, 2040, 2170, 2500, 6240 or 6430."""
    item = dict(draft)
    item["Active"] = item.get("Active", True)
    kind = item["Type"]
    if kind not in TYPES:
        raise Refusal(faults.invalid_choice("Type", str(kind)))
    _complete_name(write, item)
    _complete_accounts(write, item, kind)
    for name in ("UnitPrice", "PurchaseCost"):
        item[name] = number(item.get(name, 0), name)
    item["Taxable"] = item.get("Taxable", False)
    item["TrackQtyOnHand"] = kind == "Inventory"
    item["DeferredRevenue"] = False
    return item


def _complete_name(write: Write, item: Json) -> None:
    bare = item["Name"].removesuffix(names.DELETED)
    names.check_characters("Name", bare)
    item["Name"] = names.marked(bare, active=item["Active"])
    if "ParentRef" in item:
        parent = names.parent_of(write, "Item", item)
        item["ParentRef"] = {"value": parent["Id"], "name": parent["FullyQualifiedName"]}
        item["Level"] = names.level(write, "Item", item)
        item["SubItem"] = True
    else:
        item.pop("SubItem", None)
        item.pop("Level", None)
    names.check_unique(write, ("Item",), "Name", item, DUPLICATE)
    item["FullyQualifiedName"] = names.qualified(write, "Item", item, item["Name"])


def _complete_accounts(write: Write, item: Json, kind: str) -> None:
    needed = {"Service": ("IncomeAccountRef",), "Inventory": INVENTORY}.get(kind, ())
    absent = reading.missing(needed, item)
    if kind == "NonInventory" and not {"IncomeAccountRef", "ExpenseAccountRef"} & item.keys():
        absent = [faults.missing("IncomeAccountRef")]
    if absent:
        raise Refusal(*absent)
    for name, allowed in ACCOUNTS.items():
        if name in item:
            item[name] = account(write.company, item[name], allowed, name)


KIND = Kind(
    name="Item",
    sequence="item",
    required=("Name", "Type"),
    order=ORDER,
    queryable=QUERYABLE,
    kept=("Active", "Type", "IncomeAccountRef"),
    complete=complete,
    name_field="Name",
    sort_field="FullyQualifiedName",
)
