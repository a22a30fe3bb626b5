"""Purchase orders filled by bills and expenses: the order shows the link and closes (recorded: orders 114 and 125).

A bill or an expense names the order on its header, or one of the order's lines on a line of its own; both shapes are
sent by clients. The order stays open until every line of it is filled.
"""

from __future__ import annotations

from collections.abc import Iterator

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import frame, links
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

ORDER = "PurchaseOrder"
OPEN, CLOSED = "Open", "Closed"
Filled = tuple[str, str]  # an order's Id, and its line's ("" = the whole order)


def complete_links(write: Write, form: Json, before: Json | None, vendor: str) -> None:
    """Show the orders that a form names on its header, behind the links that are QBO's own (payments, charges).

    The links of its lines come into their answered shape.

    Raises:
        Refusal: 610 for an order that is not there, 620 for another vendor's.
    """
    for line in form["Line"]:
        if line.get("LinkedTxn"):
            line["LinkedTxn"] = [_answered(link) for link in line["LinkedTxn"] if _names_order(link)]
    orders = [{"TxnId": id_, "TxnType": ORDER} for id_ in dict.fromkeys(id_ for id_, _ in filled(form))]
    for link in orders:
        order = write.company.get(ORDER, link["TxnId"])
        if order is None:
            raise Refusal(faults.not_found())
        if order["VendorRef"]["value"] != vendor:
            raise Refusal(faults.cannot_link(f"{ORDER} {order['Id']} belongs to another vendor"))
    own = [link for link in (before or {}).get("LinkedTxn", []) if not _names_order(link)]
    links.show(form, [*own, *orders])


def filled(form: Json | None) -> Iterator[Filled]:
    """Give the orders and lines of orders that a bill or an expense fills."""
    on_lines = set()
    for line in (form or {}).get("Line", []):
        for link in line.get("LinkedTxn", []):
            if _names_order(link):
                on_lines.add(str(link["TxnId"]))
                yield str(link["TxnId"]), str(link.get("TxnLineId", ""))
    for link in (form or {}).get("LinkedTxn", []):
        if _names_order(link) and str(link["TxnId"]) not in on_lines:
            yield str(link["TxnId"]), str(link.get("TxnLineId", ""))


def settle(write: Write, kind: str, before: Json | None, after: Json | None) -> None:
    """Carry a change of a bill's or an expense's links to the orders it names or named."""
    old, new = set(filled(before)), set(filled(after))
    touched = {id_ for id_, _ in old ^ new}
    if after is None and before is not None:
        touched |= {order["Id"] for order in _showing(write, kind, before)}
    for id_ in sorted(touched, key=int):
        _refill(write, id_, kind, (after or before or {})["Id"], linked=any(one == id_ for one, _ in new))


def _refill(write: Write, id_: str, kind: str, form: str, *, linked: bool) -> None:
    before = write.company.get(ORDER, id_)
    if before is None:
        return
    link = {"TxnId": form, "TxnType": kind}
    others = [one for one in before["LinkedTxn"] if one != link]
    after = frame.touched(before, write.now, token=True)
    after["LinkedTxn"] = [*others, link] if linked else others
    done = _filled_lines(write, after)
    after["POStatus"] = CLOSED if done and done >= {line["Id"] for line in before["Line"]} else OPEN
    after["Line"] = [_received(line, done) for line in before["Line"]]
    write.company.put(ORDER, after)


def _filled_lines(write: Write, order: Json) -> set[str]:
    """Return the Ids of an order's lines that bills and expenses fill; a link to the order as a whole fills all."""
    lines: set[str] = set()
    for link in order["LinkedTxn"]:
        form = write.company.get(link["TxnType"], link["TxnId"])
        parts = {line for id_, line in filled(form) if id_ == order["Id"]}
        if not parts or "" in parts:  # recorded links stand on the order alone
            return {line["Id"] for line in order["Line"]}
        lines |= parts
    return lines


def _received(line: Json, done: set[str]) -> Json:
    """Return a line that shows its quantity as received; recorded lines made by hand have no such member."""
    if "Received" not in line:
        return line
    quantity = line.get(line["DetailType"], {}).get("Qty", 0)
    return {**line, "Received": quantity if line["Id"] in done else 0}


def _showing(write: Write, kind: str, form: Json) -> Iterator[Json]:
    """Give the orders that show a link to this form although the form does not name them (recorded: bill 126)."""
    vendor = (form.get("VendorRef") or form.get("EntityRef") or {}).get("value", "")
    for row in write.company.store.find(ORDER, "VendorRef", vendor):
        if {"TxnId": form["Id"], "TxnType": kind} in row.data["LinkedTxn"]:
            yield row.data


def _names_order(link: Json) -> bool:
    return str(link.get("TxnType", "")).casefold() == ORDER.casefold() and "TxnId" in link


def _answered(link: Json) -> Json:
    part = {"TxnLineId": str(link["TxnLineId"])} if "TxnLineId" in link else {}
    return {"TxnId": str(link["TxnId"]), "TxnType": ORDER, **part}
