"""Whatever is done with bills, payments, credits, orders and expenses, the books balance and vendors get the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings, strategies as st

from connectors.quickbooks.sandbox.api.operations import write_object
from connectors.quickbooks.sandbox.books import booking, seed
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.entities.kind import Write
from connectors.quickbooks.sandbox.entities.registry import BY_NAME, POSTS
from connectors.quickbooks.sandbox.rules import paying
from connectors.quickbooks.sandbox.wire.faults import Refusal

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ACCOUNT, ITEM = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"
VENDORS = ("30", "31")
KINDS = ("Bill", "VendorCredit", "BillPayment", "BillPayment", "PurchaseOrder", "Purchase")
PLAIN = {"which": 0, "vendor": "30", "item": False, "more": False, "credits": False, "card": False, "sparse": False}
# What there is to pay from the start: two bills and a credit.
START = [
    {**PLAIN, "operation": "create", "kind": kind, "amounts": [Decimal(amount)]}
    for kind, amount in (("Bill", 50), ("Bill", 30), ("VendorCredit", 20))
]

amounts = st.integers(1, 400).map(lambda cents: Decimal(cents) / 4)
steps = st.fixed_dictionaries(
    {
        "operation": st.sampled_from(["create", "create", "update", "update", "delete"]),
        "kind": st.sampled_from(KINDS),
        "void": st.booleans(),
        "which": st.integers(0, 5),
        "vendor": st.sampled_from(VENDORS),
        "amounts": st.lists(amounts, min_size=1, max_size=3),
        "item": st.booleans(),
        "more": st.booleans(),
        "credits": st.booleans(),
        "card": st.booleans(),
        "sparse": st.booleans(),
    }
)


def lines(step: dict[str, Any]) -> list[dict[str, Any]]:
    def detail(amount: Decimal) -> dict[str, Any]:
        if step["item"]:
            return {"DetailType": ITEM, ITEM: {"ItemRef": {"value": "11"}, "Qty": 1, "UnitPrice": amount}}
        return {"DetailType": ACCOUNT, ACCOUNT: {"AccountRef": {"value": "8"}}}

    return [{"Amount": amount, **detail(amount)} for amount in step["amounts"]]


def _parts(company: Company, kind: str, step: dict[str, Any], most: Decimal) -> list[dict[str, Any]]:
    """Give lines that take what the vendor's documents have open, up to the step's amounts and to `most` in all."""
    rows = [row for row in company.store.find(kind, "VendorRef", step["vendor"]) if row.data["Balance"]]
    made = []
    for row, amount in zip(rows, step["amounts"], strict=False):
        part = min(amount, Decimal(row.data["Balance"]), most)
        most -= part
        made.append({"Amount": part, "LinkedTxn": [{"TxnId": row.id, "TxnType": kind}]})
    return made


def payment(company: Company, step: dict[str, Any]) -> dict[str, Any]:
    """Pay what is open, partly or wholly, with credits or without."""
    bills = _parts(company, "Bill", step, sum(step["amounts"]))
    paid = sum((line["Amount"] for line in bills), Decimal(0))
    given_back = _parts(company, "VendorCredit", step, paid) if step["credits"] else []
    total = paid - sum((line["Amount"] for line in given_back), Decimal(0)) + (7 if step["more"] else 0)
    how = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}}
    if step["card"]:
        how = {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": "41"}}}
    return {"VendorRef": {"value": step["vendor"]}, "TotalAmt": total, "Line": bills + given_back, **how}


def body(company: Company, step: dict[str, Any]) -> dict[str, Any]:
    vendor = {"value": step["vendor"]}
    if step["kind"] == "BillPayment":
        return payment(company, step)
    if step["kind"] == "Purchase":
        how = {"PaymentType": "CreditCard", "AccountRef": {"value": "41"}, "Credit": step["credits"]}
        return {"EntityRef": {**vendor, "type": "Vendor"}, "Line": lines(step), **how}
    made: dict[str, Any] = {"VendorRef": vendor, "APAccountRef": {"value": "33"}, "Line": lines(step)}
    orders = company.store.find("PurchaseOrder", "VendorRef", step["vendor"])
    if step["kind"] == "Bill" and orders:
        made["LinkedTxn"] = [{"TxnId": orders[0].id, "TxnType": "PurchaseOrder"}]
    return made


def take(company: Company, step: dict[str, Any]) -> bool:
    """Run one step; a refusal counts as nothing done."""
    sent = {} if step["operation"] in ("delete", "void") else body(company, step)
    operation = step["operation"]
    if operation == "delete" and step.get("void") and step["kind"] == "BillPayment":
        operation = "void"
    if operation != "create":
        rows = list(company.store.rows(step["kind"]))
        if not rows:
            return False
        old = rows[step["which"] % len(rows)].data
        sent |= {"Id": old["Id"], "SyncToken": old["SyncToken"], "sparse": step["sparse"]}
    try:
        write_object(Write(company, NOW), BY_NAME[step["kind"]], operation, sent)
    except Refusal:
        return False
    return True


def owed(company: Company, vendor: str) -> Decimal:
    """Return open bills minus what credits and payments have left."""
    bills = sum(Decimal(row.data["Balance"]) for row in company.store.find("Bill", "VendorRef", vendor))
    left = sum(Decimal(row.data["Balance"]) for row in company.store.find("VendorCredit", "VendorRef", vendor))
    for row in company.store.find("BillPayment", "VendorRef", vendor):
        left += Decimal(row.data["TotalAmt"]) - paying.used(row.data)
    return Decimal(bills - left)


def check_books(company: Company) -> None:
    assert sum(one.amount for entry in company.ledger.entries.values() for one in entry.postings) == 0
    for vendor in VENDORS:
        shown = (company.get("Vendor", vendor) or {})["Balance"]
        assert shown == owed(company, vendor) == booking.open_balance(company, ("Vendor", vendor))
    for kind in ("Bill", "VendorCredit"):
        for row in company.store.rows(kind):
            paid = [
                paying.links_of(one.data).get((kind, row.id), Decimal(0)) for one in company.store.rows("BillPayment")
            ]
            assert row.data["Balance"] == row.data["TotalAmt"] - sum(paid)
            assert row.data["Balance"] >= 0
    for row in company.store.rows("Bill"):
        paying_now = [
            one.id for one in company.store.rows("BillPayment") if ("Bill", row.id) in paying.links_of(one.data)
        ]
        assert sorted(link["TxnId"] for link in paying.payments_of(row.data)) == sorted(paying_now)


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, min_size=1, max_size=14))
def test_the_ledger_balances_and_a_vendor_is_owed_open_bills_minus_unapplied_credits(sequence):
    company = seed.company("1", "lists", POSTS, now=NOW)
    for step in [*START, *sequence]:
        take(company, step)
        check_books(company)


def test_the_property_sees_every_kind_of_document_written():
    """Guard of the property above: its steps are not all refused."""
    company = seed.company("1", "lists", POSTS, now=NOW)
    for kind in ("PurchaseOrder", "Bill", "VendorCredit", "Purchase", "BillPayment"):
        step = {**PLAIN, "kind": kind, "amounts": [Decimal(9)]}
        assert take(company, step | {"operation": "create"}), kind
        assert take(company, step | {"operation": "update", "amounts": [Decimal(8)]}), kind
    assert take(company, {**PLAIN, "kind": "BillPayment", "operation": "void", "amounts": []})
