from __future__ import annotations

from decimal import Decimal

import pytest


def test_a_cash_expense_sums_its_lines(books, bodies):
    purchase = books.write("Purchase", bodies.purchase(Decimal("3.20"), EntityRef={"value": "56", "type": "Vendor"}))
    assert purchase["TotalAmt"] == Decimal("3.20")
    assert purchase["EntityRef"] == {"value": "56", "name": "Bob's Burger Joint", "type": "Vendor"}
    assert purchase["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["name"] == "Bank Charges"
    assert purchase["PurchaseEx"]["any"][0]["value"] == {"Name": "TxnType", "Value": "54"}
    assert "DocNumber" not in purchase


@pytest.mark.parametrize(("kind", "account"), [("Cash", "41"), ("CreditCard", "35"), ("Check", "8")])
def test_an_expense_is_paid_from_an_account_of_its_own_type(books, bodies, kind, account):
    body = bodies.purchase() | {"PaymentType": kind, "AccountRef": {"value": account}}
    assert books.refusal("Purchase", body)["code"] == "6430"


def test_only_a_card_knows_credits_and_only_a_check_knows_printing(books, bodies):
    card = bodies.purchase(Credit=True) | {"PaymentType": "CreditCard", "AccountRef": {"value": "42"}}
    assert books.write("Purchase", card)["Credit"] is True
    cash = books.write("Purchase", bodies.purchase(Credit=True, PrintStatus="NotSet"))
    assert "Credit" not in cash
    assert "PrintStatus" not in cash


def test_a_sparse_update_of_a_purchase_repeats_the_payment_type(books, bodies):
    purchase = books.write("Purchase", bodies.purchase())
    change = {"Id": purchase["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "fee"}
    assert books.refusal("Purchase", change)["element"] == "PaymentType"
    assert books.write("Purchase", change | {"PaymentType": "Cash"})["PrivateNote"] == "fee"


def test_a_purchase_needs_its_payment_type(books, bodies):
    error = books.refusal("Purchase", bodies.purchase() | {"PaymentType": ""})
    assert error["Detail"] == "Required parameter PaymentType is missing in the request"


def test_used_expense_numbers_are_refused_and_check_numbers_as_the_preference_says(books, bodies):
    first = books.write("Purchase", bodies.purchase(DocNumber="77"))
    error = books.refusal("Purchase", bodies.purchase(DocNumber="77"))
    assert (error["code"], f"TxnId={first['Id']}" in error["Detail"]) == ("6140", True)
    check = bodies.purchase(DocNumber="77") | {"PaymentType": "Check"}
    books.write("Purchase", check)
    assert books.refusal("Purchase", check)["code"] == "6140"
    books.preferences(WarnDuplicateCheckNumber=False)
    assert books.write("Purchase", check)["DocNumber"] == "77"
    assert books.write("Purchase", bodies.purchase(DocNumber="77"), include="allowduplicatedocnum")["Id"]


def test_a_refund_leaves_a_bank_account_and_may_be_anonymous(books, bodies):
    body = {"Line": [bodies.line(20)], "DepositToAccountRef": {"value": "35"}}
    refund = books.write("RefundReceipt", body)
    assert (refund["TotalAmt"], refund["Balance"]) == (20, 0)
    assert refund["DepositToAccountRef"] == {"value": "35", "name": "Checking"}
    assert books.refusal("RefundReceipt", body | {"DepositToAccountRef": {"value": "41"}})["code"] == "6430"
    assert books.refusal("RefundReceipt", {"Line": [bodies.line(20)]})["element"] == "DepositToAccountRef"


def test_a_sales_receipt_goes_to_undeposited_funds_and_can_be_voided(books, bodies):
    receipt = books.write("SalesReceipt", {"Line": [bodies.line(20)]})
    assert receipt["DepositToAccountRef"] == {"value": "4", "name": "Undeposited Funds"}
    body = {"Id": receipt["Id"], "SyncToken": "0", "sparse": True}
    assert books.write("SalesReceipt", body, operation="update", include="void")["TotalAmt"] == 0
