"""Lines of a deposit: what it sweeps out of Undeposited Funds, and direct lines, fees among them (qbo-facts 2.3)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.rules.amounts import ZERO, money
from connectors.quickbooks.sandbox.rules.deposited import SWEEPABLE, Swept, in_deposit, swept
from connectors.quickbooks.sandbox.rules.open_accounts import check_name
from connectors.quickbooks.sandbox.rules.references import named, person, undeposited_funds
from connectors.quickbooks.sandbox.rules.sales_lines import with_ids
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

DETAIL = "DepositLineDetail"
DETAIL_ORDER = ("Entity", "AccountRef", "PaymentMethodRef", "CheckNum", "ClassRef", "TaxCodeRef", "TxnType")
OTHER_AMOUNT = "The amount of a linked line must be the amount of the transaction it is linked to."


def complete_lines(write: Write, deposit: Json, before: Json | None) -> list[Json]:
    """Return a deposit's lines.

    Raises:
        Refusal: 2020 without Amount or account; 610 or 620 for what cannot be swept; 2500, 6000.
    """
    earlier = swept(before)
    sent = deposit["Line"]
    numbered = iter(with_ids([line for line in sent if not line.get("LinkedTxn")], before))
    lines = []
    for line in sent:
        if "Amount" not in line:
            raise Refusal(faults.missing("Line.Amount"))
        if line.get("LinkedTxn"):
            lines.append(_linked(write.company, line, earlier))
        else:
            lines.append(_direct(write.company, next(numbered)))
    for position, line in enumerate((line for line in lines if "DetailType" in line), start=1):
        line["LineNum"] = position
    _check_once(lines)
    return [_in_order(line) for line in lines]


def received(company: Company, key: Swept) -> Decimal:
    """Return what a booked transaction has put into Undeposited Funds; negative when it has taken out."""
    entry = company.ledger.entries.get(key)
    account = undeposited_funds(company)["value"]
    return sum((one.own for one in entry.postings if one.account == account), ZERO) if entry else ZERO


def _linked(company: Company, line: Json, earlier: list[Swept]) -> Json:
    link = line["LinkedTxn"][0]
    kind = SWEEPABLE.get(str(link.get("TxnType")).casefold())
    key = (kind or "", str(link.get("TxnId")))
    if kind is None:
        raise Refusal(faults.cannot_link(f"{link.get('TxnType')} {key[1]}"))
    data = company.get(*key)
    if data is None:
        raise Refusal(faults.not_found())
    amount = received(company, key)
    if not amount or (key not in earlier and in_deposit(data)):
        raise Refusal(faults.cannot_link(f"{kind} {key[1]} is not in Undeposited Funds"))
    if money(line["Amount"], "Line.Amount") != amount:
        raise Refusal(faults.business(OTHER_AMOUNT))
    link = {"TxnId": key[1], "TxnType": kind, "TxnLineId": str(link.get("TxnLineId", "0"))}
    detail = _method(data)
    return {"Amount": amount, "LinkedTxn": [link], **({DETAIL: detail} if detail else {})}


def _method(data: Json) -> Json:
    """Return the method and reference that a receipt came with, as recorded (the method without a name)."""
    detail: Json = {}
    if "PaymentMethodRef" in data:
        detail["PaymentMethodRef"] = {"value": data["PaymentMethodRef"]["value"]}
    if "PaymentRefNum" in data:
        detail["CheckNum"] = data["PaymentRefNum"]
    return detail


def _check_once(lines: list[Json]) -> None:
    links = [(link["TxnType"], link["TxnId"]) for line in lines for link in line.get("LinkedTxn", ())]
    if len(set(links)) != len(links):
        raise Refusal(faults.cannot_link("one transaction on two lines"))


def _direct(company: Company, line: Json) -> Json:
    sent = dict(line.get(DETAIL, {}))
    if not sent.get("AccountRef"):
        raise Refusal(faults.missing(f"Line.{DETAIL}.AccountRef"))
    detail = {**sent, "AccountRef": named(company, sent["AccountRef"], "Account")}
    for name, kind in (("PaymentMethodRef", "PaymentMethod"), ("ClassRef", "Class")):
        if detail.get(name):
            detail[name] = named(company, detail[name], kind)
    concerned = _person(company, detail.pop("Entity", None))
    check_name(company, detail["AccountRef"], concerned[0] if concerned else "")
    if concerned is not None:
        detail["Entity"] = concerned[1]
    detail = {name: detail[name] for name in (*DETAIL_ORDER, *detail) if name in detail}
    kept: Json = {name: line[name] for name in ("Id", "Description", "ProjectRef") if name in line}
    amount = money(line["Amount"], "Line.Amount")
    return {**kept, "Amount": amount, "DetailType": DETAIL, DETAIL: detail, "CustomExtensions": []}


def _person(company: Company, reference: Json | None) -> tuple[str, Json] | None:
    """Return whom a line concerns; answers show the type in capitals (qbo-facts 2.1)."""
    if not reference:
        return None
    kind, found = person(company, reference, reference.get("type"))
    return kind, {"value": found["Id"], "name": found["DisplayName"], "type": kind.upper()}


def _in_order(line: Json) -> Json:
    return {name: line[name] for name in ("Id", "LineNum", *line) if name in line}
