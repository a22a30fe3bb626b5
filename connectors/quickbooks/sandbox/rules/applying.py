"""Payments applied to invoices and credit memos: the payment owns the link, the invoice shows it (qbo-facts 2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import frame
from connectors.quickbooks.sandbox.rules.amounts import ZERO, money
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

Links = dict[tuple[str, str], Decimal]
LINKABLE = {"Invoice": "Balance", "CreditMemo": "RemainingCredit"}
OVER_APPLIED = "Amount applied is greater than payment or refund amount"


def links_of(payment: Json | None) -> Links:
    """Return what a payment applies to each (TxnType, TxnId)."""
    links: Links = {}
    for line in (payment or {}).get("Line", []):
        for link in line.get("LinkedTxn", []):
            key = (str(link.get("TxnType")), str(link.get("TxnId")))
            links[key] = links.get(key, ZERO) + Decimal(line["Amount"])
    return links


def complete_lines(write: Write, payment: Json, before: Json | None) -> tuple[list[Json], Decimal]:
    """Return a payment's lines and the money they use (invoices minus credits).

    Raises:
        Refusal: 610 for a target that is not there, 620 for one that cannot be linked, 6000 for too large an amount.
    """
    earlier = links_of(before)
    lines = [{**line, "Amount": money(line.get("Amount", 0), "Line.Amount")} for line in payment.get("Line", [])]
    lines = [line for line in lines if line.get("LinkedTxn")]
    for (kind, id_), amount in links_of({"Line": lines}).items():
        linked = _linkable(write.company, kind, id_, payment["CustomerRef"]["value"])
        if amount < 0 or amount > Decimal(linked[LINKABLE[kind]]) + earlier.get((kind, id_), ZERO):
            raise Refusal(faults.business(OVER_APPLIED))
    return [_answered(write.company, line, earlier) for line in lines], used({"Line": lines})


def used(payment: Json) -> Decimal:
    """Return the money a payment's lines use: what goes to invoices minus what credit memos bring."""
    return sum((amount if kind == "Invoice" else -amount for (kind, _), amount in links_of(payment).items()), ZERO)


def settle_links(write: Write, before: Json | None, after: Json | None) -> None:
    """Carry a payment's changed links to its invoices and credit memos.

    QBO: each payment applied raises the invoice's SyncToken by 1 and moves its LastUpdatedTime (qbo-facts 2.1).
    """
    old, new = links_of(before), links_of(after)
    payment = (after or before or {})["Id"]
    for key in dict.fromkeys([*old, *new]):
        difference = new.get(key, ZERO) - old.get(key, ZERO)
        if difference or (key in old) != (key in new):
            _move(write, key, difference, payment, linked=key in new)


def release(write: Write, invoice: Json, most: Decimal) -> Decimal:
    """Take back payments until at most `most` is applied to the invoice; they become unapplied. Returns what is left.

    The invoice itself is not stored here: its caller is changing it.
    """
    applied = applied_to(invoice)
    for link in reversed(invoice.get("LinkedTxn", [])):
        if applied > most and link["TxnType"] == "Payment":
            payment = write.company.get("Payment", link["TxnId"])
            assert payment is not None
            excess = min(applied - most, links_of(payment)[("Invoice", invoice["Id"])])
            _shrink(write, payment, invoice["Id"], excess)
            applied -= excess
    return applied


def applied_to(invoice: Json) -> Decimal:
    """Return what payments have paid of an invoice so far."""
    return Decimal(invoice["TotalAmt"]) - Decimal(invoice.get("Deposit", 0)) - Decimal(invoice["Balance"])


def _linkable(company: Company, kind: str, id_: str, customer: str) -> Json:
    if kind not in LINKABLE:
        raise Refusal(faults.cannot_link(f"{kind} {id_}"))
    linked = company.get(kind, id_)
    if linked is None:
        raise Refusal(faults.not_found())
    family = {*_family(company, customer)}
    if family.isdisjoint(_family(company, linked["CustomerRef"]["value"])):
        raise Refusal(faults.cannot_link(f"{kind} {id_} belongs to another customer"))
    return linked


def _family(company: Company, customer: str) -> Iterator[str]:
    """Give a customer and its parents: a parent may pay for its jobs."""
    data = company.get("Customer", customer)
    while data is not None:
        yield data["Id"]
        data = company.get("Customer", data.get("ParentRef", {}).get("value"))


def _answered(company: Company, line: Json, earlier: Links) -> Json:
    """Return a line as recorded: Amount, LinkedTxn and LineEx with the target's open balance and number."""
    links = [{"TxnId": str(link["TxnId"]), "TxnType": link["TxnType"]} for link in line["LinkedTxn"]]
    kind, id_ = links[0]["TxnType"], links[0]["TxnId"]
    linked = company.get(kind, id_) or {}
    balance = Decimal(linked[LINKABLE[kind]]) + earlier.get((kind, id_), ZERO)
    extra = {"txnId": id_, "txnOpenBalance": f"{balance:.2f}", "txnReferenceNumber": linked.get("DocNumber", "")}
    return {
        "Amount": line["Amount"],
        "LinkedTxn": links,
        "LineEx": {"any": [_name_value(*one) for one in extra.items()]},
    }


def _name_value(name: str, value: str) -> dict[str, Any]:
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


def _move(write: Write, key: tuple[str, str], difference: Decimal, payment: str, *, linked: bool) -> None:
    kind, id_ = key
    before = write.company.get(kind, id_)
    if before is None:
        return
    after = frame.touched(before, write.now, token=True)
    for field in {LINKABLE[kind], "Balance"}:
        after[field] = Decimal(before[field]) - difference
    if kind == "Invoice":
        link = {"TxnId": payment, "TxnType": "Payment"}
        others = [one for one in before["LinkedTxn"] if one != link]
        after["LinkedTxn"] = [*others, link] if linked else others
    write.company.put(kind, after)


def _shrink(write: Write, payment: Json, invoice: str, amount: Decimal) -> None:
    after = frame.touched(payment, write.now, token=True)
    after["Line"] = [line for line in _smaller(payment["Line"], invoice, amount) if line["Amount"]]
    after["UnappliedAmt"] = Decimal(payment["UnappliedAmt"]) + amount
    write.company.put("Payment", after)


def _smaller(lines: list[Json], invoice: str, amount: Decimal) -> Iterator[Json]:
    for line in lines:
        cut = (
            min(amount, Decimal(line["Amount"]))
            if any(_is_invoice(one, invoice) for one in line["LinkedTxn"])
            else ZERO
        )
        amount -= cut
        yield {**line, "Amount": Decimal(line["Amount"]) - cut}


def _is_invoice(link: Json, invoice: str) -> bool:
    return bool(link["TxnType"] == "Invoice" and link["TxnId"] == invoice)
