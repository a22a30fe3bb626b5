"""Classes, departments, time, budgets, templates and other entities beside the documents."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("entity", "sub"), [("Class", "SubClass"), ("Department", "SubDepartment")])
def test_a_class_or_department_stands_below_another(books, entity, sub):
    top = books.write(entity, {"Name": "North"})
    below = books.write(entity, {"Name": "Harbour", "ParentRef": {"value": top["Id"]}})
    assert (top[sub], below[sub], below["FullyQualifiedName"]) == (False, True, "North:Harbour")
    assert books.refusal(entity, {"Name": "north"})["code"] == "6240"
    assert books.refusal(entity, {"Name": "a:b"})["code"] == "2040"
    assert books.refusal(entity, {"Name": "x", "ParentRef": {"value": "999"}})["code"] == "2500"
    circle = {"Id": top["Id"], "SyncToken": "0", "Name": "North", "ParentRef": {"value": below["Id"]}}
    assert books.refusal(entity, circle)["code"] == "900"


def test_an_inactive_class_frees_its_name(books):
    made = books.write("Class", {"Name": "Old"})
    gone = books.write("Class", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert gone["Name"] == "Old (deleted)"
    assert books.write("Class", {"Name": "Old"})["Id"] != made["Id"]


@pytest.fixture
def employee(books):
    return books.write("Employee", {"DisplayName": "Eva Sol"})["Id"]


def hours(employee, **more):
    return {"NameOf": "Employee", "EmployeeRef": {"value": employee}, **more}


def test_time_is_taken_as_hours_or_from_start_to_end(books, employee):
    plain = books.write("TimeActivity", hours(employee, Hours=3, Minutes=15, TxnDate="2026-03-01"))
    assert (plain["Hours"], plain["Minutes"], plain["BillableStatus"]) == (3, 15, "NotBillable")
    assert plain["EmployeeRef"] == {"value": employee, "name": "Eva Sol"}
    span = {"StartTime": "2026-07-22T10:00:00-07:00", "EndTime": "2026-07-22T12:30:00-07:00", "BreakMinutes": 10}
    timed = books.write("TimeActivity", hours(employee, **span))
    assert (timed["Hours"], timed["Minutes"], timed["TxnDate"]) == (2, 20, "2026-07-22")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"NameOf": "Robot"}, "2170"),
        ({"NameOf": "Vendor"}, "2020"),
        ({"Hours": None}, "2020"),
        ({"Minutes": 60}, "2240"),
        ({"EmployeeRef": {"value": "999"}}, "2500"),
        ({"BillableStatus": "Billable"}, "6310"),
        ({"BillableStatus": "Perhaps"}, "6320"),
        ({"StartTime": "2026-07-22T10:00:00-07:00", "EndTime": "2026-07-22T09:00:00-07:00"}, "2060"),
    ],
)
def test_time_that_cannot_be_is_refused(books, employee, change, code):
    assert books.refusal("TimeActivity", hours(employee, Hours=1) | change)["code"] == code


def test_time_is_changed_and_deleted(books, employee):
    made = books.write("TimeActivity", hours(employee, Hours=1, Description="dig"))
    changed = books.write("TimeActivity", {**made, "Description": "plant"})
    assert (changed["Description"], changed["SyncToken"]) == ("plant", "1")
    books.write("TimeActivity", {"Id": made["Id"], "SyncToken": "1"}, operation="delete")
    assert books.get(f"timeactivity/{made['Id']}").status_code == 400


def test_a_budget_plans_amounts_by_account(books):
    detail = {"BudgetDate": "2026-01-01", "AccountRef": {"value": "8"}, "Amount": 120}
    year = {"StartDate": "2026-01-01", "EndDate": "2026-12-31"}
    made = books.write("Budget", {"Name": "Plan", **year, "BudgetDetail": [detail]})
    assert made["BudgetDetail"][0]["AccountRef"] == {"value": "8", "name": "Bank Charges"}
    assert (made["BudgetType"], made["BudgetEntryType"]) == ("ProfitAndLoss", "Monthly")
    assert books.refusal("Budget", {"Name": "x", "StartDate": "2026-02-01", "EndDate": "2026-01-01"})["code"] == "2240"
    assert books.refusal("Budget", {"Name": "plan", **year})["code"] == "6240"


def test_a_journal_code_is_short(books):
    assert books.write("JournalCode", {"Name": "VT", "Type": "Sales"})["Type"] == "Sales"
    assert books.refusal("JournalCode", {"Name": "V"})["code"] == "2050"
    assert books.refusal("JournalCode", {"Name": "VX", "Type": "Poetry"})["code"] == "2170"


@pytest.mark.parametrize("entity", ["CustomerType", "ReimburseCharge", "TaxClassification", "TaxPayment"])
def test_what_cannot_be_written_can_be_asked(books, entity):
    assert books.query(f"select * from {entity}") == {}
    assert books.query(f"select count(*) from {entity}") == {"totalCount": 0}
    assert books.refusal(entity, {"Name": "x"})["code"] == "500"


def template(bodies, name="Monthly", **more):
    schedule = {"IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1, "StartDate": "2026-04-01"}
    return {"Invoice": {**bodies.invoice(50), "RecurringInfo": {"Name": name, "ScheduleInfo": schedule}, **more}}


def test_a_recurring_invoice_is_a_template_that_owes_nothing(books, bodies):
    made = books.write("RecurringTransaction", template(bodies))["Invoice"]
    assert (made["TotalAmt"], made["SyncToken"], "DocNumber" in made) == (50, "0", False)
    assert made["RecurringInfo"]["ScheduleInfo"]["DayOfMonth"] == 1
    assert books.read("RecurringTransaction", made["Id"])["Invoice"] == made
    assert books.query("select * from Invoice") == {}
    assert books.read("Customer", "1")["Balance"] == 0
    assert books.invoice()["DocNumber"] == "1038"


def test_a_recurring_invoice_is_found_by_type_changed_and_deleted(books, bodies):
    made = books.write("RecurringTransaction", template(bodies))["Invoice"]
    found = books.query("select * from RecurringTransaction where Type = 'Invoice'")["RecurringTransaction"]
    assert [one["Invoice"]["Id"] for one in found] == [made["Id"]]
    assert books.query("select * from RecurringTransaction where Type = 'Bill'") == {}
    changed = books.write("RecurringTransaction", {"Invoice": {**made, "PrivateNote": "new"}})["Invoice"]
    assert (changed["PrivateNote"], changed["SyncToken"]) == ("new", "1")
    deleted = books.write("RecurringTransaction", {"Invoice": changed}, operation="delete")
    assert deleted["status"] == "Deleted"


def test_a_template_is_checked_like_its_document(books, bodies):
    assert books.refusal("RecurringTransaction", {})["code"] == "2020"
    assert books.refusal("RecurringTransaction", {"Invoice": bodies.invoice()})["code"] == "2020"
    assert books.refusal("RecurringTransaction", template(bodies, CustomerRef={"value": "999"}))["code"] == "2500"
    assert books.refusal("RecurringTransaction", template(bodies, Nonsense=1))["code"] == "2010"


def test_the_link_to_pay_by_is_shown_when_it_is_asked_for(books):
    payable = {"AllowOnlineCreditCardPayment": True, "BillEmail": {"Address": "a@example.com"}}
    number = books.invoice(**payable)["Id"]
    shown = books.get(f"invoice/{number}", include="invoiceLink").json()["Invoice"]
    assert shown["InvoiceLink"].startswith("https://")
    assert "InvoiceLink" not in books.read("Invoice", number)
    plain = books.invoice()["Id"]
    assert "InvoiceLink" not in books.get(f"invoice/{plain}", include="invoiceLink").json()["Invoice"]


def test_preferences_can_be_posted_back_whole(books):
    preferences = books.get("preferences").json()["Preferences"]
    changed = {**preferences, "SalesFormsPrefs": {**preferences["SalesFormsPrefs"], "AllowDeposit": True}}
    assert books.write("Preferences", changed)["SalesFormsPrefs"]["AllowDeposit"] is True
