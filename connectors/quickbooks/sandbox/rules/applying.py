"""Payments applied to what is open: the payment owns the link, the other side shows it (qbo-facts 2.5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import frame, links
from connectors.quickbooks.sandbox.rules.amounts import ZERO, money
from connectors.quickbooks.sandbox.rules.currency import followed
from connectors.quickbooks.sandbox.rules.open_items import (
    FIELDS,
    Key,
    Links,
    OpenItem,
    Other,
    applied_to,
    links_of,
    open_item,
    sign,
    stored,
)
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

OVER_APPLIED = "Amount applied is greater than payment or refund amount"


def complete_lines(write: Write, payment: Json, before: Json | None) -> tuple[list[Json], Decimal]:
    """Return a payment's lines and the money they use (what is owed minus credits); a line of 0 applies nothing.

    Raises:
        Refusal: 610 for a target that is not there, 620 for one that cannot be linked, 6000 for too large an amount.
    """
    earlier = links_of(before)
    items: dict[Key, OpenItem] = {}
    lines = []
    for line in payment.get("Line", []):
        amount = money(line.get("Amount", 0), "Line.Amount")
        found = _items(write.company, line, payment, earlier) if line.get("LinkedTxn") else []
        items |= {item.key: item for item in found}
        if found and amount:
            linked = [{"TxnId": item.key[1], "TxnType": item.key[0]} for item in found]
            lines.append({"Amount": amount, "LinkedTxn": linked})
    lines = _within(write.company, lines, items, payment["TotalAmt"])
    answered = [{**line, "LineEx": _extra(items[_first(line)])} for line in lines]
    return answered, used(lines, items)


def used(lines: list[Json], items: dict[Key, OpenItem]) -> Decimal:
    """Return the money that lines use: what goes to charges minus what credits bring."""
    return sum((items[key].sign * amount for key, amount in links_of({"Line": lines}).items()), ZERO)


def _items(company: Company, line: Json, payment: Json, earlier: Links) -> list[OpenItem]:
    """Return what a line is linked to; nothing when the customer is another and the switch says unapplied."""
    customer = payment["CustomerRef"]["value"]
    try:
        return [open_item(company, link, customer, earlier) for link in line["LinkedTxn"]]
    except Other:
        if company.switches.other_customers_invoice == "unapplied":
            return []
        raise


def _within(company: Company, lines: list[Json], items: dict[Key, OpenItem], total: Decimal) -> list[Json]:
    """Hold the lines to what is open and to what was paid: refuse the rest, or leave it unapplied (a switch)."""
    excess = {key: amount - items[key].open for key, amount in links_of({"Line": lines}).items()}
    too_much = any(one > 0 for one in excess.values()) or used(lines, items) > total
    if any(line["Amount"] < 0 for line in lines) or (too_much and company.switches.over_application == "refuse"):
        raise Refusal(faults.business(OVER_APPLIED))
    for key, amount in excess.items():
        lines = _cut(lines, key, amount)
    for line in reversed(lines):
        key = _first(line)
        if items[key].sign > 0:
            lines = _cut(lines, key, min(line["Amount"], used(lines, items) - total))
    return lines


def _cut(lines: list[Json], key: Key, amount: Decimal) -> list[Json]:
    """Take an amount off the lines linked to `key`, the last first; a line of nothing goes."""
    kept = []
    for line in reversed(lines):
        cut = min(max(amount, ZERO), Decimal(line["Amount"])) if key in links_of({"Line": [line]}) else ZERO
        amount -= cut
        if not cut or cut < line["Amount"]:
            kept.append({**line, "Amount": Decimal(line["Amount"]) - cut})
    return kept[::-1]


def _first(line: Json) -> Key:
    link = line["LinkedTxn"][0]
    return link["TxnType"], link["TxnId"]


def _extra(item: OpenItem) -> Json:
    """Return a line's LineEx as recorded: the target's open balance before this payment, and its number."""
    told = {"txnId": item.key[1], "txnOpenBalance": f"{item.open:.2f}", "txnReferenceNumber": item.number}
    return {"any": [name_value(*one) for one in told.items()]}


def name_value(name: str, value: str) -> dict[str, Any]:
    """Return one NameValue with the JAXB noise that real answers carry."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }


def settle_links(write: Write, before: Json | None, after: Json | None) -> None:
    """Carry a payment's changed links to what it pays and uses.

    QBO: each payment applied raises the invoice's SyncToken by 1 and moves its LastUpdatedTime (qbo-facts 2.1).
    """
    old, new = links_of(before), links_of(after)
    payment = (after or before or {})["Id"]
    for key in dict.fromkeys([*old, *new]):
        difference = new.get(key, ZERO) - old.get(key, ZERO)
        if difference or (key in old) != (key in new):
            _move(write, key, difference, payment, present=key in new)


def _move(write: Write, key: Key, difference: Decimal, payment: str, *, present: bool) -> None:
    kind, data = stored(write.company, key)
    if data is None:
        return
    after = data
    if kind in FIELDS:
        after = frame.touched(data, write.now, token=True)
        after |= {field: Decimal(data[field]) - difference for field in FIELDS[kind]}
        after = followed(after)
    if kind != "CreditMemo":  # recorded: a credit memo does not show the payment that uses it
        links.put(write.company, kind, after, links.with_link(after, "Payment", payment, present=present))
    else:
        write.company.put(kind, after)


def book_again(company: Company, payments: list[str]) -> None:
    """Have the entries of payments made anew, since what they pay now has another name or rate."""
    for id_ in payments:
        payment = company.get("Payment", id_)
        if payment is not None:
            company.put("Payment", payment)


def release(write: Write, key: Key, before: Json, excess: Decimal) -> Decimal:
    """Take this much back from the payments applied to a document, the newest first; return what was taken.

    It becomes unapplied. The document itself is not stored here: its caller is changing it.
    """
    left = excess
    for id_ in links.linked(before, "Payment"):
        payment = write.company.get("Payment", id_)
        applied = links_of(payment).get(key, ZERO)
        if payment is not None and applied and left > 0:
            taken = min(left, applied)
            left -= taken
            after = frame.touched(payment, write.now, token=True)
            after["Line"] = _cut(payment["Line"], key, taken)
            customer = payment["CustomerRef"]["value"]
            after["UnappliedAmt"] = Decimal(payment["UnappliedAmt"]) + sign(write.company, key, customer) * taken
            write.company.put("Payment", after)
    return excess - left


def release_all(write: Write, key: Key, before: Json) -> None:
    """Take back every payment applied to a document, and stop showing them on what is left of it."""
    release(write, key, before, applied_to(write.company, key, before))
    kind, after = stored(write.company, key)
    if after is not None:
        others = [link for link in after.get("LinkedTxn", ()) if link["TxnType"] != "Payment"]
        links.put(write.company, kind, after, others)
