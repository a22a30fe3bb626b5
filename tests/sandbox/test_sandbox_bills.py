"""Bills, vendor credits and the payments between them, as recorded in Intuit's own sandbox in May 2026."""

from __future__ import annotations

import pytest

from tests.support.buying import ACCOUNT, VENDOR, account_line, balance, card, check, form

# Recorded: create_bill, May 2026.
BILL_ORDER = (
    "DueDate Balance domain sparse Id SyncToken MetaData TxnDate CurrencyRef Line VendorRef APAccountRef TotalAmt"
)


def test_a_bill_is_answered_as_recorded(books):
    bill = books.write("Bill", {**form(150, vendor="56"), "TxnDate": "2026-05-05", "Line": [account_line(150, "69")]})
    assert " ".join(bill) == BILL_ORDER
    assert list(bill["MetaData"]) == ["CreateTime", "LastModifiedByRef", "LastUpdatedTime"]
    assert (bill["DueDate"], bill["Balance"], bill["TotalAmt"]) == ("2026-05-05", 150, 150)
    assert bill["VendorRef"] == {"value": "56", "name": "Bob's Burger Joint"}
    assert bill["APAccountRef"] == {"value": "33", "name": "Accounts Payable (A/P)"}
    line = bill["Line"][0]
    assert list(line) == ["Id", "LineNum", "Amount", "LinkedTxn", "DetailType", ACCOUNT, "CustomExtensions"]
    assert list(line[ACCOUNT]) == ["AccountRef", "BillableStatus", "TaxCodeRef"]
    assert line[ACCOUNT]["AccountRef"]["name"] == "Legal & Professional Fees:Accounting"
    assert (line[ACCOUNT]["BillableStatus"], line[ACCOUNT]["TaxCodeRef"]) == ("NotBillable", {"value": "NON"})


def test_an_empty_address_counts_as_not_sent(books):
    assert books.write("Bill", form(VendorAddr={}))["VendorAddr"] == books.read("Vendor", VENDOR)["BillAddr"]


def test_a_bill_takes_the_address_of_its_vendor_and_its_day_from_its_terms(books):
    bill = books.write("Bill", form(TxnDate="2026-03-23", SalesTermRef={"value": "3"}))
    assert bill["VendorAddr"] == books.read("Vendor", VENDOR)["BillAddr"]
    assert (bill["SalesTermRef"], bill["DueDate"]) == ({"value": "3"}, "2026-04-22")
    assert list(bill)[:4] == ["SalesTermRef", "DueDate", "VendorAddr", "Balance"]
    own = books.write("Bill", form(VendorAddr={"Line1": "123 Main", "City": "City"}))
    assert own["VendorAddr"]["Line1"] == "123 Main"
    assert own["VendorAddr"]["Id"] != bill["VendorAddr"]["Id"]


@pytest.mark.parametrize("missing", ["VendorRef", "Line"])
@pytest.mark.parametrize("entity", ["Bill", "VendorCredit", "PurchaseOrder"])
def test_a_form_without_vendor_or_lines_is_refused(books, entity, missing):
    body = form(APAccountRef={"value": "33"})
    del body[missing]
    error = books.refusal(entity, body)
    assert (error["code"], error["element"]) == ("2020", missing)


@pytest.mark.parametrize("missing", ["VendorRef", "PayType", "TotalAmt", "Line"])
def test_a_bill_payment_without_what_it_needs_is_refused(books, missing):
    bill = books.write("Bill", form())
    body = check(100, ("Bill", bill["Id"], 100))
    del body[missing]
    assert (books.refusal("BillPayment", body)["code"], books.refusal("BillPayment", body)["element"]) == (
        "2020",
        missing,
    )


def test_a_bill_payment_says_from_which_account_unless_it_pays_nothing(books):
    bill, credit = books.write("Bill", form()), books.write("VendorCredit", form())
    body = check(100, ("Bill", bill["Id"], 100), CheckPayment={"PrintStatus": "NotSet"})
    assert books.refusal("BillPayment", body)["element"] == "CheckPayment.BankAccountRef"
    nothing = check(0, ("Bill", bill["Id"], 100), ("VendorCredit", credit["Id"], 100), CheckPayment={})
    assert books.write("BillPayment", nothing)["CheckPayment"] == {"PrintStatus": "NotSet"}


@pytest.mark.parametrize(
    ("how", "account"),
    [
        (check, {"CheckPayment": {"BankAccountRef": {"value": "41"}}}),
        (card, {"CreditCardPayment": {"CCAccountRef": {"value": "35"}}}),
    ],
)
def test_a_bill_is_paid_from_an_account_of_the_right_type(books, how, account):
    bill = books.write("Bill", form())
    assert books.refusal("BillPayment", how(100, ("Bill", bill["Id"], 100)) | account)["code"] == "6430"


def test_a_check_pays_a_bill_and_the_bill_shows_it(books):
    bill = books.write("Bill", form())
    body = check(100, ("Bill", bill["Id"], 100), DocNumber="11")
    payment = books.write("BillPayment", body)
    assert " ".join(payment) == (
        "VendorRef PayType CheckPayment TotalAmt domain sparse Id SyncToken MetaData DocNumber TxnDate CurrencyRef Line"
    )
    assert payment["CheckPayment"] == {"BankAccountRef": {"value": "35", "name": "Checking"}, "PrintStatus": "NotSet"}
    assert payment["Line"] == [{"Amount": 100, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}]
    paid = books.read("Bill", bill["Id"])
    assert (paid["Balance"], paid["SyncToken"]) == (0, "1")
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}]
    assert list(paid)[list(paid).index("LinkedTxn") + 1] == "Line"
    assert paid["MetaData"]["LastUpdatedTime"] == payment["MetaData"]["LastUpdatedTime"]


def test_a_card_payment_is_shown_on_the_bill_under_the_recorded_name(books):
    bill = books.write("Bill", form())
    payment = books.write("BillPayment", card(100, ("Bill", bill["Id"], 100)))
    assert payment["CreditCardPayment"] == {"CCAccountRef": {"value": "41", "name": "Mastercard"}}
    assert books.read("Bill", bill["Id"])["LinkedTxn"][0]["TxnType"] == "BillPaymentCheck"


def test_paying_moves_the_vendor_the_bank_and_the_payables(books):
    bill = books.write("Bill", form())
    assert (balance(books, "Vendor", VENDOR), balance(books, "Account", "33")) == (100, -100)
    books.write("BillPayment", check(60, ("Bill", bill["Id"], 60)))
    assert balance(books, "Bill", bill["Id"]) == 40
    assert (balance(books, "Vendor", VENDOR), balance(books, "Account", "33")) == (40, -40)
    assert balance(books, "Account", "35") == -60
    books.write("BillPayment", card(40, ("Bill", bill["Id"], 40)))
    assert (balance(books, "Vendor", VENDOR), balance(books, "Account", "41")) == (0, -40)


def test_a_bill_may_stand_in_another_payables_account_and_be_paid_naming_a_bank(books):
    """What a Ruby client's live tests send: a new A/P account, and a bank account as the payment's APAccountRef."""
    payable = books.write("Account", {"Name": "Other payables", "AccountType": "Accounts Payable"})["Id"]
    department = books.write("Department", {"Name": "North"})["Id"]
    place = {"DepartmentRef": {"value": department}}
    bill = books.write("Bill", form(APAccountRef={"value": payable}, **place))
    assert (bill["APAccountRef"]["name"], balance(books, "Account", payable)) == ("Other payables", -100)
    payment = books.write("BillPayment", check(100, ("Bill", bill["Id"], 100), APAccountRef={"value": "35"}, **place))
    assert payment["APAccountRef"] == {"value": "35", "name": "Checking"}
    assert payment["DepartmentRef"] == bill["DepartmentRef"] == {"value": department, "name": "North"}
    assert (balance(books, "Bill", bill["Id"]), balance(books, "Vendor", VENDOR)) == (0, 0)
    for entity, account in (("Bill", "35"), ("VendorCredit", "8")):
        assert books.refusal(entity, form(APAccountRef={"value": account}))["code"] == "6430"


def test_more_money_than_bills_stays_as_the_vendors_credit(books):
    bill = books.write("Bill", form())
    payment = books.write("BillPayment", check(150, ("Bill", bill["Id"], 100)))
    assert (payment["TotalAmt"], balance(books, "Vendor", VENDOR)) == (150, -50)


def test_more_than_a_bill_owes_cannot_be_applied(books):
    bill = books.write("Bill", form())
    for body in (check(200, ("Bill", bill["Id"], 101)), check(50, ("Bill", bill["Id"], 100))):
        error = books.refusal("BillPayment", body)
        assert (error["code"], "greater than payment" in error["Detail"]) == ("6000", True)
    assert balance(books, "Bill", bill["Id"]) == 100


def test_paying_a_paid_bill_again_makes_a_voided_payment_or_is_refused(books):
    bill = books.write("Bill", form())
    books.write("BillPayment", check(100, ("Bill", bill["Id"], 100)))
    again = books.write("BillPayment", check(100, ("Bill", bill["Id"], 100)))
    assert (again["TotalAmt"], again["Line"], again["PrivateNote"]) == (0, [], "Voided")
    assert (balance(books, "Vendor", VENDOR), balance(books, "Account", "35")) == (0, -100)
    books.preferences(paid_bills="refuse")
    assert books.refusal("BillPayment", check(100, ("Bill", bill["Id"], 100)))["code"] == "6000"


def test_more_than_is_open_stays_unapplied_where_the_switch_says_so(books):
    bills = [books.write("Bill", form(amount)) for amount in (100, 50)]
    books.preferences(over_application="unapplied")
    links = [("Bill", bill["Id"], 100) for bill in bills]
    payment = books.write("BillPayment", check(120, *links))
    assert [line["Amount"] for line in payment["Line"]] == [100, 20]
    assert balance(books, "Bill", bills[1]["Id"]) == 30
    books.write("BillPayment", check(40, links[1]))
    assert (balance(books, "Bill", bills[1]["Id"]), balance(books, "Vendor", VENDOR)) == (0, -10)


def test_deleting_a_paid_bill_frees_its_payment_where_the_switch_says_so(books):
    bill = books.write("Bill", form())
    payment = books.write("BillPayment", check(100, ("Bill", bill["Id"], 100)))
    books.preferences(delete_paid_invoice="unlink")
    books.write("Bill", {"Id": bill["Id"], "SyncToken": "1"}, operation="delete")
    assert (books.read("BillPayment", payment["Id"])["Line"], balance(books, "Vendor", VENDOR)) == ([], -100)


def test_a_payment_of_nothing_applies_a_vendor_credit(books):
    bill, credit = books.write("Bill", form(100)), books.write("VendorCredit", form(30))
    assert (credit["Balance"], balance(books, "Vendor", VENDOR)) == (30, 70)
    links = (("Bill", bill["Id"], 30), ("VendorCredit", credit["Id"], 30))
    payment = books.write("BillPayment", check(0, *links))
    assert (balance(books, "Bill", bill["Id"]), balance(books, "VendorCredit", credit["Id"])) == (70, 0)
    assert (balance(books, "Vendor", VENDOR), balance(books, "Account", "35")) == (70, 0)
    used = {"Id": credit["Id"], "SyncToken": "1"}
    assert books.refusal("VendorCredit", used, operation="delete")["code"] == "6000"
    assert books.refusal("VendorCredit", {**form(20), **used})["code"] == "6000"
    books.write("BillPayment", {"Id": payment["Id"], "SyncToken": "0"}, operation="delete")
    assert (balance(books, "Bill", bill["Id"]), balance(books, "VendorCredit", credit["Id"])) == (100, 30)
    assert books.write("VendorCredit", used | {"SyncToken": "2"}, operation="delete")["status"] == "Deleted"


def test_a_credit_cannot_be_applied_to_nothing(books):
    bill, credit = books.write("Bill", form(10)), books.write("VendorCredit", form(30))
    links = (("Bill", bill["Id"], 10), ("VendorCredit", credit["Id"], 30))
    assert books.refusal("BillPayment", check(0, *links))["code"] == "6000"
    assert books.refusal("BillPayment", check(5, links[1]))["code"] == "6000"


def test_money_and_a_credit_pay_a_bill_together_on_one_line_too(books):
    bill, credit = books.write("Bill", form(100)), books.write("VendorCredit", form(30))
    books.write("BillPayment", check(70, ("Bill", bill["Id"], 100), ("VendorCredit", credit["Id"], 30)))
    assert (balance(books, "Bill", bill["Id"]), balance(books, "Account", "35")) == (0, -70)
    bill, credit = books.write("Bill", form(50)), books.write("VendorCredit", form(50))
    both = [{"TxnId": bill["Id"], "TxnType": "Bill"}, {"TxnId": credit["Id"], "TxnType": "VendorCredit"}]
    payment = books.write("BillPayment", check(0) | {"Line": [{"Amount": 50, "LinkedTxn": both}]})
    assert payment["Line"] == [{"Amount": 50, "LinkedTxn": both}]
    assert (balance(books, "Bill", bill["Id"]), balance(books, "VendorCredit", credit["Id"])) == (0, 0)


@pytest.mark.parametrize(
    "params", [{"operation": "update", "include": "void"}, {"include": "void"}, {"operation": "void"}]
)
def test_a_voided_payment_reopens_its_bill(books, params):
    bill = books.write("Bill", form())
    payment = books.write("BillPayment", check(100, ("Bill", bill["Id"], 100), PrivateNote="Rent"))
    body = {"Id": payment["Id"], "SyncToken": "0", "sparse": True}
    voided = books.write("BillPayment", body, **params)
    assert (voided["TotalAmt"], voided["Line"], voided["PrivateNote"]) == (0, [], "Voided - Rent")
    assert (voided["CheckPayment"], voided["SyncToken"]) == (payment["CheckPayment"], "1")
    reopened = books.read("Bill", bill["Id"])
    assert (reopened["Balance"], "LinkedTxn" in reopened, reopened["SyncToken"]) == (100, False, "2")
    assert (balance(books, "Vendor", VENDOR), balance(books, "Account", "35")) == (100, 0)


def test_a_bill_with_payments_is_deleted_only_after_them(books):
    bill = books.write("Bill", form())
    payment = books.write("BillPayment", check(100, ("Bill", bill["Id"], 100)))
    assert books.refusal("Bill", {"Id": bill["Id"], "SyncToken": "1"}, operation="delete")["code"] == "6000"
    books.write("BillPayment", {"Id": payment["Id"], "SyncToken": "0"}, operation="delete")
    assert books.write("Bill", {"Id": bill["Id"], "SyncToken": "2"}, operation="delete")["status"] == "Deleted"
    assert balance(books, "Vendor", VENDOR) == 0


def test_a_smaller_bill_gives_the_rest_back_to_its_payments(books):
    bill, credit = books.write("Bill", form(100)), books.write("VendorCredit", form(30))
    links = (("Bill", bill["Id"], 100), ("VendorCredit", credit["Id"], 30))
    payment = books.write("BillPayment", check(70, *links))
    smaller = books.write("Bill", {**form(20), "Id": bill["Id"], "SyncToken": "1"})
    assert (smaller["TotalAmt"], smaller["Balance"]) == (20, 0)
    after = books.read("BillPayment", payment["Id"])
    assert [line["Amount"] for line in after["Line"]] == [20, 20]
    assert balance(books, "VendorCredit", credit["Id"]) == 10
    assert balance(books, "Vendor", VENDOR) == -80


def test_a_bill_that_moves_to_another_vendor_leaves_its_payment_behind(books):
    bill = books.write("Bill", form(100))
    payment = books.write("BillPayment", check(100, ("Bill", bill["Id"], 100)))
    moved = books.write("Bill", {**form(100, vendor="31"), "Id": bill["Id"], "SyncToken": "1"})
    assert (moved["Balance"], "LinkedTxn" in moved, books.read("BillPayment", payment["Id"])["Line"]) == (
        100,
        False,
        [],
    )
    assert (balance(books, "Vendor", VENDOR), balance(books, "Vendor", "31")) == (-100, 100)


def test_another_vendors_bill_a_missing_one_and_an_invoice_cannot_be_paid(books):
    bill, invoice = books.write("Bill", form(vendor="31")), books.invoice()
    codes = [
        books.refusal("BillPayment", check(100, (kind, id_, 100)))["code"]
        for kind, id_ in (("Bill", bill["Id"]), ("Bill", "99999"), ("Invoice", invoice["Id"]))
    ]
    assert codes == ["620", "610", "620"]
