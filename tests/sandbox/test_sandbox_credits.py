"""Credit memos applied by QuickBooks itself, receipts without a customer, refunds, voids, and stock counted anew."""

from __future__ import annotations

from decimal import Decimal

import pytest


def values(line):
    return {one["value"]["Name"]: one["value"]["Value"] for one in line["LineEx"]["any"]}


def test_nothing_is_applied_while_the_company_does_not_want_it(books, bodies):
    books.invoice(100)
    assert books.write("CreditMemo", bodies.invoice(30))["RemainingCredit"] == 30


def test_a_new_credit_memo_is_applied_to_the_oldest_invoices_by_a_payment_of_zero(books, bodies):
    books.preferences(AutoApplyCredit=True)
    newer, older = books.invoice(100, TxnDate="2026-02-02"), books.invoice(20, TxnDate="2026-02-01")
    memo = books.write("CreditMemo", bodies.invoice(50) | {"TxnDate": "2026-02-10"})
    assert (memo["RemainingCredit"], memo["Balance"], memo["SyncToken"]) == (0, 0, "1")
    assert books.read("Invoice", older["Id"])["Balance"] == 0
    assert books.read("Invoice", newer["Id"])["Balance"] == 70
    payment = books.query("select * from Payment")["Payment"][0]
    assert payment["PrivateNote"] == "Created by QB Online to link credits to charges."
    assert (payment["TotalAmt"], payment["UnappliedAmt"], payment["TxnDate"]) == (0, 0, "2026-02-10")
    assert "DepositToAccountRef" not in payment
    assert [line["Amount"] for line in payment["Line"]] == [20, 30, 50]
    assert values(payment["Line"][2])["txnReferenceNumber"] == memo["DocNumber"]
    assert books.read("Customer", "1")["Balance"] == 70


def test_a_new_invoice_takes_the_credits_that_are_left(books, bodies):
    books.preferences(AutoApplyCredit=True)
    memo = books.write("CreditMemo", bodies.invoice(30))
    invoice = books.invoice(100)
    assert (invoice["Balance"], invoice["LinkedTxn"][0]["TxnType"]) == (70, "Payment")
    assert books.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    assert books.invoice(10)["Balance"] == 10


def test_a_receipt_may_have_no_customer_and_can_be_voided(books, bodies):
    receipt = books.write("SalesReceipt", {"Line": [bodies.line(40)]})
    assert "CustomerRef" not in receipt
    assert books.read("Account", "4")["CurrentBalance"] == 40
    voided = books.write("SalesReceipt", {"Id": receipt["Id"], "SyncToken": "0"}, include="void")
    assert (voided["TotalAmt"], voided["PrivateNote"], voided["Line"][0]["Amount"]) == (0, "Voided", 0)
    assert voided["DocNumber"] == receipt["DocNumber"]
    assert books.read("Account", "4")["CurrentBalance"] == 0


@pytest.mark.parametrize("params", [{"operation": "void"}, {"include": "void"}])
def test_an_invoice_is_voided_in_both_forms(books, params):
    invoice = books.invoice(100)
    voided = books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True}, **params)
    assert (voided["Balance"], voided["PrivateNote"]) == (0, "Voided")
    assert books.read("Customer", "1")["Balance"] == 0


@pytest.mark.parametrize("kind", ["CreditMemo", "Estimate", "RefundReceipt"])
def test_what_cannot_be_voided_says_so(books, bodies, kind):
    body = bodies.invoice() | ({"DepositToAccountRef": {"value": "35"}} if kind == "RefundReceipt" else {})
    made = books.write(kind, body)
    assert books.refusal(kind, {"Id": made["Id"], "SyncToken": "0"}, operation="void")["code"] == "500"
    deleted = books.write(kind, {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    assert deleted == {"domain": "QBO", "status": "Deleted", "Id": made["Id"]}


def test_a_refund_leaves_the_bank_and_no_customer_balance(books, bodies):
    body = {"Line": [bodies.line(40)], "DepositToAccountRef": {"value": "35"}, "PaymentType": "Check"}
    books.write("RefundReceipt", body | {"CustomerRef": {"value": "1"}, "CheckPayment": {"CheckNum": "1001"}})
    assert books.read("Account", "35")["CurrentBalance"] == -40
    assert books.read("Customer", "1")["Balance"] == 0
    assert books.refusal("RefundReceipt", {"Line": [bodies.line(40)]})["element"] == "DepositToAccountRef"


def test_stock_counted_anew_moves_quantity_and_value(books):
    item = next(row for row in books.query("select * from Item where Type = 'Inventory'")["Item"])
    asset = item["AssetAccountRef"]["value"]
    value = books.read("Account", asset)["CurrentBalance"]
    detail = {"ItemRef": {"value": item["Id"]}, "QtyDiff": -2}
    line = {"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": detail}
    body = {"AdjustAccountRef": {"value": "80"}, "Line": [line]}
    made = books.write("InventoryAdjustment", body)
    assert made["Line"][0]["ItemAdjustmentLineDetail"]["ItemRef"]["name"] == item["Name"]
    assert books.read("Item", item["Id"])["QtyOnHand"] == Decimal(item["QtyOnHand"]) - 2
    assert books.read("Account", asset)["CurrentBalance"] == value - 2 * Decimal(item["PurchaseCost"])
    books.write("InventoryAdjustment", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    assert books.read("Item", item["Id"])["QtyOnHand"] == item["QtyOnHand"]
    service = {**line, "ItemAdjustmentLineDetail": {**detail, "ItemRef": {"value": "1"}}}
    assert books.refusal("InventoryAdjustment", {**body, "Line": [service]})["code"] == "6000"
    for broken in ("text", {}, {"ItemRef": {"value": item["Id"]}}):
        wrong = {**line, "ItemAdjustmentLineDetail": broken}
        assert books.refusal("InventoryAdjustment", {**body, "Line": [wrong]})["code"] in ("2010", "2020")
