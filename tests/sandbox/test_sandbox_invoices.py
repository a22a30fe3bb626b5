from __future__ import annotations

from decimal import Decimal

import pytest


def test_a_new_invoice_gets_its_number_dates_addresses_and_subtotal(books):
    invoice = books.invoice(100, TxnDate="2026-03-02")
    assert invoice["DocNumber"] == "1038"
    assert invoice["DueDate"] == "2026-04-01"
    assert invoice["SyncToken"] == "0"
    assert invoice["BillAddr"]["Line1"] == "4581 Finch St."
    assert invoice["Line"][-1] == {"Amount": 100, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    assert invoice["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Services"}
    assert invoice["TotalAmt"] == invoice["Balance"] == 100
    assert invoice["CustomerRef"]["name"] == "Amy's Bird Sanctuary"


def test_money_is_written_with_two_decimals_zero_as_zero_and_quantities_bare(books, bodies):
    text = books.post(
        "invoice", {**bodies.invoice(), "Line": [bodies.line(Decimal("337.5"), Qty=Decimal("4.5"), UnitPrice=75)]}
    ).text
    assert '"Amount":337.50' in text
    assert '"Qty":4.5' in text
    assert '"UnitPrice":75,' in text
    assert '"TotalTax":0}' in text


def test_an_amount_sent_as_text_is_read_as_a_number(books):
    assert books.invoice("100.00")["TotalAmt"] == 100


def test_a_term_moves_the_due_date(books):
    invoice = books.invoice(TxnDate="2026-03-02", SalesTermRef={"value": "2"})
    assert invoice["DueDate"] == "2026-03-17"
    assert invoice["SalesTermRef"]["name"] == "Net 15"


def test_the_amount_must_be_quantity_times_price(books, bodies):
    wrong = bodies.invoice() | {"Line": [bodies.line(100, Qty=3, UnitPrice=Decimal("33.33"))]}
    right = bodies.invoice() | {"Line": [bodies.line(100, Qty=3, UnitPrice=Decimal("33.333333"))]}
    error = books.refusal("Invoice", wrong)
    assert (error["code"], error["element"]) == ("6070", "Line.Amount")
    assert error["Detail"] == "Amount is not equal to UnitPrice * Qty. Supplied value:100"
    assert books.write("Invoice", right)["TotalAmt"] == 100


def test_a_percent_discount_comes_after_the_subtotal(books, bodies):
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}
    invoice = books.write("Invoice", bodies.invoice() | {"Line": [bodies.line(100), discount]})
    assert [line["DetailType"] for line in invoice["Line"]][-2:] == ["SubTotalLineDetail", "DiscountLineDetail"]
    assert invoice["TotalAmt"] == 90


def test_a_sparse_update_changes_only_what_it_names(books):
    invoice = books.invoice(PrivateNote="first")
    changed = books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "second"})
    assert changed["SyncToken"] == "1"
    assert changed["PrivateNote"] == "second"
    assert changed["Line"] == invoice["Line"]
    assert changed["MetaData"]["LastUpdatedTime"] > invoice["MetaData"]["LastUpdatedTime"]


def test_a_full_update_loses_what_it_leaves_out_but_keeps_the_number(books, bodies):
    invoice = books.invoice(PrivateNote="first", TxnDate="2026-01-05")
    changed = books.write("Invoice", bodies.invoice(50) | {"Id": invoice["Id"], "SyncToken": "0"})
    assert "PrivateNote" not in changed
    assert changed["DocNumber"] == invoice["DocNumber"]
    assert changed["TxnDate"] == "2026-03-02"
    assert changed["Line"][0]["Id"] == "2"


def test_an_update_that_changes_nothing_keeps_the_sync_token(books):
    invoice = books.invoice(PrivateNote="same")
    again = books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "same"})
    assert again == invoice


def test_an_old_sync_token_is_stale(books):
    invoice = books.invoice()
    error = books.refusal("Invoice", {"Id": invoice["Id"], "SyncToken": "7", "sparse": True})
    assert (error["code"], error["element"]) == ("5010", "")


def test_a_void_empties_the_amounts_and_keeps_the_number(books):
    invoice = books.invoice(PrivateNote="job 7")
    voided = books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="void")
    assert (voided["TotalAmt"], voided["Balance"], voided["SyncToken"]) == (0, 0, "1")
    assert voided["PrivateNote"] == "Voided - job 7"
    assert voided["DocNumber"] == invoice["DocNumber"]
    assert [line["Amount"] for line in voided["Line"]] == [0, 0]


def test_a_deleted_invoice_answers_three_members_and_is_gone(books):
    invoice = books.invoice()
    deleted = books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "0"}, operation="delete")
    assert deleted == {"domain": "QBO", "status": "Deleted", "Id": invoice["Id"]}
    answer = books.get(f"invoice/{invoice['Id']}")
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == "610"
    assert books.read("Customer", "1")["Balance"] == 0


@pytest.mark.parametrize(
    ("change", "code", "element"),
    [
        ({"CustomerRef": None}, "2020", "CustomerRef"),
        ({"Line": []}, "2020", "Line"),
        ({"DocNumber": "x" * 22}, "2050", "DocNumber"),
        ({"BadJson": True}, "2010", None),
        ({"CustomerRef": {"value": "999"}}, "2500", "Reference Id"),
        ({"TxnDate": "02/03/2026"}, "2060", "TxnDate"),
        ({"EmailStatus": "NeedToSend"}, "6420", "BillEmail"),
        ({"PrintStatus": "NEED_TO_PRINT"}, "2170", "PrintStatus"),
    ],
)
def test_a_wrong_invoice_is_refused_with_its_code(books, bodies, change, code, element):
    error = books.refusal("Invoice", bodies.invoice() | change)
    assert (error["code"], error.get("element")) == (code, element)


def test_a_line_needs_a_detail_type_and_a_known_detail(books, bodies):
    assert books.refusal("Invoice", bodies.invoice() | {"Line": [{"Amount": 1}]})["element"] == "Line.DetailType"
    assert books.refusal("Invoice", bodies.invoice() | {"Line": [bodies.line(1, Amount=1)]})["code"] == "2010"


def test_the_length_fault_says_what_is_supported(books, bodies):
    error = books.refusal("Invoice", bodies.invoice(DocNumber="x" * 25))
    assert error["Detail"].endswith("Min:0 Max:21 supported. Supplied length:25")


def test_nulls_and_empty_strings_count_as_absent(books):
    invoice = books.invoice(TxnDate="", DueDate="", PrivateNote=None, SalesTermRef={"value": "", "name": ""})
    assert invoice["TxnDate"] == "2026-03-02"
    assert "PrivateNote" not in invoice


def test_a_line_without_item_gets_the_default_item(books, bodies):
    line = bodies.line(5)
    del line["SalesItemLineDetail"]["ItemRef"]
    assert (
        books.write("Invoice", bodies.invoice() | {"Line": [line]})["Line"][0]["SalesItemLineDetail"]["ItemRef"][
            "value"
        ]
        == "1"
    )


def test_a_negative_total_is_refused(books, bodies):
    assert books.refusal("Invoice", bodies.invoice(-1))["code"] == "6000"


def test_a_failed_write_leaves_nothing_behind(books, bodies):
    before = books.query("select count(*) from Invoice")
    books.refusal("Invoice", bodies.invoice() | {"Line": [bodies.line(1), bodies.line(1, item="999")]})
    assert books.query("select count(*) from Invoice") == before
    assert books.read("Customer", "1")["Balance"] == 0


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"CustomerRef": "1"}, "Can not instanti specified"),
        ({"Line": {"Amount": 1}}, "failed to parse json object"),
        ({"Line": ["text"]}, "Can not instanti specified"),
        (
            {"Line": [{"Amount": 1, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": "x"}]},
            "Can not instanti specified",
        ),
        ({"LinkedTxn": [1]}, "failed to parse json object"),
        ({"BillAddr": "here"}, "Can not instanti specified"),
        ({"DocNumber": {"a": 1}}, "failed to parse json object"),
    ],
)
def test_a_member_of_the_wrong_shape_cannot_be_parsed(books, bodies, change, text):
    error = books.refusal("Invoice", bodies.invoice() | change)
    assert (error["code"], text in error["Detail"]) == ("2010", True)


def test_a_number_sent_where_a_text_belongs_becomes_a_text(books):
    assert books.invoice(DocNumber=4711)["DocNumber"] == "4711"
