from __future__ import annotations

import pytest


def test_a_customer_with_only_a_name_gets_the_recorded_defaults(books):
    customer = books.write("Customer", {"DisplayName": "Doe5, Jane"})
    assert customer["PrintOnCheckName"] == customer["FullyQualifiedName"] == "Doe5, Jane"
    assert (customer["Balance"], customer["Active"], customer["Job"]) == (0, True, False)
    assert customer["DefaultTaxCodeRef"] == {"value": "2"}


def test_a_display_name_is_built_from_the_name_parts(books):
    assert books.write("Customer", {"GivenName": "Ada", "FamilyName": "Byron"})["DisplayName"] == "Ada Byron"
    assert books.refusal("Customer", {"Notes": "nobody"})["code"] == "6080"


@pytest.mark.parametrize("name", ["amy's bird sanctuary", "PG&E"])
@pytest.mark.parametrize("entity", ["Customer", "Vendor"])
def test_customers_and_vendors_share_one_space_of_names(books, entity, name):
    error = books.refusal(entity, {"DisplayName": name})
    assert error["code"] == "6240"
    assert "element" not in error


def test_an_employee_is_made_changed_and_found(books):
    made = books.write("Employee", {"GivenName": "Eva", "FamilyName": "Sol"})
    assert made["DisplayName"] == made["PrintOnCheckName"] == "Eva Sol"
    assert (made["Active"], made["BillableTime"]) == (True, False)
    change = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "PrimaryPhone": {"FreeFormNumber": "555"}}
    books.write("Employee", change)
    (found,) = books.query("select * from Employee where DisplayName = 'eva sol'")["Employee"]
    assert found == books.read("Employee", made["Id"])
    assert (found["SyncToken"], found["PrimaryPhone"]) == ("1", {"FreeFormNumber": "555"})
    assert books.query_refusal("select * from Employee where PrimaryPhone = '555'")


@pytest.mark.parametrize("entity", ["Customer", "Vendor", "Employee"])
def test_employees_share_the_space_of_names_with_customers_and_vendors(books, entity):
    books.write("Employee", {"DisplayName": "Eva Sol"})
    assert books.refusal(entity, {"DisplayName": "EVA SOL"})["code"] == "6240"
    assert books.refusal("Employee", {"DisplayName": "Amy's Bird Sanctuary"})["code"] == "6240"


def test_an_employee_who_left_frees_the_name(books):
    made = books.write("Employee", {"DisplayName": "Eva Sol"})
    gone = books.write("Employee", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert (gone["DisplayName"], gone["Active"]) == ("Eva Sol (deleted)", False)
    assert books.query("select * from Employee where DisplayName like 'Eva%'") == {}
    assert books.write("Customer", {"DisplayName": "Eva Sol"})["Active"] is True


def test_an_employee_needs_a_name_and_a_true_address(books):
    assert books.refusal("Employee", {"BillableTime": True})["code"] == "6080"
    assert books.refusal("Employee", {"DisplayName": "A:B"})["code"] == "2040"
    address = {"PrimaryEmailAddr": {"Address": "nobody"}}
    assert books.refusal("Employee", {"DisplayName": "X", **address})["code"] == "2210"


def test_a_name_keeps_colons_and_tabs_out(books):
    assert books.refusal("Customer", {"DisplayName": "A:B"})["code"] == "2040"
    assert (
        books.refusal("Item", {"Name": "A:B", "Type": "Service", "IncomeAccountRef": {"value": "1"}})["code"] == "2040"
    )


def test_an_inactive_customer_frees_its_name_and_can_come_back_under_it(books, bodies):
    made = books.write("Customer", {"DisplayName": "Short Stay"})
    change = {"Id": made["Id"], "sparse": True}
    gone = books.write("Customer", change | {"SyncToken": "0", "Active": False})
    assert (gone["DisplayName"], gone["Active"]) == ("Short Stay (deleted)", False)
    assert books.query("select * from Customer where DisplayName like 'Short%'") == {}
    assert (
        len(
            books.query("select * from Customer where Active in (true, false) and DisplayName like 'Short%'")[
                "Customer"
            ]
        )
        == 1
    )
    refused = books.refusal("Invoice", bodies.invoice(customer=made["Id"]))
    assert (refused["code"], "made inactive" in refused["Detail"]) == ("2500", True)
    back = books.write("Customer", change | {"SyncToken": "1", "Active": True})
    assert back["DisplayName"] == "Short Stay"


def test_a_freed_name_can_be_taken_and_then_blocks_the_return(books):
    made = books.write("Vendor", {"DisplayName": "Short Stay"})
    books.write("Vendor", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    books.write("Customer", {"DisplayName": "Short Stay"})
    assert (
        books.refusal("Vendor", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "Active": True})["code"] == "6240"
    )


def test_a_new_name_shows_on_old_documents(books):
    invoice = books.invoice()
    books.write("Customer", {"Id": "1", "SyncToken": "0", "sparse": True, "DisplayName": "Amy & Co"})
    again = books.read("Invoice", invoice["Id"])
    assert again["CustomerRef"]["name"] == "Amy & Co"
    assert again["SyncToken"] == "0"


def test_a_job_is_named_after_its_parent(books):
    job = books.write("Customer", {"DisplayName": "Deck", "ParentRef": {"value": "1"}})
    assert job["FullyQualifiedName"] == "Amy's Bird Sanctuary:Deck"
    assert (job["Job"], job["Level"]) == (True, 1)


def test_an_email_address_needs_an_at_and_a_dot(books):
    assert books.refusal("Customer", {"DisplayName": "X", "PrimaryEmailAddr": {"Address": "nobody"}})["code"] == "2210"


def test_equal_addresses_share_their_id(books):
    address = {"Line1": "1 Main St", "City": "Here"}
    customer = books.write("Customer", {"DisplayName": "X", "BillAddr": address, "ShipAddr": address})
    assert customer["BillAddr"] == customer["ShipAddr"]


def test_a_full_update_of_a_customer_clears_its_phone(books):
    made = books.write("Customer", {"DisplayName": "X", "PrimaryPhone": {"FreeFormNumber": "1"}})
    full = {"Id": made["Id"], "SyncToken": "0", "DisplayName": "X"}
    assert "PrimaryPhone" not in books.write("Customer", full)


def test_an_empty_string_clears_a_field_in_a_sparse_update(books):
    made = books.write("Customer", {"DisplayName": "X", "Notes": "old"})
    assert "Notes" not in books.write("Customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": ""})


def test_a_service_needs_an_income_account_of_an_income_type(books):
    item = {"Name": "Mowing", "Type": "Service"}
    assert books.refusal("Item", item)["element"] == "IncomeAccountRef"
    assert books.refusal("Item", item | {"IncomeAccountRef": {"value": "35"}})["code"] == "6430"
    made = books.write("Item", item | {"IncomeAccountRef": {"value": "79"}})
    assert made["IncomeAccountRef"]["name"] == "Sales of Product Income"
    assert books.refusal("Item", item | {"IncomeAccountRef": {"value": "79"}})["code"] == "6240"


@pytest.mark.parametrize(("body", "element"), [({"Type": "Service"}, "Name"), ({"Name": "X"}, "Type")])
def test_an_item_needs_a_name_and_a_type(books, body, element):
    assert books.refusal("Item", body)["element"] == element


def test_an_inactive_item_cannot_be_sold(books, bodies):
    books.write("Item", {"Id": "10", "SyncToken": "0", "sparse": True, "Active": False})
    line = bodies.line(5, item="10")
    assert books.refusal("Invoice", bodies.invoice() | {"Line": [line]})["code"] == "2500"


def test_an_account_fills_its_type_from_what_was_sent(books):
    made = books.write("Account", {"Name": "Card processor", "AccountType": "Bank"})
    assert (made["Classification"], made["AccountSubType"], made["Id"]) == ("Asset", "CashOnHand", "1150040000")
    assert "LastUpdatedTime" not in made["MetaData"]
    charges = books.write("Account", {"Name": "Fees", "AccountSubType": "BankCharges"})
    assert charges["AccountType"] == "Expense"
    assert books.refusal("Account", {"Name": "Odd"})["code"] == "6010"
    assert (
        books.refusal("Account", {"Name": "Odd", "AccountType": "Bank", "AccountSubType": "Travel"})["code"] == "6010"
    )
    assert books.refusal("Account", {"Name": "Checking", "AccountType": "Bank"})["code"] == "6240"


def test_payment_methods_and_terms_can_be_added(books):
    assert books.write("PaymentMethod", {"Name": "Stripe"})["Type"] == "NON_CREDIT_CARD"
    assert books.write("Term", {"Name": "Net 7", "DueDays": 7})["Type"] == "STANDARD"
    assert books.refusal("PaymentMethod", {"Name": "cash"})["code"] == "6240"


def test_a_list_entity_cannot_be_deleted(books):
    assert books.refusal("Customer", {"Id": "1", "SyncToken": "0"}, operation="delete")["code"] == "500"


def test_preferences_can_be_changed_but_the_closing_date_cannot(books):
    body = {"SyncToken": "0", "sparse": True, "SalesFormsPrefs": {"CustomTxnNumbers": True}}
    changed = books.write("Preferences", body | {"AccountingInfoPrefs": {"BookCloseDate": "2026-01-31"}})
    assert changed["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert changed["SalesFormsPrefs"]["AllowDiscount"] is True
    assert "BookCloseDate" not in changed["AccountingInfoPrefs"]
    assert books.get("preferences").json()["Preferences"]["SyncToken"] == "1"


@pytest.mark.parametrize("parent", ["1", "job"])
def test_nobody_can_be_their_own_ancestor(books, parent):
    job = books.write("Customer", {"DisplayName": "Deck", "ParentRef": {"value": "1"}})
    reference = {"value": job["Id"] if parent == "job" else "1"}
    assert (
        books.refusal("Customer", {"Id": "1", "SyncToken": "0", "sparse": True, "ParentRef": reference})["code"]
        == "900"
    )


def test_a_name_that_is_no_text_is_taken_as_one(books):
    assert books.write("Employee", {"CompanyName": True})["DisplayName"] == "True"
