"""Bodies of bills and their payments, as a client writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

ACCOUNT, ITEM = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"
VENDOR = "30"  # Books by Bessie


def account_line(amount: Any, account: str = "8", **detail: Any) -> dict[str, Any]:
    return {"Amount": amount, "DetailType": ACCOUNT, ACCOUNT: {"AccountRef": {"value": account}, **detail}}


def item_line(amount: Any, item: str = "11", **detail: Any) -> dict[str, Any]:
    return {"Amount": amount, "DetailType": ITEM, ITEM: {"ItemRef": {"value": item}, **detail}}


def form(amount: Any = 100, vendor: str = VENDOR, **more: Any) -> dict[str, Any]:
    return {"VendorRef": {"value": vendor}, "Line": [account_line(amount)], **more}


def check(total: Any, *links: tuple[str, str, Any], vendor: str = VENDOR, **more: Any) -> dict[str, Any]:
    lines = [{"Amount": part, "LinkedTxn": [{"TxnId": id_, "TxnType": kind}]} for kind, id_, part in links]
    bank = {"BankAccountRef": {"value": "35"}}
    start = {"VendorRef": {"value": vendor}, "PayType": "Check", "CheckPayment": bank, "TotalAmt": total}
    return {**start, "Line": lines, **more}


def card(total: Any, *links: tuple[str, str, Any], **more: Any) -> dict[str, Any]:
    body = check(total, *links, **more)
    del body["CheckPayment"]
    return body | {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": "41"}}}


def balance(books, kind: str, id_: str) -> Decimal:
    field = "CurrentBalance" if kind == "Account" else "Balance"
    return Decimal(books.read(kind, id_)[field])
