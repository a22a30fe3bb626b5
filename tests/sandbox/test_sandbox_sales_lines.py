"""Lines of sales forms that are no plain item: text, inline subtotals, bundles, shipping, a deposit on the form."""

from __future__ import annotations

import pytest

from connectors.quickbooks.sandbox import FIRST_REALM


def text(description, **more):
    return {"Description": description, "DetailType": "DescriptionOnly", **more}


def form(*lines, **more):
    return {"CustomerRef": {"value": "1"}, "Line": list(lines), **more}


def balance(books, account):
    return books.read("Account", account)["CurrentBalance"]


@pytest.fixture
def bundle(sandbox):
    """A bundle of two Design and one Pest Control; the API cannot make one, a person in QuickBooks can."""
    company = sandbox.companies[FIRST_REALM]
    members = [{"ItemRef": {"value": "4"}, "Qty": 2}, {"ItemRef": {"value": "10"}, "Qty": 1}]
    design = company.get("Item", "4")
    company.put("Item", {**design, "UnitPrice": 75})
    company.put("Item", {**company.get("Item", "10"), "UnitPrice": 35})
    detail = {"ItemGroupDetail": {"ItemGroupLine": members}}
    company.put("Item", {**design, **detail, "Id": "900", "Type": "Group", "Name": "B", "FullyQualifiedName": "B"})
    return {"GroupItemRef": {"value": "900"}}


def test_the_amount_of_a_text_is_ignored(books, bodies):
    made = books.write("Invoice", form(text("about", Amount=100), bodies.line(40)))
    assert made["Line"][0] == {
        "Id": "1",
        "LineNum": 1,
        "Description": "about",
        "DetailType": "DescriptionOnly",
        "DescriptionLineDetail": {},
    }
    assert made["TotalAmt"] == 40
    assert books.read("Customer", "1")["Balance"] == 40


def test_a_text_that_begins_with_subtotal_sums_the_lines_above(books, bodies):
    lines = [bodies.line(40), bodies.line(2), text("Subtotal: 42"), bodies.line(8), text("Subtotal:")]
    made = books.write("Invoice", form(*lines))
    assert [line["Amount"] for line in made["Line"] if line["DetailType"] == "DescriptionOnly"] == [42, 8]
    assert made["TotalAmt"] == 50


def test_a_bundle_is_sold_as_its_items(books, bundle):
    line = {"DetailType": "GroupLineDetail", "GroupLineDetail": {**bundle, "Quantity": 2}}
    made = books.write("SalesReceipt", form(line, DepositToAccountRef={"value": "35"}))
    group = made["Line"][0]["GroupLineDetail"]
    assert [one["SalesItemLineDetail"]["Qty"] for one in group["Line"]] == [4, 2]
    assert [one["Amount"] for one in group["Line"]] == [300, 70]
    assert len({made["Line"][0]["Id"], *(one["Id"] for one in group["Line"])}) == 3
    assert (made["TotalAmt"], made["Line"][1]["Amount"]) == (370, 370)
    assert balance(books, "35") == 370


def test_a_bundles_own_lines_may_be_sent_and_keep_their_ids(books, bodies, bundle):
    line = {"DetailType": "GroupLineDetail", "GroupLineDetail": {**bundle, "Line": [bodies.line(7, item="4")]}}
    made = books.write("Invoice", form(line, bodies.line(3)))
    assert made["TotalAmt"] == 10
    inner = made["Line"][0]["GroupLineDetail"]["Line"][0]["Id"]
    note = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Line": made["Line"], "PrivateNote": "x"}
    again = books.write("Invoice", note)
    assert again["Line"] == made["Line"]
    assert again["Line"][0]["GroupLineDetail"]["Line"][0]["Id"] == inner
    voided = books.write("Invoice", {"Id": made["Id"], "SyncToken": "1"}, operation="void")
    assert voided["Line"][0]["GroupLineDetail"]["Line"][0]["Amount"] == 0
    assert books.read("Customer", "1")["Balance"] == 0


def test_what_is_no_bundle_is_refused(books, bodies, bundle):
    for detail, code in (
        ({"GroupItemRef": {"value": "4"}}, "2500"),
        ({"Quantity": 1}, "2020"),
        ({**bundle, "Line": [text("inside")]}, "2170"),
    ):
        line = {"DetailType": "GroupLineDetail", "GroupLineDetail": detail}
        assert books.refusal("Invoice", form(line))["code"] == code


def test_shipping_and_gratuity_are_lines_of_their_own_and_are_booked(books, bodies, sandbox):
    company = sandbox.companies[FIRST_REALM]
    sales = {**company.preferences["SalesFormsPrefs"], "AllowShipping": True, "DefaultShippingAccount": "85"}
    company.put("Preferences", {**company.preferences, "SalesFormsPrefs": sales})
    lines = [bodies.line(10, item="SHIPPING_ITEM_ID"), bodies.line(5, item="GRATUITY_ITEM_ID")]
    made = books.write("Invoice", form(bodies.line(100), *lines))
    assert made["Line"][1]["SalesItemLineDetail"]["ItemRef"] == {"value": "SHIPPING_ITEM_ID"}
    assert (made["TotalAmt"], books.read("Customer", "1")["Balance"]) == (115, 115)
    assert company.ledger.accounts["85"] == -10


def test_a_deposit_on_the_form_lowers_what_is_owed(books, bodies):
    made = books.write("Invoice", form(bodies.line(100), Deposit=30))
    assert (made["Deposit"], made["Balance"]) == (30, 70)
    assert (balance(books, "4"), books.read("Customer", "1")["Balance"]) == (30, 70)
