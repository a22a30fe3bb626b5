from __future__ import annotations

from decimal import Decimal


def credit_line(amount, *links):
    return {"Amount": amount, "LinkedTxn": [{"TxnId": id_, "TxnType": kind} for kind, id_ in links]}


def test_a_minimal_payment_stays_unapplied_in_undeposited_funds(books):
    payment = books.payment(100)
    assert payment["UnappliedAmt"] == 100
    assert payment["Line"] == []
    assert payment["DepositToAccountRef"] == {"value": "4"}
    assert payment["ProcessPayment"] is False
    assert books.read("Customer", "1")["Balance"] == -100


def test_a_payment_pays_its_invoice_and_moves_its_sync_token(books):
    invoice = books.invoice(100)
    payment = books.payment(60, (invoice["Id"], 60))
    paid = books.read("Invoice", invoice["Id"])
    assert paid["Balance"] == 40
    assert paid["SyncToken"] == "1"
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert paid["MetaData"]["LastUpdatedTime"] == payment["MetaData"]["LastUpdatedTime"]
    assert books.read("Customer", "1")["Balance"] == 40
    assert books.read("Customer", "1")["SyncToken"] == "0"


def test_a_linked_line_tells_the_open_balance_and_the_number(books):
    invoice = books.invoice(750)
    extra = books.payment(300, (invoice["Id"], 300))["Line"][0]["LineEx"]["any"]
    told = {one["value"]["Name"]: one["value"]["Value"] for one in extra}
    assert told == {"txnId": invoice["Id"], "txnOpenBalance": "750.00", "txnReferenceNumber": invoice["DocNumber"]}


def test_one_payment_pays_several_invoices_and_keeps_the_rest(books):
    first, second = books.invoice(10), books.invoice(20)
    payment = books.payment(50, (first["Id"], 10), (second["Id"], 20))
    assert payment["UnappliedAmt"] == 20
    assert [books.read("Invoice", one["Id"])["Balance"] for one in (first, second)] == [0, 0]
    assert books.read("Customer", "1")["Balance"] == -20


def test_applying_more_than_was_paid_or_is_open_is_refused(books, bodies):
    invoice = books.invoice(100)
    for body in (bodies.payment(50, (invoice["Id"], 60)), bodies.payment(200, (invoice["Id"], 150))):
        error = books.refusal("Payment", body)
        assert error["code"] == "6000"
        assert error["Detail"] == "Business Validation Error: Amount applied is greater than payment or refund amount"
    assert books.read("Invoice", invoice["Id"])["SyncToken"] == "0"


def test_an_unknown_invoice_or_another_customers_cannot_be_paid(books, bodies):
    invoice = books.invoice(100, customer="2")
    assert books.refusal("Payment", bodies.payment(10, ("99999", 10)))["code"] == "610"
    assert books.refusal("Payment", bodies.payment(10, (invoice["Id"], 10)))["code"] == "620"


def test_a_parent_may_pay_for_its_job(books):
    invoice = books.invoice(100, customer="8")
    assert books.read("Customer", "7")["BalanceWithJobs"] == 100
    books.payment(100, (invoice["Id"], 100), customer="7")
    assert books.read("Invoice", invoice["Id"])["Balance"] == 0


def test_an_empty_line_list_unlinks_everything(books):
    invoice = books.invoice(100)
    payment = books.payment(100, (invoice["Id"], 100))
    changed = books.write("Payment", {"Id": payment["Id"], "SyncToken": "0", "sparse": True, "Line": []})
    assert changed["UnappliedAmt"] == 100
    open_again = books.read("Invoice", invoice["Id"])
    assert (open_again["Balance"], open_again["LinkedTxn"], open_again["SyncToken"]) == (100, [], "2")


def test_voiding_or_deleting_a_payment_opens_the_invoice_again(books):
    invoice = books.invoice(100)
    first = books.payment(100, (invoice["Id"], 100))
    voided = books.write(
        "Payment",
        {"Id": first["Id"], "SyncToken": "0", "sparse": True},
        operation="update",
        include="void",
    )
    assert (voided["TotalAmt"], voided["UnappliedAmt"], voided["Line"]) == (0, 0, [])
    assert voided["PrivateNote"] == "Voided"
    assert books.read("Invoice", invoice["Id"])["Balance"] == 100
    second = books.payment(100, (invoice["Id"], 100))
    books.write("Payment", {"Id": second["Id"], "SyncToken": "0"}, operation="delete")
    assert books.read("Invoice", invoice["Id"])["Balance"] == 100
    assert books.read("Customer", "1")["Balance"] == 100


def test_voiding_an_invoice_returns_its_payments_share(books):
    invoice, other = books.invoice(100), books.invoice(20)
    payment = books.payment(120, (invoice["Id"], 100), (other["Id"], 20))
    voided = books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "1"}, operation="void")
    assert voided["LinkedTxn"] == []
    kept = books.read("Payment", payment["Id"])
    assert kept["UnappliedAmt"] == 100
    assert [line["LinkedTxn"][0]["TxnId"] for line in kept["Line"]] == [other["Id"]]
    assert books.read("Customer", "1")["Balance"] == -100


def test_a_smaller_invoice_gives_back_only_the_excess(books, bodies):
    invoice = books.invoice(100)
    payment = books.payment(80, (invoice["Id"], 80))
    smaller = {"Id": invoice["Id"], "SyncToken": "1", "sparse": True, "Line": [bodies.line(50)]}
    assert books.write("Invoice", smaller)["Balance"] == 0
    kept = books.read("Payment", payment["Id"])
    assert (kept["UnappliedAmt"], kept["Line"][0]["Amount"]) == (30, 50)
    assert books.read("Customer", "1")["Balance"] == -30


def test_an_invoice_with_payments_cannot_be_deleted(books):
    invoice = books.invoice(100)
    books.payment(10, (invoice["Id"], 10))
    assert books.refusal("Invoice", {"Id": invoice["Id"], "SyncToken": "1"}, operation="delete")["code"] == "6000"
    assert books.read("Invoice", invoice["Id"])["Balance"] == 90


def test_a_payment_of_zero_applies_a_credit_memo(books, bodies):
    invoice = books.invoice(100)
    memo = books.write("CreditMemo", bodies.invoice(30))
    assert books.read("Customer", "1")["Balance"] == 70
    lines = [credit_line(30, ("Invoice", invoice["Id"])), credit_line(30, ("CreditMemo", memo["Id"]))]
    payment = books.write("Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 0, "Line": lines})
    assert payment["UnappliedAmt"] == 0
    assert books.read("Invoice", invoice["Id"])["Balance"] == 70
    assert books.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    assert books.read("Customer", "1")["Balance"] == 70


def test_money_goes_to_a_bank_or_a_current_asset_only(books, bodies):
    assert books.write("Payment", bodies.payment(1) | {"DepositToAccountRef": {"value": "35"}})["Id"]
    assert books.refusal("Payment", bodies.payment(1) | {"DepositToAccountRef": {"value": "8"}})["code"] == "6430"


def test_a_payment_needs_a_total_and_a_customer(books):
    assert books.refusal("Payment", {"CustomerRef": {"value": "1"}})["code"] == "6000"
    assert books.refusal("Payment", {"TotalAmt": Decimal(5)})["element"] == "CustomerRef"


def test_a_card_payment_keeps_its_method_and_reference(books, bodies):
    more = {"PaymentMethodRef": {"value": "3"}, "PaymentRefNum": "ch_1234"}
    payment = books.write("Payment", bodies.payment(Decimal("10.10")) | more)
    assert payment["PaymentRefNum"] == "ch_1234"
    assert books.query("select * from Payment where PaymentRefNum = 'ch_1234'")["Payment"][0]["Id"] == payment["Id"]
    assert books.refusal("Payment", bodies.payment(1) | {"PaymentRefNum": "x" * 22})["code"] == "2050"


def test_a_parents_payment_lowers_the_jobs_balance(books):
    invoice = books.invoice(100, customer="8")
    books.payment(130, (invoice["Id"], 100), customer="7")
    assert (books.read("Customer", "8")["Balance"], books.read("Customer", "7")["Balance"]) == (0, -30)
    assert books.read("Customer", "7")["BalanceWithJobs"] == -30


def test_a_payment_of_zero_names_no_account(books, bodies):
    invoice, memo = books.invoice(100), books.write("CreditMemo", bodies.invoice(30))
    line = credit_line(30, ("Invoice", invoice["Id"]), ("CreditMemo", memo["Id"]))
    payment = books.write("Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 0, "Line": [line]})
    assert "DepositToAccountRef" not in payment
    assert books.read("Invoice", invoice["Id"])["Balance"] == 70
    assert books.read("CreditMemo", memo["Id"])["SyncToken"] == "1"


def test_types_of_links_are_read_without_case(books, bodies):
    invoice = books.invoice(100)
    line = credit_line(100, ("INVOICE", invoice["Id"]))
    payment = books.write("Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 100, "Line": [line]})
    assert payment["Line"][0]["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]


def test_the_newest_payment_stands_first(books):
    invoice = books.invoice(100)
    first, second = (books.payment(10, (invoice["Id"], 10)) for _ in range(2))
    shown = books.read("Invoice", invoice["Id"])["LinkedTxn"]
    assert [one["TxnId"] for one in shown] == [second["Id"], first["Id"]]


def test_a_switch_leaves_too_much_unapplied(books, bodies):
    books.preferences(over_application="unapplied")
    invoice, other = books.invoice(100), books.invoice(100)
    over = books.write("Payment", bodies.payment(200, (invoice["Id"], 150)))
    assert (over["Line"][0]["Amount"], over["UnappliedAmt"]) == (100, 100)
    short = books.write("Payment", bodies.payment(30, (other["Id"], 100)))
    assert (short["Line"][0]["Amount"], short["UnappliedAmt"]) == (30, 0)
    assert books.read("Customer", "1")["Balance"] == -30


def test_a_switch_leaves_another_customers_invoice_unpaid(books, bodies):
    books.preferences(other_customers_invoice="unapplied")
    invoice = books.invoice(100, customer="2")
    payment = books.write("Payment", bodies.payment(100, (invoice["Id"], 100)))
    assert (payment["Line"], payment["UnappliedAmt"]) == ([], 100)


def test_a_switch_lets_a_paid_invoice_be_deleted(books):
    books.preferences(delete_paid_invoice="unlink")
    invoice = books.invoice(100)
    payment = books.payment(100, (invoice["Id"], 100))
    books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "1"}, operation="delete")
    left = books.read("Payment", payment["Id"])
    assert (left["Line"], left["UnappliedAmt"]) == ([], 100)


def test_an_invoice_handed_to_another_customer_loses_its_payments(books):
    invoice = books.invoice(100)
    payment = books.payment(100, (invoice["Id"], 100))
    change = {"Id": invoice["Id"], "SyncToken": "1", "sparse": True, "CustomerRef": {"value": "2"}}
    moved = books.write("Invoice", change)
    assert (moved["Balance"], moved["LinkedTxn"]) == (100, [])
    assert books.read("Payment", payment["Id"])["UnappliedAmt"] == 100
    assert (books.read("Customer", "1")["Balance"], books.read("Customer", "2")["Balance"]) == (-100, 100)


def test_an_expense_on_receivables_uses_up_an_overpayment(books, bodies):
    payment = books.payment(100)
    line = {"AccountRef": {"value": "84"}, "CustomerRef": {"value": "1"}}
    detail = "AccountBasedExpenseLineDetail"
    expense = bodies.purchase(100) | {"Line": [{"Amount": 100, "DetailType": detail, detail: line}]}
    refund = books.write("Purchase", expense | {"EntityRef": {"value": "1", "type": "Customer"}})
    assert books.read("Customer", "1")["Balance"] == 0
    used = {
        "Id": payment["Id"],
        "SyncToken": "0",
        "sparse": True,
        "Line": [credit_line(100, ("Expense", refund["Id"]))],
    }
    changed = books.write("Payment", used)
    assert changed["UnappliedAmt"] == 0
    assert changed["Line"][0]["LinkedTxn"] == [{"TxnId": refund["Id"], "TxnType": "Expense"}]


def test_a_card_payments_details_and_receivables_account_are_kept(books, bodies):
    card = {"CreditChargeInfo": {"Type": "Visa", "CcExpiryMonth": 12}, "CreditChargeResponse": {"CCTransId": "1"}}
    more = {"CreditCardPayment": card, "ARAccountRef": {"value": "84"}}
    payment = books.write("Payment", bodies.payment(10) | more)
    assert payment["CreditCardPayment"] == card
    assert payment["ARAccountRef"] == {"value": "84"}
    assert books.refusal("Payment", bodies.payment(10) | {"ARAccountRef": {"value": "35"}})["code"] == "6430"


def test_a_line_of_zero_applies_nothing(books, bodies):
    invoice = books.invoice(100)
    assert books.write("Payment", bodies.payment(10, (invoice["Id"], 0)))["Line"] == []
    assert books.read("Invoice", invoice["Id"])["LinkedTxn"] == []


def test_an_invoice_handed_within_the_family_keeps_its_payment_and_both_balances_follow(books):
    invoice = books.invoice(100, customer="8")
    payment = books.payment(100, (invoice["Id"], 100), customer="7")
    change = {"Id": invoice["Id"], "SyncToken": "1", "sparse": True, "CustomerRef": {"value": "7"}}
    assert books.write("Invoice", change)["Balance"] == 0
    assert books.read("Payment", payment["Id"])["SyncToken"] == "0"
    assert (books.read("Customer", "7")["Balance"], books.read("Customer", "8")["Balance"]) == (0, 0)


def test_an_applied_credit_memo_is_not_handed_on(books, bodies):
    invoice, memo = books.invoice(100), books.write("CreditMemo", bodies.invoice(30))
    line = credit_line(30, ("Invoice", invoice["Id"]), ("CreditMemo", memo["Id"]))
    books.write("Payment", {"CustomerRef": {"value": "1"}, "TotalAmt": 0, "Line": [line]})
    change = {"Id": memo["Id"], "SyncToken": "1", "sparse": True, "CustomerRef": {"value": "2"}}
    assert books.refusal("CreditMemo", change)["code"] == "6000"
