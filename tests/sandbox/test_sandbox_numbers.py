from __future__ import annotations

import pytest

from connectors.quickbooks.sandbox.rules.numbers import following


def test_a_used_number_is_refused_and_names_its_holder(books, bodies):
    holder = books.invoice(DocNumber="PS10")
    error = books.refusal("Invoice", bodies.invoice(DocNumber="PS10"))
    assert error == {
        "Message": "Duplicate Document Number Error",
        "Detail": "Duplicate Document Number Error : You must specify a different number. This number has already been "
        f"used. DocNumber=PS10 is assigned to TxnType=Invoice with TxnId={holder['Id']}",
        "code": "6140",
        "element": "",
    }


def test_the_check_can_be_skipped(books, bodies):
    books.invoice(DocNumber="PS10")
    assert (
        books.write("Invoice", bodies.invoice(DocNumber="PS10"), include="allowduplicatedocnum")["DocNumber"] == "PS10"
    )


def test_a_voided_invoice_keeps_its_number_and_a_deleted_one_frees_it(books, bodies):
    first = books.invoice(DocNumber="A1")
    books.write("Invoice", {"Id": first["Id"], "SyncToken": "0"}, operation="void")
    assert books.refusal("Invoice", bodies.invoice(DocNumber="A1"))["code"] == "6140"
    books.write("Invoice", {"Id": first["Id"], "SyncToken": "1"}, operation="delete")
    assert books.invoice(DocNumber="A1")["DocNumber"] == "A1"


def test_an_update_to_a_used_number_is_refused_but_its_own_number_is_fine(books):
    books.invoice(DocNumber="A1")
    other = books.invoice(DocNumber="A2")
    change = {"Id": other["Id"], "SyncToken": "0", "sparse": True}
    assert books.refusal("Invoice", change | {"DocNumber": "A1"})["code"] == "6140"
    assert books.write("Invoice", change | {"DocNumber": "A2", "PrivateNote": "x"})["SyncToken"] == "1"


def test_all_sales_forms_share_one_counter_that_follows_the_last_entered_number(books, bodies):
    assert books.invoice()["DocNumber"] == "1038"
    assert books.write("CreditMemo", bodies.invoice())["DocNumber"] == "1039"
    assert books.write("SalesReceipt", bodies.invoice())["DocNumber"] == "1040"
    refund = bodies.invoice() | {"DepositToAccountRef": {"value": "35"}}
    assert books.write("RefundReceipt", refund)["DocNumber"] == "1041"
    books.invoice(DocNumber="101")
    assert books.invoice()["DocNumber"] == "102"


def test_custom_numbers_leave_an_unnumbered_invoice_without_a_number(books):
    books.preferences(CustomTxnNumbers=True)
    assert "DocNumber" not in books.invoice()
    assert books.invoice(AutoDocNumber=True)["DocNumber"] == "1038"


def test_types_have_their_own_numbers_until_the_switch_spans_them(books, bodies):
    books.invoice(DocNumber="A1")
    assert books.write("CreditMemo", bodies.invoice(DocNumber="A1"))["DocNumber"] == "A1"
    books.preferences(span_types=True)
    error = books.refusal("SalesReceipt", bodies.invoice(DocNumber="A1"))
    assert "TxnType=Invoice" in error["Detail"]


@pytest.mark.parametrize(
    ("switch", "custom", "accepted"), [("allow", True, True), ("custom", False, True), ("custom", True, False)]
)
def test_the_switch_decides_when_duplicates_are_refused(books, bodies, switch, custom, accepted):
    books.preferences(duplicates=switch, CustomTxnNumbers=custom)
    books.invoice(DocNumber="A1")
    assert (books.post("invoice", bodies.invoice(DocNumber="A1")).status_code == 200) is accepted


@pytest.mark.parametrize(
    ("number", "after"), [("1037", "1038"), ("INV-0099", "INV-0100"), ("PS9", "PS10"), ("draft", "draft")]
)
def test_the_number_after_a_number_counts_its_last_digits(number, after):
    assert following(number) == after
