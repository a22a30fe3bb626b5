"""Purchase orders, and the bills and expenses that fill them (recorded: purchase orders of April and May 2026)."""

from __future__ import annotations

from typing import Any

import pytest

ACCOUNT, ITEM = "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"


def line(amount: Any = 150, **more: Any) -> dict[str, Any]:
    return {"Amount": amount, "DetailType": ACCOUNT, ACCOUNT: {"AccountRef": {"value": "69"}}, **more}


def pumps(quantity: int, **more: Any) -> dict[str, Any]:
    detail = {"ItemRef": {"value": "11"}, "Qty": quantity, "UnitPrice": 75}
    return {"Amount": 75 * quantity, "DetailType": ITEM, ITEM: detail, **more}


def order(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"VendorRef": {"value": "56"}, "APAccountRef": {"value": "33"}}
    return {**body, "Line": list(lines) or [line()], **more}


def bill(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"VendorRef": {"value": "56"}, "Line": list(lines) or [line()], **more}


def to(made: dict[str, Any], part: str = "") -> dict[str, Any]:
    link = {"TxnId": made["Id"], "TxnType": "PurchaseOrder"}
    return {"LinkedTxn": [link | {"TxnLineId": part} if part else link]}


def test_an_order_is_answered_as_recorded_and_books_nothing(books):
    body = order(line(Description="Office supplies"), Memo="Test purchase order", TxnDate="2026-05-05")
    made = books.write("PurchaseOrder", body)
    assert " ".join(made) == (
        "EmailStatus POStatus domain sparse Id SyncToken MetaData CustomField DocNumber TxnDate CurrencyRef LinkedTxn "
        "Line VendorRef APAccountRef TotalAmt Memo"
    )
    assert list(made["MetaData"]) == ["CreateTime", "LastModifiedByRef", "LastUpdatedTime"]
    assert " ".join(made["Line"][0]) == f"Id LineNum Description Amount DetailType {ACCOUNT} CustomExtensions"
    assert (made["EmailStatus"], made["POStatus"], made["CustomField"], made["LinkedTxn"]) == ("NotSet", "Open", [], [])
    assert books.read("Vendor", "56")["Balance"] == 0
    assert books.read("Account", "33")["CurrentBalance"] == 0


def test_an_ordered_item_shows_what_was_received(books):
    made = books.write("PurchaseOrder", order(pumps(2, Description="Pumps")))
    assert " ".join(made["Line"][0]) == f"Id LineNum Description Amount Received DetailType {ITEM} CustomExtensions"
    assert made["Line"][0]["Received"] == 0
    books.write("Bill", bill(pumps(2)) | to(made))
    assert books.read("PurchaseOrder", made["Id"])["Line"][0]["Received"] == 2


def test_orders_have_their_own_numbers_and_a_full_update_loses_one(books):
    numbers = [books.write("PurchaseOrder", order())["DocNumber"] for _ in range(2)]
    assert int(numbers[1]) == int(numbers[0]) + 1
    made = books.write("PurchaseOrder", order(DocNumber="PO-7"))
    assert books.write("PurchaseOrder", order())["DocNumber"] == "PO-8"
    full = books.write("PurchaseOrder", order(line(2)) | {"Id": made["Id"], "SyncToken": "0"})
    assert "DocNumber" not in full
    books.preferences(**{"VendorAndPurchasesPrefs.UseCustomTxnNumbers": True})
    assert "DocNumber" not in books.write("PurchaseOrder", order())


def test_an_order_needs_its_payables_account_and_takes_any(books):
    body = order()
    del body["APAccountRef"]
    assert books.refusal("PurchaseOrder", body)["element"] == "APAccountRef"
    assert books.write("PurchaseOrder", order(APAccountRef={"value": "69"}))["APAccountRef"]["value"] == "69"


@pytest.mark.parametrize("where", ["header", "line"])
def test_a_bill_closes_the_order_it_names(books, where):
    made = books.write("PurchaseOrder", order())
    body = bill() | to(made) if where == "header" else bill(line(**to(made, "1")))
    billed = books.write("Bill", body)
    closed = books.read("PurchaseOrder", made["Id"])
    assert (closed["POStatus"], closed["SyncToken"]) == ("Closed", "1")
    assert closed["LinkedTxn"] == [{"TxnId": billed["Id"], "TxnType": "Bill"}]
    assert billed["LinkedTxn"] == to(made)["LinkedTxn"]
    assert billed["Line"][0]["LinkedTxn"] == (to(made, "1")["LinkedTxn"] if where == "line" else [])


def test_an_order_stays_open_until_each_line_is_billed(books):
    made = books.write("PurchaseOrder", order(line(1), line(2)))
    books.write("Bill", bill(line(1, **to(made, "1"))))
    assert books.read("PurchaseOrder", made["Id"])["POStatus"] == "Open"
    second = books.write("Bill", bill(line(2, **to(made, "2"))))
    closed = books.read("PurchaseOrder", made["Id"])
    assert (closed["POStatus"], len(closed["LinkedTxn"])) == ("Closed", 2)
    books.write("Bill", {"Id": second["Id"], "SyncToken": "0"}, operation="delete")
    reopened = books.read("PurchaseOrder", made["Id"])
    assert (reopened["POStatus"], len(reopened["LinkedTxn"])) == ("Open", 1)


def test_an_expense_closes_an_order_too_and_a_bill_without_the_link_reopens_it(books, bodies):
    made = books.write("PurchaseOrder", order())
    entity = {"EntityRef": {"value": "56", "type": "Vendor"}}
    expense = books.write("Purchase", bodies.purchase() | entity | to(made))
    assert expense["LinkedTxn"] == to(made)["LinkedTxn"]
    assert books.read("PurchaseOrder", made["Id"])["LinkedTxn"] == [{"TxnId": expense["Id"], "TxnType": "Purchase"}]
    books.write("Purchase", bodies.purchase() | entity | {"Id": expense["Id"], "SyncToken": "0"})
    assert books.read("PurchaseOrder", made["Id"])["POStatus"] == "Open"


def test_a_linked_order_is_not_deleted_and_another_vendors_not_linked(books):
    made = books.write("PurchaseOrder", order())
    assert books.refusal("Bill", bill(VendorRef={"value": "30"}) | to(made))["code"] == "620"
    assert books.refusal("Bill", bill(**to({"Id": "99999"})))["code"] == "610"
    billed = books.write("Bill", bill() | to(made))
    assert books.refusal("PurchaseOrder", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")["code"] == "6000"
    books.write("Bill", {"Id": billed["Id"], "SyncToken": "0"}, operation="delete")
    body = {"Id": made["Id"], "SyncToken": "2"}
    assert books.write("PurchaseOrder", body, operation="delete")["status"] == "Deleted"


def test_a_client_may_close_an_order_itself(books):
    made = books.write("PurchaseOrder", order())
    body = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "POStatus": "Closed"}
    assert books.write("PurchaseOrder", body)["POStatus"] == "Closed"
    assert books.refusal("PurchaseOrder", body | {"SyncToken": "1", "POStatus": "Half"})["code"] == "2170"
    found = books.query("select * from PurchaseOrder where POStatus = 'Closed'")
    assert (len(found["PurchaseOrder"]), found["totalCount"]) == (1, 1)
