"""What Java, PHP, Ruby, Elixir and more Python clients send in their own suites, request by request."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring, tostring

import pytest

NAMESPACE = "http://schema.intuit.com/finance/v3"
VOIDS = {
    "PHP SDK": {"operation": "update", "include": "void"},
    "Ruby, Java, Elixir and .NET async": {"include": "void"},
    "everybody's invoice": {"operation": "void"},
}


def receipt(bodies):
    return {"CustomerRef": {"value": "1"}, "Line": [bodies.line(20)]}


def made(books, bodies, entity):
    """Return a document that can be voided, as QuickBooks answers it."""
    if entity == "Invoice":
        return books.invoice(20)
    if entity == "Payment":
        return books.payment(20)
    if entity == "SalesReceipt":
        return books.write("SalesReceipt", receipt(bodies))
    detail = {"AccountRef": {"value": "8"}}
    line = {"Amount": 20, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    bill = books.write("Bill", {"VendorRef": {"value": "56"}, "Line": [line]})
    paid = {"Amount": 20, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    check = {"BankAccountRef": {"value": "35"}}
    body = {"VendorRef": {"value": "56"}, "PayType": "Check", "CheckPayment": check, "TotalAmt": 20, "Line": [paid]}
    return books.write("BillPayment", body)


@pytest.mark.parametrize("form", VOIDS)
@pytest.mark.parametrize("entity", ["Invoice", "Payment", "SalesReceipt", "BillPayment"])
@pytest.mark.parametrize("whole", [True, False])
def test_all_clients_void_in_their_three_forms_with_the_whole_object_or_its_id(books, bodies, form, entity, whole):
    read = books.read(entity, made(books, bodies, entity)["Id"])
    body = read if whole else {"Id": read["Id"], "SyncToken": read["SyncToken"], "sparse": True}
    gone = books.write(entity, body, **VOIDS[form])
    assert (gone["TotalAmt"], "Voided" in gone["PrivateNote"]) == (0, True)


def test_java_ends_its_urls_with_an_ampersand_and_names_every_get(books):
    made_ = books.invoice()
    for path in ("customer/1", f"invoice/{made_['Id']}", "companyinfo/1"):
        answer = books.session.get(f"{books.url}/{path}?requestid=0123456789abcdef0123456789abcdef&minorversion=75&")
        assert answer.status_code == 200
        assert path.partition("/")[0] in {name.lower() for name in answer.json()}


def test_java_adds_a_bill_whose_total_and_balance_contradict_its_lines(books):
    detail = {"AccountRef": {"value": "8"}}
    line = {"Amount": 3, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    mail = {"Address": "a@example.com", "Default": True, "Tag": "T"}
    bill = {"VendorRef": {"value": "56"}, "TotalAmt": 5, "Balance": 10, "BillEmail": mail, "Line": [line]}
    added = books.write("Bill", bill)
    assert (added["TotalAmt"], added["Balance"]) == (3, 3)


def test_java_adds_an_account_with_its_balance_and_full_name(books):
    body = {"Name": "Java", "FullyQualifiedName": "Java", "AccountType": "Bank", "CurrentBalance": 0}
    assert (
        books.write("Account", body | {"CurrencyRef": {"name": "United States Dollar", "value": "USD"}})["Name"]
        == "Java"
    )


def test_javas_projection_has_a_page_without_a_total(books):
    found = books.query("SELECT Id, DisplayName FROM Customer WHERE Id = '1'")
    assert (found["maxResults"], found["startPosition"]) == (1, 1)
    assert "totalCount" not in found


def test_javas_batch_asks_for_changes(books):
    query = {"Entities": "Customer,Account", "ChangedSince": "2026-02-27T00:00:00Z"}
    answer = books.post("batch", {"BatchItemRequest": [{"bId": "1", "CDCQuery": query}]})
    assert len(answer.json()["BatchItemResponse"][0]["CDCResponse"]["QueryResponse"]) == 2


@pytest.mark.parametrize(
    "condition", ["Active IN (true, false)", "NOT Id = '1'", "DisplayName BETWEEN 'A' AND 'C'", "DisplayName != 'X'"]
)
def test_javas_query_generator_writes_conditions_the_documentation_denies(books, condition):
    assert books.query(f"SELECT * FROM Customer WHERE {condition} ORDERBY FamilyName, GivenName ASC")["Customer"]


def test_php_finds_all_without_naming_a_dialect_and_reads_xml(books):
    headers = {"Accept": "*/*", "Content-Type": "application/text", "Connection": "close", "Host": "127.0.0.1"}
    statement = "select * from CompanyInfo startPosition 1 maxResults 500"
    answer = books.session.post(f"{books.url}/query?minorversion=59", data=statement, headers=headers)
    root = fromstring(answer.content)
    assert root.tag == f"{{{NAMESPACE}}}IntuitResponse"
    assert root[0][0].tag == f"{{{NAMESPACE}}}CompanyInfo"


def test_php_knows_a_tax_answer_by_its_first_key(books):
    rate = {"TaxRateName": "Php", "RateValue": 10, "TaxAgencyId": "1", "TaxApplicableOn": "Sales"}
    answer = books.post("taxservice/taxcode", {"TaxCode": "Php", "TaxRateDetails": [rate]})
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith('{"TaxCode":"Php"')


def test_php_asks_for_changes_without_a_zone_and_counts_the_answers(books):
    headers = {"Accept": "application/xml"}
    asked = {"entities": "Customer,Invoice,Term", "changedSince": "2013-01-01T00:00:00", "minorversion": "59"}
    root = fromstring(books.session.get(f"{books.url}/cdc", params=asked, headers=headers).content)
    assert len(root.findall(f"{{{NAMESPACE}}}CDCResponse/{{{NAMESPACE}}}QueryResponse")) == 3


def test_php_reads_a_fault_only_under_an_exact_content_type(books):
    answer = books.session.get(f"{books.url}/invoice/99999", headers={"Accept": "application/xml"})
    assert answer.headers["Content-Type"].lower() in ("application/xml", "application/xml;charset=utf-8")


def test_ruby_deletes_with_the_whole_xml_and_looks_for_the_status(books):
    headers = {"Accept": "application/xml", "Content-Type": "application/xml"}
    id_ = books.invoice()["Id"]
    read = fromstring(books.session.get(f"{books.url}/invoice/{id_}", headers=headers).content)
    body = tostring(read[0])
    answer = books.session.post(f"{books.url}/invoice?operation=delete", data=body, headers=headers)
    assert fromstring(answer.content)[0].get("status") == "Deleted"


def test_ruby_names_kinds_in_any_case(books):
    assert books.query("select * from customer where DisplayName = 'Amy\\'s Bird Sanctuary'")["Customer"]
    assert books.query("SELECT * FROM CUSTOMER MAXRESULTS 1")["Customer"]


def test_ledger_sync_books_an_expense_on_a_bank_account(books):
    detail = {"AccountRef": {"value": "36"}}
    line = {"Amount": 20, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": detail}
    body = {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "CurrencyRef": {"value": "USD"}, "Line": [line]}
    assert books.write("Purchase", body | {"DocNumber": "Doc#1234"})["TotalAmt"] == 20


def test_builders_of_queries_compare_the_value_of_a_reference(books):
    books.invoice(customer="2")
    assert books.query("select * from Invoice where CustomerRef.value = '2'")["Invoice"]


def test_clients_post_a_part_of_the_company_information_back(books):
    read = books.read("CompanyInfo", "1")
    sparse = {"Id": read["Id"], "SyncToken": read["SyncToken"], "sparse": True, "LegalName": "Other Name"}
    assert books.write("CompanyInfo", sparse)["LegalName"] == "Other Name"


@pytest.mark.parametrize("kind", ["ExchangeRate", "TaxCode", "Account", "Preferences"])
def test_qbosdk_reads_pages_until_one_is_exactly_empty(books, kind):
    first = books.query(f"select * from {kind} STARTPOSITION 1 MAXRESULTS 1000")
    assert first[kind]
    assert books.query(f"select * from {kind} STARTPOSITION 1001 MAXRESULTS 1000") == {}
