"""Bills paid: a bill payment applies money and vendor credits to bills, the bill shows it (recorded: bills_2026)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules import frame, links
from connectors.quickbooks.sandbox.rules.amounts import ZERO, money
from connectors.quickbooks.sandbox.rules.applying import OVER_APPLIED
from connectors.quickbooks.sandbox.rules.currency import ONE, followed
from connectors.quickbooks.sandbox.rules.open_items import Key, links_of
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

LINKABLE = {"bill": "Bill", "vendorcredit": "VendorCredit"}
SHOWN = "BillPaymentCheck"  # recorded on bills paid by card as well


def complete_lines(write: Write, payment: Json, before: Json | None) -> list[Json]:
    """Return a payment's lines as answered: Amount and LinkedTxn, nothing else (recorded: bill_payments_2026).

    Raises:
        Refusal: 610 for a target that is not there, 620 for one that cannot be linked, 6000 for too large an amount.
    """
    lines = [_answered(line) for line in payment.get("Line", []) if line.get("LinkedTxn")]
    lines = [line for line in lines if not _owes_nothing(write, line, before)]
    excess = {key: amount - _open(write, payment, key, before) for key, amount in links_of({"Line": lines}).items()}
    too_much = any(one > 0 for one in excess.values()) or used({"Line": lines}) > payment["TotalAmt"]
    if any(line["Amount"] < 0 for line in lines):
        raise Refusal(faults.business(OVER_APPLIED))
    if too_much and write.company.switches.over_application == "refuse":
        raise Refusal(faults.business(OVER_APPLIED))
    return _within(lines, excess, payment["TotalAmt"])


def _within(lines: list[Json], excess: Mapping[Key, Decimal], total: Decimal) -> list[Json]:
    """Cut what is more than is open or was paid off the lines; it stays unapplied."""
    for key, amount in excess.items():
        lines = list(_smaller(lines, key, max(amount, ZERO)))
    for key in reversed(list(excess)):
        if key[0] == "Bill":
            lines = list(_smaller(lines, key, max(used({"Line": lines}) - total, ZERO)))
    return [line for line in lines if line["Amount"]]


def used(payment: Json) -> Decimal:
    """Return the money a payment's lines use: what goes to bills minus what vendor credits bring."""
    return sum((amount if kind == "Bill" else -amount for (kind, _), amount in links_of(payment).items()), ZERO)


def settle_links(write: Write, before: Json | None, after: Json | None) -> None:
    """Carry a payment's changed links to its bills and credits; each gets its next SyncToken (recorded: bills)."""
    old, new = links_of(before), links_of(after)
    payment = (after or before or {})["Id"]
    for key in dict.fromkeys([*old, *new]):
        difference = new.get(key, ZERO) - old.get(key, ZERO)
        if difference or (key in old) != (key in new):
            _move(write, key, difference, payment, linked=key in new)


def applied(form: Json | None) -> Decimal:
    """Return what payments have applied of a bill or a vendor credit so far."""
    return Decimal(form["TotalAmt"]) - Decimal(form["Balance"]) if form else ZERO


def payments_of(form: Json | None) -> list[Json]:
    """Return the links to its payments that a bill shows."""
    return [link for link in (form or {}).get("LinkedTxn", []) if link["TxnType"] == SHOWN]


def others_of(form: Json | None) -> list[Json]:
    """Return a bill's links to anything but payments; they stand after those (recorded: bill 25)."""
    return [link for link in (form or {}).get("LinkedTxn", []) if link["TxnType"] != SHOWN]


def release(write: Write, bill: Json, most: Decimal) -> tuple[Decimal, list[Json]]:
    """Take back payments, the latest first, until at most `most` is applied; the money stays as the vendor's credit.

    Returns what is still applied and the links that remain. The bill itself is not stored here.
    """
    left = applied(bill)
    kept: list[Json] = []
    for link in reversed(payments_of(bill)):
        payment = write.company.get("BillPayment", link["TxnId"])
        amount = links_of(payment).get(("Bill", bill["Id"]), ZERO)
        excess = min(max(left - most, ZERO), amount)
        if excess and payment:
            _shrink(write, payment, bill["Id"], excess)
            left -= excess
        if excess < amount:
            kept.insert(0, link)
    return left, kept


def _answered(line: Json) -> Json:
    linked = []
    for link in line["LinkedTxn"]:
        kind = LINKABLE.get(str(link.get("TxnType", "")).casefold())
        if kind is None or "TxnId" not in link:
            raise Refusal(faults.cannot_link(f"{link.get('TxnType')} {link.get('TxnId')}"))
        linked.append({"TxnId": str(link["TxnId"]), "TxnType": kind})
    return {"Amount": money(line.get("Amount", 0), "Line.Amount"), "LinkedTxn": linked}


def _owes_nothing(write: Write, line: Json, before: Json | None) -> bool:
    """Say whether a line pays a bill that is paid already, which the company's switch lets QBO drop in silence."""
    if write.company.switches.paid_bills != "void" or len(line["LinkedTxn"]) > 1:
        return False
    link = line["LinkedTxn"][0]
    bill = write.company.get("Bill", link["TxnId"]) if link["TxnType"] == "Bill" else None
    earlier = links_of(before).get(("Bill", link["TxnId"]), ZERO)
    return bill is not None and bill["TotalAmt"] > 0 and Decimal(bill["Balance"]) + earlier == 0


def _open(write: Write, payment: Json, key: Key, before: Json | None) -> Decimal:
    """Return what a payment may apply to a bill or take from a credit of the same vendor."""
    kind, id_ = key
    found = write.company.get(kind, id_)
    if found is None:
        raise Refusal(faults.not_found())
    if found["VendorRef"]["value"] != payment["VendorRef"]["value"]:
        raise Refusal(faults.cannot_link(f"{kind} {id_} belongs to another vendor"))
    if found["CurrencyRef"]["value"] != payment["CurrencyRef"]["value"]:
        raise Refusal(faults.business(ONE))
    return Decimal(found["Balance"]) + links_of(before).get(key, ZERO)


def _move(write: Write, key: Key, difference: Decimal, payment: str, *, linked: bool) -> None:
    kind, id_ = key
    before = write.company.get(kind, id_)
    if before is None:
        return
    after = frame.touched(before, write.now, token=True)
    after["Balance"] = Decimal(before["Balance"]) - difference
    after = followed(after)
    payments = [one for one in payments_of(before) if one["TxnId"] != payment]
    if linked and kind == "Bill":  # a credit shows no link, as recorded of credit memos
        payments.append({"TxnId": payment, "TxnType": SHOWN})
    links.put(write.company, kind, after, [*payments, *others_of(before)])


def _shrink(write: Write, payment: Json, bill: str, amount: Decimal) -> None:
    """Take an amount away from what a payment pays of a bill, and give back the credits that this leaves idle."""
    lines = list(_smaller(payment["Line"], ("Bill", bill), amount))
    idle = -used({"Line": lines})
    for key in links_of({"Line": lines}):
        if key[0] == "VendorCredit" and idle > 0:
            lines = list(_smaller(lines, key, idle))
            idle = -used({"Line": lines})
    after = frame.touched(payment, write.now, token=True)
    after["Line"] = [line for line in lines if line["Amount"]]
    old, new = links_of(payment), links_of(after)
    for key in old:
        difference = new.get(key, ZERO) - old[key]
        if key[0] == "VendorCredit" and difference:
            _move(write, key, difference, payment["Id"], linked=key in new)
    write.company.put("BillPayment", after)


def _smaller(lines: list[Json], key: Key, amount: Decimal) -> Iterator[Json]:
    """Take an amount off the lines that are linked to `key`."""
    for line in lines:
        cut = min(amount, Decimal(line["Amount"])) if key in links_of({"Line": [line]}) else ZERO
        amount -= cut
        yield {**line, "Amount": Decimal(line["Amount"]) - cut}
