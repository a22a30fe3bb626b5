"""Shapes of recorded answers beyond those in the shared folder, as small facts: members, their order, exact faults."""

from __future__ import annotations

import pytest

JOURNAL = "JournalEntryLineDetail"
GONE = "Object Not Found : Another user has deleted this transaction."


def debit(amount, **detail):
    shown = {"PostingType": "Debit", "AccountRef": {"value": "35"}, **detail}
    return {"Amount": amount, "DetailType": JOURNAL, JOURNAL: shown}


def members(data, *names):
    return [name for name in data if name in names]


NEW_OF_CUSTOMER = ("ClientEntityId", "V4IDPseudonym", "DefaultTaxCodeRef")


def test_a_customer_looks_different_in_a_write_a_read_and_a_query(books):
    made = books.write("Customer", {"DisplayName": "Shapes"})
    assert members(made, *NEW_OF_CUSTOMER) == ["DefaultTaxCodeRef"]
    assert members(books.read("Customer", made["Id"]), *NEW_OF_CUSTOMER) == ["V4IDPseudonym", "DefaultTaxCodeRef"]
    row = books.query("select * from Customer where DisplayName = 'Shapes'")["Customer"][0]
    assert members(row, *NEW_OF_CUSTOMER) == ["ClientEntityId", "V4IDPseudonym"]


def test_an_employee_says_it_is_no_organization(books):
    made = books.write("Employee", {"GivenName": "John", "FamilyName": "Doe"})
    left = books.write("Employee", {"Id": int(made["Id"]), "SyncToken": "0", "sparse": True, "Active": False})
    assert list(left) == [
        "BillableTime",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "Organization",
        "GivenName",
        "FamilyName",
        "DisplayName",
        "PrintOnCheckName",
        "Active",
        "V4IDPseudonym",
    ]
    assert (left["DisplayName"], left["PrintOnCheckName"], left["SyncToken"]) == ("John Doe (deleted)", "John Doe", "1")


def test_company_information_comes_in_recorded_order(books):
    body = books.get("companyinfo/1").json()["CompanyInfo"]
    assert list(body)[:5] == ["CompanyName", "LegalName", "CompanyAddr", "CustomerCommunicationAddr", "LegalAddr"]
    later = ("PrimaryPhone", "CompanyStartDate", "FiscalYearStartMonth", "Country", "Email", "WebAddr", "NameValue")
    assert members(body, *later) == list(later)
    assert list(body)[-5:] == ["domain", "sparse", "Id", "SyncToken", "MetaData"]


def test_a_sparse_update_adds_no_sender_to_an_older_form(sandbox, books):
    company = sandbox.company(books.url.rpartition("/")[2])
    invoice = books.invoice()
    older = {name: value for name, value in company.get("Invoice", invoice["Id"]).items() if name != "ShipFromAddr"}
    company.put("Invoice", older)
    note = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    assert "ShipFromAddr" not in books.write("Invoice", note)


@pytest.mark.parametrize("operation", ["delete", "update"])
def test_a_deleted_transaction_was_deleted_by_another_user(books, operation):
    invoice = books.invoice()
    named = {"Id": invoice["Id"], "SyncToken": "0"}
    books.write("Invoice", named, operation="delete")
    error = books.refusal("Invoice", named | {"sparse": True}, operation=operation)
    assert (error["code"], error["Detail"], error["element"]) == ("610", GONE, "")


def test_a_missing_reference_names_its_list_or_its_line(books, bodies):
    error = books.refusal("Invoice", bodies.invoice(customer="970"))
    assert (error["Detail"], error["element"]) == (
        "Invalid Reference Id : Names element id 970 not found",
        "Reference Id",
    )
    place = "Line.SalesItemLineDetail.ItemRef"
    error = books.refusal("Invoice", {"CustomerRef": {"value": "1"}, "Line": [bodies.line(1, item="970")]})
    assert (error["Detail"], error["element"]) == (f"Invalid Reference Id : {place}", place)


def test_lengths_are_told_with_commas_and_the_forms_label(books, bodies):
    error = books.refusal("Invoice", bodies.invoice(CustomerMemo={"value": "x" * 1016}))
    assert error["element"] == "Customer Memo"
    assert error["Detail"].endswith("Min:0 Max:1,000 supported. Supplied length:1,016")


def test_each_wrong_line_has_its_own_error(books, bodies):
    bare = books.post("journalentry", {"Line": [debit(1, AccountRef={}), debit(1, AccountRef={})]})
    assert [one["element"] for one in bare.json()["Fault"]["Error"]] == ["AccountRef", "AccountRef"]
    lines = [
        bodies.line(58, Qty=2, UnitPrice=30),
        bodies.line(60, Qty=2, UnitPrice=30),
        bodies.line(59, Qty=2, UnitPrice=30),
    ]
    wrong = books.post("invoice", {"CustomerRef": {"value": "1"}, "Line": lines})
    assert [one["Detail"].rpartition(":")[2] for one in wrong.json()["Fault"]["Error"]] == ["58", "59"]


def test_a_journal_of_one_line_is_too_short(books):
    error = books.refusal("JournalEntry", {"Line": [debit(1)]})
    assert (error["code"], error["Detail"].partition(": ")[2]) == (
        "6000",
        "Fill out at least two detail lines to continue.",
    )
