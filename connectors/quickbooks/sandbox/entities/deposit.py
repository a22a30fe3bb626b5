"""Deposit: money brought to the bank, out of Undeposited Funds or received directly (qbo-facts 2.3)."""

from __future__ import annotations

from decimal import Decimal

from connectors.quickbooks.sandbox import clock
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.ledger import Entry
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.entities.kind import METADATA, TRANSACTION, Kind, Write
from connectors.quickbooks.sandbox.rules import deposited, frame
from connectors.quickbooks.sandbox.rules.amounts import ZERO, money
from connectors.quickbooks.sandbox.rules.deposit_lines import DETAIL, complete_lines
from connectors.quickbooks.sandbox.rules.open_accounts import open_name
from connectors.quickbooks.sandbox.rules.postings import Booking
from connectors.quickbooks.sandbox.rules.references import account, named, undeposited_funds
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Refusal

RECEIVING = ("Bank", "Other Current Asset")
IGNORED = ("HomeTotalAmt", "RecurDataRef", "TxnTaxDetail", "GlobalTaxCalculation", "LinkedTxn", "DocNumber")
ORDER = (
    "DepositToAccountRef",
    "CashBack",
    "TotalAmt",
    *frame.FRAME,
    "TxnDate",
    "DepartmentRef",
    "CurrencyRef",
    "ExchangeRate",
    "PrivateNote",
    "Line",
    "TxnTaxDetail",
)


def complete(write: Write, draft: Json, before: Json | None) -> Json:
    """Compute a deposit: what the lines bring, less the cash that was kept back (recorded: 1068.15 - 200)."""
    deposit = {name: value for name, value in draft.items() if name not in IGNORED}
    deposit.setdefault("TxnDate", clock.today(write.now))
    reference = deposit["DepositToAccountRef"]
    deposit["DepositToAccountRef"] = account(write.company, reference, RECEIVING, "DepositToAccountRef")
    deposit["CurrencyRef"] = frame.currency(write.company)
    deposit.pop("ExchangeRate", None)
    if deposit.get("DepartmentRef"):
        deposit["DepartmentRef"] = named(write.company, deposit["DepartmentRef"], "Department")
    deposit["Line"] = complete_lines(write, deposit, before)
    deposit["CashBack"] = _cash_back(write.company, deposit.get("CashBack"))
    kept_back = deposit["CashBack"]["Amount"] if deposit["CashBack"] else ZERO
    if not deposit["CashBack"]:
        del deposit["CashBack"]
    deposit["TotalAmt"] = sum((line["Amount"] for line in deposit["Line"]), ZERO) - kept_back
    if deposit["TotalAmt"] < 0:
        raise Refusal(faults.negative_total())
    deposit["TxnTaxDetail"] = {}
    return deposit


def _cash_back(company: Company, sent: Json | None) -> Json:
    """Return the cash kept back, {} when there is none."""
    amount = money((sent or {}).get("Amount", 0), "CashBack.Amount")
    if sent is None or not amount:
        return {}
    if not sent.get("AccountRef"):
        raise Refusal(faults.missing("CashBack.AccountRef"))
    memo = {"Memo": sent["Memo"]} if "Memo" in sent else {}
    return {"AccountRef": named(company, sent["AccountRef"], "Account"), "Amount": amount, **memo}


def settle(write: Write, before: Json | None, after: Json | None) -> None:
    deposited.settle(write.company, before, after)


def post(company: Company, deposit: Json) -> Entry | None:
    booking = Booking(company, "Deposit", deposit)
    undeposited = undeposited_funds(company)["value"]
    for line in deposit["Line"]:
        amount = -Decimal(line["Amount"])
        if line.get("LinkedTxn"):
            booking.add(undeposited, amount)
            continue
        detail = line[DETAIL]
        person = detail.get("Entity", {})
        to = detail["AccountRef"]["value"]
        name = open_name(company, to, str(person.get("type", "")).capitalize(), str(person.get("value")))
        booking.add(to, amount, name, line.get("Description", ""))
    if "CashBack" in deposit:
        kept = deposit["CashBack"]
        booking.add(kept["AccountRef"]["value"], Decimal(kept["Amount"]), text=kept.get("Memo", ""))
    booking.close(deposit["DepositToAccountRef"]["value"])
    return booking.entry()


KIND = Kind(
    name="Deposit",
    sequence="transaction",
    required=("DepositToAccountRef", "Line"),
    order=ORDER,
    queryable=("Id", "TxnDate", "TotalAmt", "DepositToAccountRef", *METADATA),
    operations=TRANSACTION,
    complete=complete,
    settle=settle,
    post=post,
    counted=True,
)
