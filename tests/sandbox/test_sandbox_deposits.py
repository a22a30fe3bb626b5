"""Deposits sweep money out of Undeposited Funds and freeze what they sweep; transfers and card payments move it."""

from __future__ import annotations

import pytest

UNDEPOSITED, CHECKING, SAVINGS, FEES, MASTERCARD = "4", "35", "36", "8", "41"


def linked(transaction, amount, kind="Payment"):
    return {"Amount": amount, "LinkedTxn": [{"TxnId": transaction["Id"], "TxnType": kind, "TxnLineId": "0"}]}


def direct(amount, account=FEES, **detail):
    detail = {"AccountRef": {"value": account}, **detail}
    return {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}


def deposit(books, *lines, **more):
    return books.write("Deposit", {"DepositToAccountRef": {"value": CHECKING}, "Line": list(lines), **more})


def refused_deposit(books, *lines):
    return books.refusal("Deposit", {"DepositToAccountRef": {"value": CHECKING}, "Line": list(lines)})


def balance(books, account):
    return books.read("Account", account)["CurrentBalance"]


def test_a_deposit_brings_payments_and_a_fee_to_the_bank(books):
    first, second = books.payment(100), books.payment(50)
    made = deposit(books, linked(first, 100), linked(second, 50), direct(-5))
    assert made["TotalAmt"] == 145
    assert (balance(books, UNDEPOSITED), balance(books, CHECKING)) == (0, 145)
    assert made["Line"][0] == linked(first, 100)
    assert made["Line"][2] == {
        "Id": "1",
        "LineNum": 1,
        "Amount": -5,
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": FEES, "name": "Bank Charges"}},
        "CustomExtensions": [],
    }


def test_a_swept_payment_shows_the_deposit_but_its_token_and_time_stay(books):
    payment = books.payment(100)
    made = deposit(books, linked(payment, 100))
    shown = books.read("Payment", payment["Id"])
    assert shown["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Deposit"}]
    assert list(shown).index("LinkedTxn") == list(shown).index("Line") - 1
    assert (shown["SyncToken"], shown["MetaData"]) == (payment["SyncToken"], payment["MetaData"])


@pytest.mark.parametrize("params", [{}, {"operation": "delete"}, {"operation": "update", "include": "void"}])
def test_a_deposited_payment_or_receipt_is_frozen(books, bodies, params):
    receipt = books.write("SalesReceipt", bodies.invoice(70))
    payment = books.payment(100)
    deposit(books, linked(payment, 100), linked(receipt, 70, "SalesReceipt"))
    for kind, one in (("Payment", payment), ("SalesReceipt", receipt)):
        body = {"Id": one["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "later"}
        error = books.refusal(kind, body, **params)
        assert (error["code"], error["Message"]) == ("6540", "Deposited Transaction cannot be changed")
        assert error["Detail"].startswith("This transaction has been deposited. If you want to change or delete it,")
        assert "PrivateNote" not in books.read(kind, one["Id"])


def test_a_deposit_that_lets_go_thaws_what_it_held(books):
    first, second = books.payment(100), books.payment(50)
    made = deposit(books, linked(first, 100), linked(second, 50))
    update = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Line": [linked(first, 100)]}
    assert books.write("Deposit", update)["TotalAmt"] == 100
    assert "LinkedTxn" not in books.read("Payment", second["Id"])
    assert balance(books, UNDEPOSITED) == 50
    books.write("Deposit", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    assert "LinkedTxn" not in books.read("Payment", first["Id"])
    assert (balance(books, UNDEPOSITED), balance(books, CHECKING)) == (150, 0)
    note = {"Id": first["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "free"}
    assert books.write("Payment", note)["PrivateNote"] == "free"


def test_what_is_not_in_undeposited_funds_cannot_be_swept(books, bodies):
    banked = books.write("Payment", bodies.payment(10) | {"DepositToAccountRef": {"value": CHECKING}})
    payment, invoice = books.payment(20), books.invoice(30)
    assert refused_deposit(books, linked(banked, 10))["code"] == "620"
    assert refused_deposit(books, linked(invoice, 30, "Invoice"))["code"] == "620"
    assert refused_deposit(books, linked({"Id": "99999"}, 30))["code"] == "610"
    assert refused_deposit(books, linked(payment, 19))["code"] == "6000"
    assert refused_deposit(books, linked(payment, 20), linked(payment, 20))["code"] == "620"
    deposit(books, linked(payment, 20))
    assert refused_deposit(books, linked(payment, 20))["code"] == "620"


def test_method_and_check_number_of_a_swept_payment_are_shown(books, bodies):
    more = {"PaymentMethodRef": {"value": "2"}, "PaymentRefNum": "6552"}
    payment = books.write("Payment", bodies.payment(108) | more)
    line = deposit(books, linked(payment, 108))["Line"][0]
    assert line["DepositLineDetail"] == {"PaymentMethodRef": {"value": "2"}, "CheckNum": "6552"}


def test_refunds_journals_and_transfers_are_swept_too(books, bodies):
    payment = books.payment(100)
    refund = books.write("RefundReceipt", bodies.invoice(30) | {"DepositToAccountRef": {"value": UNDEPOSITED}})
    moved = books.write("Transfer", transfer(SAVINGS, UNDEPOSITED, 25))
    lines = [journal_line("Debit", UNDEPOSITED, 5), journal_line("Credit", "79", 5)]
    journal = books.write("JournalEntry", {"Line": lines})
    made = deposit(
        books,
        linked(payment, 100),
        linked(refund, -30, "RefundReceipt"),
        linked(moved, 25, "Transfer"),
        linked(journal, 5, "JournalEntry"),
    )
    assert made["TotalAmt"] == 100
    assert balance(books, UNDEPOSITED) == 0
    assert books.read("JournalEntry", journal["Id"])["LinkedTxn"][0]["TxnType"] == "Deposit"
    body = {"Id": moved["Id"], "SyncToken": "0"}
    assert books.refusal("Transfer", body, operation="delete")["code"] == "6540"


def test_cash_back_is_kept_out_of_the_bank(books):
    payment = books.payment(1000)
    cash = {"AccountRef": {"value": SAVINGS}, "Amount": 200, "Memo": "Money to savings"}
    made = deposit(books, linked(payment, 1000), CashBack=cash)
    assert made["TotalAmt"] == 800
    assert made["CashBack"]["AccountRef"] == {"value": SAVINGS, "name": "Savings"}
    assert (balance(books, CHECKING), balance(books, SAVINGS)) == (800, 200)


def test_a_direct_line_names_whom_it_concerns_in_capitals(books):
    line = direct(40, "79", Entity={"value": "56", "type": "Vendor"}, PaymentMethodRef={"value": "2"})
    detail = deposit(books, line)["Line"][0]["DepositLineDetail"]
    assert detail["Entity"] == {"value": "56", "name": "Bob's Burger Joint", "type": "VENDOR"}
    assert list(detail) == ["Entity", "AccountRef", "PaymentMethodRef"]
    assert refused_deposit(books, direct(40, "84"))["Detail"] == (
        "Business Validation Error: When you use Accounts Receivable, you must choose a customer in the Name field."
    )
    deposit(books, direct(40, "84", Entity={"value": "1", "type": "CUSTOMER"}))
    assert books.read("Customer", "1")["Balance"] == -40


def test_an_incomplete_or_negative_deposit_is_refused(books):
    assert books.refusal("Deposit", {"Line": [direct(1)]})["element"] == "DepositToAccountRef"
    assert refused_deposit(books)["element"] == "Line"
    assert refused_deposit(books, {"Amount": 1, "DetailType": "DepositLineDetail"})["code"] == "2020"
    assert refused_deposit(books, direct(1, "99999"))["code"] == "2500"
    assert refused_deposit(books, direct(-1))["code"] == "6000"
    body = {"DepositToAccountRef": {"value": FEES}, "Line": [direct(1)]}
    assert books.refusal("Deposit", body)["code"] == "6430"


def journal_line(side, account, amount, **detail):
    detail = {"PostingType": side, "AccountRef": {"value": account}, **detail}
    return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


def transfer(from_account, to_account, amount):
    accounts = {"FromAccountRef": {"value": from_account}, "ToAccountRef": {"value": to_account}}
    return {**accounts, "Amount": amount}


def test_a_transfer_moves_money_and_can_be_changed_and_deleted(books):
    moved = books.write("Transfer", transfer(CHECKING, SAVINGS, 120))
    assert list(moved)[:4] == ["FromAccountRef", "ToAccountRef", "Amount", "domain"]
    assert moved["FromAccountRef"] == {"value": CHECKING, "name": "Checking"}
    assert (balance(books, CHECKING), balance(books, SAVINGS)) == (-120, 120)
    books.write("Transfer", {"Id": moved["Id"], "SyncToken": "0", "sparse": True, "Amount": 20})
    assert balance(books, SAVINGS) == 20
    books.write("Transfer", {"Id": moved["Id"], "SyncToken": "1"}, operation="delete")
    assert balance(books, SAVINGS) == 0
    assert books.refusal("Transfer", transfer(CHECKING, CHECKING, 1))["code"] == "6000"
    assert books.refusal("Transfer", transfer(CHECKING, FEES, 1))["code"] == "6430"
    assert books.refusal("Transfer", {"Amount": 1})["code"] == "2020"


def test_a_card_payment_answers_under_its_own_name(books, bodies):
    body = {"CreditCardAccountRef": {"value": MASTERCARD}, "BankAccountRef": {"value": CHECKING}, "Amount": 30}
    made = bodies.parsed(books.post("creditcardpayment", body))["CreditCardPaymentTxn"]
    assert (balance(books, MASTERCARD), balance(books, CHECKING)) == (30, -30)
    found = books.query("select * from CreditCardPayment")
    assert [row["Id"] for row in found["CreditCardPaymentTxn"]] == [made["Id"]]
    assert bodies.parsed(books.get(f"creditcardpayment/{made['Id']}"))["CreditCardPaymentTxn"] == made
    wrong = books.refusal("CreditCardPayment", {**body, "CreditCardAccountRef": {"value": CHECKING}})
    assert wrong["code"] == "6430"
