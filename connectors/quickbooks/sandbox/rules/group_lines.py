"""A bundle sold in one line: its own lines stand inside it and are what counts (qbo-facts 2.1, GroupLineDetail).

A line that names the bundle alone gets the bundle's items at their own prices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.rules.amounts import ZERO, cents, number
from connectors.quickbooks.sandbox.rules.references import named, target
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

KIND = "GroupLineDetail"
ITEM = "SalesItemLineDetail"


def completed(company: Company, line: Json, complete: Callable[[Json], Json]) -> Json:
    """Return a group line with its own lines completed.

    Raises:
        Refusal: 2020 without GroupItemRef, 2500 for what is no bundle, 2170 for an inner line that is no item line.
    """
    sent = line.get(KIND, {})
    if not sent.get("GroupItemRef"):
        raise Refusal(faults.missing(f"Line.{KIND}.GroupItemRef"))
    _, bundle = target(company, sent["GroupItemRef"], "Item")
    if bundle["Type"] != "Group":
        raise Refusal(faults.invalid_reference(f"Items element id {bundle['Id']} not found"))
    quantity = number(sent.get("Quantity", 1), "Quantity")
    inner = sent.get("Line") or list(_members(company, bundle, quantity))
    for one in inner:
        if one.get("DetailType") != ITEM:
            raise Refusal(faults.invalid_choice("Line.DetailType", str(one.get("DetailType"))))
    detail = {
        "GroupItemRef": named(company, sent["GroupItemRef"], "Item"),
        "Quantity": quantity,
        "Line": [complete(one) for one in inner],
    }
    kept: Json = {name: line[name] for name in ("Id", "Description") if name in line}
    return {**kept, "DetailType": KIND, KIND: detail}


def amount(line: Json) -> Decimal:
    """Return what a line adds to its form: a group what is inside it."""
    if line["DetailType"] == KIND:
        return sum((amount(one) for one in line[KIND]["Line"]), ZERO)
    return ZERO if line["DetailType"] == "DescriptionOnly" else Decimal(line.get("Amount", 0))


def number_inner(lines: list[Json], before: Json | None) -> None:
    """Give the lines inside groups their Ids, higher than all others, and their places."""
    known = {one["Id"] for one in _inner((before or {}).get("Line", [])) if "Id" in one}
    last = max((int(one["Id"]) for one in (*lines, *(before or {}).get("Line", [])) if "Id" in one), default=0)
    last = max([last, *map(int, known)])
    for line in lines:
        for position, one in enumerate(_inner([line]), start=1):
            if str(one.get("Id")) not in known:
                last += 1
                one["Id"] = str(last)
            one["LineNum"] = position


def _inner(lines: list[Json]) -> Iterator[Json]:
    for line in lines:
        if line.get("DetailType") == KIND:
            yield from line[KIND].get("Line", [])


def _members(company: Company, bundle: Json, quantity: Decimal) -> Iterator[Json]:
    for member in bundle.get("ItemGroupDetail", {}).get("ItemGroupLine", []):
        item = company.get("Item", member["ItemRef"]["value"]) or {}
        pieces = quantity * Decimal(member.get("Qty", 1))
        price = Decimal(item.get("UnitPrice", 0))
        detail = {"ItemRef": member["ItemRef"], "Qty": pieces, "UnitPrice": price}
        text = {"Description": item["Description"]} if "Description" in item else {}
        yield {**text, "Amount": cents(pieces * price), "DetailType": ITEM, ITEM: detail}
