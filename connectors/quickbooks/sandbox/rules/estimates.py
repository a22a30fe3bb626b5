"""An invoice made from an estimate: each shows the other, and the estimate is closed (qbo-facts 2.5).

Only the estimate's LastUpdatedTime moves (qbo-facts 2.1). Every item line of the invoice whose item the estimate has
shows the estimate too (recorded: get_invoice_2026).
"""

from __future__ import annotations

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import frame, links
from connectors.quickbooks.sandbox.rules.links import SETTLING
from connectors.quickbooks.sandbox.rules.open_items import related
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

# What a client may name as the source of an invoice, as far as the company keeps it.
SOURCES = {"estimate": "Estimate", "timeactivity": "TimeActivity"}
LINKED_KINDS = frozenset(SOURCES.values())


def link(company: Company, invoice: Json, draft: Json, before: Json | None) -> None:
    """Give an invoice its LinkedTxn: the sources that the client names, then the payments that QBO knows.

    Raises:
        Refusal: 610 for an estimate that is not there, 620 for another customer's or one that has its invoice.
    """
    known = (before or {}).get("LinkedTxn", [])
    sources = [one for one in known if one["TxnType"] not in SETTLING]
    if "LinkedTxn" in draft:
        sources = [_source(company, one, known, invoice) for one in draft["LinkedTxn"] if not _settles(one)]
    invoice["LinkedTxn"] = [*sources, *(one for one in known if one["TxnType"] in SETTLING)]
    estimates = [one for one in sources if one["TxnType"] == "Estimate"]
    items = {one["TxnId"]: _items(company.get("Estimate", one["TxnId"]) or {}) for one in estimates}
    for line in invoice["Line"]:
        found = [one for one in estimates if _items({"Line": [line]}) & items[one["TxnId"]]]
        others = [one for one in line.pop("LinkedTxn", ()) if one.get("TxnType") != "Estimate"]
        if found or others:
            line["LinkedTxn"] = [*others, *found]
    invoice["Line"] = [_in_order(line) for line in invoice["Line"]]


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    """Close the estimates that an invoice has newly named, and open those again that it has let go."""
    invoice = (after or before or {})["Id"]
    old = links.linked(before or {}, "Estimate")
    new = links.linked(after or {}, "Estimate")
    for id_ in dict.fromkeys([*old, *new]):
        estimate = write.company.get("Estimate", id_)
        if estimate is not None and (id_ in old) != (id_ in new):
            state = "Closed" if id_ in new else "Pending"
            touched = frame.touched({**estimate, "TxnStatus": state}, write.now, token=False)
            shown = links.with_link(touched, "Invoice", invoice, present=id_ in new)
            links.put(write.company, "Estimate", touched, shown)


def forget(write: Write, estimate: Json) -> None:
    """Take a deleted estimate out of the invoice made from it."""
    for id_ in links.linked(estimate, "Invoice"):
        invoice = write.company.get("Invoice", id_)
        if invoice is not None:
            lines = [_without(line, estimate["Id"]) for line in invoice["Line"]]
            shown = links.with_link(invoice, "Estimate", estimate["Id"], present=False)
            links.put(write.company, "Invoice", {**invoice, "Line": lines}, shown)


def _settles(sent: Json) -> bool:
    return str(sent.get("TxnType")).casefold() in {one.casefold() for one in SETTLING}


def _source(company: Company, sent: Json, known: list[Json], invoice: Json) -> Json:
    type_ = SOURCES.get(str(sent.get("TxnType")).casefold(), str(sent.get("TxnType")))
    shown = {"TxnId": str(sent.get("TxnId")), "TxnType": type_}
    if shown in known:
        return shown
    if type_ not in LINKED_KINDS:
        raise Refusal(faults.cannot_link(f"{type_} {shown['TxnId']}"))
    found = company.get(type_, shown["TxnId"])
    if found is None:
        raise Refusal(faults.not_found())
    if type_ == "Estimate":
        _check(company, found, invoice)
    return shown


def _check(company: Company, estimate: Json, invoice: Json) -> None:
    other = [id_ for id_ in links.linked(estimate, "Invoice") if id_ != invoice.get("Id")]
    if other:
        raise Refusal(faults.cannot_link(f"Estimate {estimate['Id']} is linked to Invoice {other[0]}"))
    if not related(company, estimate["CustomerRef"]["value"], invoice["CustomerRef"]["value"]):
        raise Refusal(faults.cannot_link(f"Estimate {estimate['Id']} belongs to another customer"))


def _items(document: Json) -> set[str]:
    details = (line.get("SalesItemLineDetail", {}) for line in document.get("Line", ()))
    return {str(detail["ItemRef"]["value"]) for detail in details if "ItemRef" in detail}


def _without(line: Json, estimate: str) -> Json:
    left = [one for one in line.get("LinkedTxn", ()) if one != {"TxnId": estimate, "TxnType": "Estimate"}]
    rest = {name: value for name, value in line.items() if name != "LinkedTxn"}
    return _in_order({**rest, "LinkedTxn": left} if left else rest)


def _in_order(line: Json) -> Json:
    order = ("Id", "LineNum", "Description", "Amount", "LinkedTxn", "DetailType")
    return {name: line[name] for name in (*order, *line) if name in line}
