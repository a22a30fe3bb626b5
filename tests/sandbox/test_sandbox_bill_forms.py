"""Bills, vendor credits and orders beside their payments: updates, lines, numbers, stock and queries."""

from __future__ import annotations

import pytest

from tests.support.buying import ACCOUNT, ITEM, VENDOR, account_line, balance, card, check, form, item_line


def test_a_sparse_bill_repeats_its_vendor_and_a_full_one_loses_its_terms(books):
    bill = books.write("Bill", form(SalesTermRef={"value": "3"}, DocNumber="17"))
    change = {"Id": bill["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "Updated"}
    assert books.refusal("Bill", change)["element"] == "VendorRef"
    sparse = books.write("Bill", change | {"VendorRef": {"value": VENDOR}})
    assert (sparse["SalesTermRef"], sparse["PrivateNote"], sparse["DocNumber"]) == ({"value": "3"}, "Updated", "17")
    full = books.write("Bill", form() | {"Id": bill["Id"], "SyncToken": "1"})
    assert "SalesTermRef" not in full
    assert "DocNumber" not in full


def test_what_a_client_says_of_totals_balance_and_payments_is_ignored(books):
    bill = books.write(
        "Bill", form(3, TotalAmt=5, Balance=10, LinkedTxn=[{"TxnId": "1", "TxnType": "BillPaymentCheck"}])
    )
    assert (bill["TotalAmt"], bill["Balance"], "LinkedTxn" in bill) == (3, 3, False)
    payment = books.write("BillPayment", check(3, ("Bill", bill["Id"], 3)))
    paid = books.read("Bill", bill["Id"])
    again = books.write("Bill", paid | {"Balance": 3, "LinkedTxn": []})
    assert again == paid
    assert again["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}]


@pytest.mark.parametrize(
    "line",
    [
        {"Amount": 1, "DetailType": ACCOUNT, ACCOUNT: "8"},
        account_line(1, TaxCodeRef="NON"),
        account_line(1, Unknown=1),
        {**account_line(1), "LinkedTxn": [[1]]},
        "line",
    ],
)
def test_a_line_of_the_wrong_form_is_refused_as_unreadable(books, line):
    assert books.refusal("Bill", form() | {"Line": [line]})["code"] == "2010"


def test_item_lines_fill_and_empty_the_stock(books):
    stock = books.read("Item", "11")["QtyOnHand"]
    bill = books.write("Bill", {"VendorRef": {"value": VENDOR}, "Line": [item_line(80, UnitPrice=10, Qty=8)]})
    detail = bill["Line"][0][ITEM]
    assert list(detail) == ["BillableStatus", "ItemRef", "UnitPrice", "Qty", "TaxCodeRef"]
    assert detail["ItemRef"] == {"value": "11", "name": "Pump"}
    assert books.read("Item", "11")["QtyOnHand"] == stock + 8
    assert balance(books, "Account", "81") == 80
    books.write("VendorCredit", {"VendorRef": {"value": VENDOR}, "Line": [item_line(20, UnitPrice=10, Qty=2)]})
    assert (books.read("Item", "11")["QtyOnHand"], balance(books, "Account", "81")) == (stock + 6, 60)
    wrong = {"VendorRef": {"value": VENDOR}, "Line": [item_line(81, UnitPrice=10, Qty=8)]}
    assert books.refusal("Bill", wrong)["code"] == "6070"


def test_a_line_for_a_customer_is_billable_unless_it_says_otherwise(books):
    customer = {"value": "26"}
    lines = [
        account_line(1, CustomerRef=customer),
        account_line(1, CustomerRef=customer, BillableStatus="NotBillable"),
        account_line(1, CustomerRef=customer, BillableStatus="HasBeenBilled"),
        account_line(1),
    ]
    bill = books.write("Bill", form() | {"Line": lines})
    states = [line[ACCOUNT]["BillableStatus"] for line in bill["Line"]]
    assert states == ["Billable", "NotBillable", "NotBillable", "NotBillable"]
    assert list(bill["Line"][0][ACCOUNT]) == ["CustomerRef", "AccountRef", "BillableStatus", "TaxCodeRef"]
    assert books.refusal("Bill", form() | {"Line": [account_line(1, BillableStatus="Maybe")]})["code"] == "2170"


def test_payables_and_receivables_on_a_line_need_somebody(books, bodies):
    assert books.refusal("Purchase", bodies.purchase() | {"Line": [account_line(5, "33")]})["code"] == "6000"
    assert books.refusal("Bill", form() | {"Line": [account_line(5, "84")]})["code"] == "6000"
    named = bodies.purchase() | {"Line": [account_line(5, "33")], "EntityRef": {"value": VENDOR, "type": "Vendor"}}
    books.write("Purchase", named)
    assert balance(books, "Vendor", VENDOR) == -5


def test_a_full_update_without_credit_turns_a_card_refund_into_a_charge(books, bodies):
    """A loss seen in production (qbo-facts 2.1)."""
    body = bodies.purchase(10) | {"PaymentType": "CreditCard", "AccountRef": {"value": "41"}}
    refund = books.write("Purchase", body | {"Credit": True})
    code = refund["PurchaseEx"]["any"][0]["value"]["Value"]
    assert (refund["Credit"], code, balance(books, "Account", "41")) == (True, "11", 10)
    charge = books.write("Purchase", body | {"Id": refund["Id"], "SyncToken": "0"})
    code = charge["PurchaseEx"]["any"][0]["value"]["Value"]
    assert (charge["Credit"], code, balance(books, "Account", "41")) == (False, "54", -10)


def test_bill_numbers_are_checked_as_the_preference_says(books):
    first = books.write("Bill", form(DocNumber="B-1"))
    books.write("Bill", form(DocNumber="B-1"))
    books.preferences(WarnDuplicateBillNumber=True)
    error = books.refusal("Bill", form(DocNumber="B-1"))
    assert error["code"] == "6140"
    assert f"DocNumber=B-1 is assigned to TxnType=Bill with TxnId={first['Id']}" in error["Detail"]
    assert books.write("Bill", form(DocNumber="B-1"), include="allowduplicatedocnum")["DocNumber"] == "B-1"


def test_checks_share_their_numbers_whether_they_pay_bills_or_expenses(books, bodies):
    bills = [books.write("Bill", form()) for _ in range(3)]
    books.write("Purchase", bodies.purchase(DocNumber="75") | {"PaymentType": "Check"})
    body = check(100, ("Bill", bills[0]["Id"], 100), DocNumber="75")
    assert books.refusal("BillPayment", body)["code"] == "6140"
    books.write("BillPayment", body | {"DocNumber": "76"})
    assert books.refusal("Purchase", bodies.purchase(DocNumber="76") | {"PaymentType": "Check"})["code"] == "6140"
    for bill in bills[1:]:  # recorded: three card payments of number 1
        assert books.write("BillPayment", card(100, ("Bill", bill["Id"], 100), DocNumber="76"))["DocNumber"] == "76"


def test_a_closed_period_takes_no_bill_and_no_payment(books):
    bill = books.write("Bill", form(TxnDate="2026-01-31"))
    books.preferences(BookCloseDate="2026-01-31")
    body = check(100, ("Bill", bill["Id"], 100))
    assert books.refusal("BillPayment", body | {"TxnDate": "2026-01-31"})["code"] == "6210"
    assert books.refusal("Bill", form(TxnDate="2026-01-31"))["code"] == "6210"
    assert books.write("BillPayment", body)["TotalAmt"] == 100


def test_bills_and_their_payments_are_counted_in_queries_and_credits_are_not(books):
    bill = books.write("Bill", form(DocNumber="7", SalesTermRef={"value": "3"}))
    books.write("BillPayment", check(40, ("Bill", bill["Id"], 40)))
    books.write("VendorCredit", form(5))
    for condition in (
        "VendorRef = '30'",
        "Balance > '0'",
        "DueDate > '2026-01-01'",
        "DocNumber = '7'",
        "TotalAmt = '100'",
    ):
        found = books.query(f"select * from Bill where {condition}")
        assert ([row["Id"] for row in found["Bill"]], found["totalCount"]) == ([bill["Id"]], 1)
    assert books.query("select * from BillPayment where VendorRef = '30'")["totalCount"] == 1
    assert "totalCount" not in books.query("select * from VendorCredit")


def test_a_vendor_has_a_payables_account_and_a_known_term(books):
    vendor = {"DisplayName": "Terms", "TermRef": {"value": "3"}, "APAccountRef": {"value": "33"}, "BillRate": 25}
    made = books.write("Vendor", vendor)
    assert (made["TermRef"], made["APAccountRef"]["name"]) == ({"value": "3"}, "Accounts Payable (A/P)")
    assert books.query(f"select * from Vendor where Id = '{made['Id']}'")["Vendor"][0]["BillRate"] == 25
    assert books.refusal("Vendor", {"DisplayName": "No term", "TermRef": {"value": "99"}})["code"] == "2500"
    assert books.refusal("Vendor", {"DisplayName": "No A/P", "APAccountRef": {"value": "35"}})["code"] == "6430"


def test_a_vendor_read_alone_shows_its_rates_and_a_query_does_not(books):
    """Recorded: create_vendor and vendors_2026."""
    address = {"Line1": "123 Main St", "City": "San Francisco", "Country": "USA", "PostalCode": "94105"}
    body = {"DisplayName": "Test", "GivenName": "John", "CompanyName": "Acme Inc", "BillAddr": address}
    vendor = books.write(
        "Vendor", body | {"PrimaryPhone": {"FreeFormNumber": "555-1234"}, "TaxIdentifier": "123-45-6789"}
    )
    assert " ".join(vendor) == (
        "TaxIdentifier BillAddr Balance BillRate Vendor1099 CurrencyRef CostRate domain sparse Id SyncToken MetaData "
        "GivenName CompanyName DisplayName PrintOnCheckName Active V4IDPseudonym PrimaryPhone"
    )
    assert vendor["TaxIdentifier"] == "XXXXXX-6789"
    assert (vendor["BillRate"], vendor["CostRate"], len(vendor["V4IDPseudonym"])) == (0, 0, 38)
    assert books.read("Vendor", vendor["Id"]) == vendor
    listed = books.query(f"select * from Vendor where Id = '{vendor['Id']}'")["Vendor"][0]
    assert listed == {name: value for name, value in vendor.items() if name not in ("BillRate", "CostRate")}
    full = books.write("Vendor", {"Id": vendor["Id"], "SyncToken": "0", "DisplayName": "Test Update"})
    assert (full["PrintOnCheckName"], full["V4IDPseudonym"]) == ("Test Update", vendor["V4IDPseudonym"])
    assert "CompanyName" not in full
