"""What the .NET, C# and Go clients for QuickBooks send in their own suites, request by request."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, Sandbox, SandboxAdapter
from connectors.quickbooks.sandbox.entities.registry import BY_NAME
from connectors.quickbooks.sandbox.wire import jsontext

GO_ZERO = "0001-01-01T00:00:00Z"
# What QuickBooksSharp asks of change data capture, in its order.
SHARP_NAMES = """
    Account BillPayment Bill Budget Class CompanyCurrency CompanyInfo CreditCardPayment CreditMemo Customer CustomerType
    Deposit Employee Estimate ExchangeRate Invoice Item JournalEntry Department PaymentMethod Payment Preferences
    PurchaseOrder Purchase RefundReceipt ReimburseCharge SalesReceipt TaxCode TaxRate Term TimeActivity Transfer
    VendorCredit Vendor
"""
SHARP = SHARP_NAMES.split()
SHARP_QUERIES = [*SHARP, "TaxAgency", "TaxClassification"]
# QuickBooksSharp leaves these out of its counts, and says what QuickBooks answers.
SHARP_UNCOUNTED = {"ExchangeRate", "CustomerType", "CompanyInfo"}
SHARP_COUNTED = [name for name in SHARP_QUERIES if name not in SHARP_UNCOUNTED]


@pytest.fixture(scope="module")
def sample_session():
    """Return a session with Intuit's sample company, for tests that only read."""
    sandbox = Sandbox(lambda: datetime(2026, 5, 20, 12, 0, tzinfo=UTC), seed="us")
    sandbox.connect(FIRST_REALM, access_token="fixed-access")
    with requests.Session() as session:
        session.mount(SANDBOX_URL, SandboxAdapter(sandbox))
        session.headers.update({"Authorization": "Bearer fixed-access", "Accept": "application/json"})
        yield session


@pytest.fixture
def sample(bodies, sample_session):
    return bodies.client(sample_session, SANDBOX_URL)


def dotnet_invoice():
    """QBOHelper.CreateInvoice as its JSON serializer writes it."""
    mail = {"Address": "test@intuit.com", "Default": True, "Tag": "Tag"}
    return {
        "Deposit": 0,
        "AllowIPNPayment": False,
        "CustomerRef": {"name": "Amy's Bird Sanctuary", "value": "1"},
        "DueDate": "2026-03-02",
        "GlobalTaxCalculation": "TaxExcluded",
        "TotalAmt": 0,
        "ApplyTaxAfterDiscount": False,
        "PrintStatus": "NotSet",
        "EmailStatus": "NotSet",
        "BillEmail": mail,
        "ARAccountRef": {"type": "Account", "name": "Accounts Receivable", "value": "QB:37"},
        "Balance": 0,
        "TxnDate": "2026-03-02",
        "Line": [{"Description": "Description", "Amount": 100, "DetailType": "DescriptionOnly"}],
    }


def go_line(**more):
    """Return a line as Go's encoder writes it: every detail that `omitempty` cannot leave out is there."""
    return {
        "LineNum": 1,
        "Amount": 100,
        "LinkedTxn": None,
        "DetailType": "SalesItemLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {}, "CustomerRef": {}, "TaxCodeRef": {}},
        "SalesItemLineDetail": {
            "ItemRef": {"value": "1"},
            "ClassRef": {},
            "UnitPrice": 100,
            "Qty": 1,
            "ItemAccountRef": {},
            "TaxCodeRef": {},
            "ServiceDate": GO_ZERO,
        },
        "DiscountLineDetail": {"PercentBased": False},
        "TaxLineDetail": {"TaxRateRef": {}},
        **more,
    }


def go_invoice(**more):
    return {
        "SyncToken": "0",
        "MetaData": {"CreateTime": GO_ZERO, "LastUpdatedTime": GO_ZERO},
        "TxnDate": GO_ZERO,
        "DueDate": GO_ZERO,
        "DepartmentRef": {},
        "CurrencyRef": {},
        "TxnTaxDetail": {"TxnTaxCodeRef": {}},
        "CustomerRef": {"value": "1"},
        "Line": [go_line()],
        **more,
    }


def test_dotnet_sends_an_account_of_quickbooks_desktop_and_a_line_of_text_with_an_amount(books):
    made = books.write("Invoice", dotnet_invoice(), requestid=str(UUID(int=1)), minorversion="37")
    assert "ARAccountRef" not in made
    assert made["Line"][0]["Description"] == "Description"


def test_dotnet_updates_and_deletes_with_the_whole_invoice(books):
    made = books.write("Invoice", dotnet_invoice())
    changed = books.write("Invoice", made | {"DocNumber": "updated1ab"})
    assert changed["DocNumber"] == "updated1ab"
    sparse = {"Id": made["Id"], "SyncToken": changed["SyncToken"], "sparse": True, "DocNumber": "SUDoc9f3c21"}
    last = books.write("Invoice", sparse)
    assert last["DocNumber"] == "SUDoc9f3c21"
    assert books.write("Invoice", last, operation="delete")["status"] == "Deleted"


def test_dotnet_reads_the_company_by_its_object_id(books):
    assert books.read("CompanyInfo", "1")["CompanyName"] == books.read("CompanyInfo", FIRST_REALM)["CompanyName"]


def test_dotnet_finds_all_by_a_posted_statement(books):
    headers = {"Content-Type": "application/text"}
    asked = {"requestid": str(UUID(int=2)), "minorversion": "37"}
    statement = "select * from Customer startPosition 1 maxResults 500"
    answer = books.session.post(f"{books.url}/query", data=statement, headers=headers, params=asked)
    assert answer.json()["QueryResponse"]["startPosition"] == 1


def test_dotnet_sends_a_content_type_with_every_get(books):
    headers = {"Content-Type": "application/xml"}
    since = {"entities": "CompanyInfo,Attachable", "changedSince": "2026-03-01T00:00:00Z"}
    answer = books.session.get(f"{books.url}/cdc", params=since, headers=headers)
    assert answer.status_code == 200
    assert len(answer.json()["CDCResponse"][0]["QueryResponse"]) == 2


def test_dotnets_batch_updates_and_deletes_one_invoice_under_the_same_sync_token(books):
    made = books.write("Invoice", dotnet_invoice())
    items = [
        {"bId": "createInvoice", "operation": "create", "Invoice": dotnet_invoice()},
        {"bId": "updateInvoice", "operation": "update", "Invoice": made | {"DocNumber": "updatedx"}},
        {"bId": "QueryInvoice", "Query": "select * from Invoice"},
        {"bId": "deleteInvoice", "operation": "delete", "Invoice": made},
    ]
    answered = books.post("batch", {"BatchItemRequest": items}).json()["BatchItemResponse"]
    assert [item["bId"] for item in answered] == [item["bId"] for item in items]
    # A token that is no longer the stored one is stale, in a batch as anywhere: nothing recorded says otherwise.
    assert answered[1]["Invoice"]["DocNumber"] == "updatedx"
    assert answered[3]["Fault"]["Error"][0]["code"] == "5010"


def test_sharps_queries_answer_a_page_and_their_first_row_can_be_read(sample):
    for name in SHARP_QUERIES:
        found = sample.query(f"SELECT * FROM {name} MAXRESULTS 10")
        rows = found.get(BY_NAME[name].wrapper, [])
        if rows:
            assert found["maxResults"] == len(rows), name
        numbered = [row for row in rows if str(row.get("Id", "")).isdecimal()]
        if numbered:
            answer = sample.get(f"{name.lower()}/{numbered[0]['Id']}", minorversion="73")
            assert answer.status_code == 200, answer.text
            assert answer.json()[BY_NAME[name].wrapper]["Id"] == numbered[0]["Id"]


@pytest.mark.parametrize("name", SHARP_COUNTED)
def test_sharp_counts_every_kind(sample, name):
    assert sample.query(f"SELECT COUNT(*) FROM {name}")["totalCount"] >= 0


def test_sharp_asks_for_changes_of_all_kinds_at_once_and_counts_the_answers(sample):
    asked = {"entities": ",".join(SHARP), "changedSince": "2026-04-20T00:00:00.0000000+02:00"}
    answered = sample.get("cdc", **asked).json()["CDCResponse"][0]["QueryResponse"]
    assert len(answered) == len(SHARP) == 34
    for name, one in zip(SHARP, answered, strict=True):
        assert set(one) <= {BY_NAME[name].wrapper, "startPosition", "maxResults", "totalCount"}


def test_sharp_deletes_an_invoice_whose_only_line_names_an_account_and_no_item(books):
    account = books.query("SELECT * FROM Account MAXRESULTS 1")["Account"][0]
    detail = {"ItemAccountRef": {"name": account["Name"], "value": account["Id"]}, "ItemRef": None, "Qty": None}
    line = {"Amount": 100, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail, "GroupLineDetail": None}
    made = books.write("Invoice", {"CustomerRef": {"value": "1"}, "Line": [line], "DocNumber": None})
    assert made["TotalAmt"] == 100
    only = {"Id": made["Id"], "SyncToken": made["SyncToken"], "Line": None, "CustomerRef": None}
    assert books.write("Invoice", only, operation="delete")["status"] == "Deleted"


def test_sharp_posts_a_read_customer_back_with_nulls(books):
    read = books.read("Customer", "1")
    whole = {
        "ParentRef": None,
        "Notes": None,
        "CurrencyRef": None,
        "Fax": None,
        **read,
        "GivenName": "New",
        "sparse": False,
    }
    assert books.write("Customer", whole)["GivenName"] == "New"


def test_sharp_pays_an_invoice_whose_type_it_writes_in_capitals_and_voids_the_payment(books):
    invoice = books.invoice(40)
    line = {"Amount": 40, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "INVOICE"}]}
    paid = books.write("Payment", {"TotalAmt": 40, "CustomerRef": {"value": "1"}, "Line": [line]})
    assert books.read("Invoice", invoice["Id"])["Balance"] == 0
    assert paid["Line"][0]["LinkedTxn"][0]["TxnType"] == "Invoice"
    sparse = {"Id": paid["Id"], "SyncToken": paid["SyncToken"], "sparse": True, "PrivateNote": "Voided"}
    assert books.write("Payment", sparse, operation="update", include="void")["PrivateNote"] == "Voided"
    assert books.read("Invoice", invoice["Id"])["Balance"] == 40


def test_sharps_batch_names_its_items_by_whole_guids(books):
    items = [
        {"bId": str(UUID(int=number)), "Query": f"SELECT * FROM {name}"}
        for number, name in enumerate(("Bill", "Customer"))
    ]
    answered = books.post("batch", {"BatchItemRequest": items}).json()["BatchItemResponse"]
    assert [item["bId"] for item in answered] == [item["bId"] for item in items]


def test_sharp_prints_with_two_types_accepted(books, bodies):
    made = books.invoice()
    headers = {"Accept": "application/json, application/pdf"}
    answer = books.session.get(f"{books.url}/invoice/{made['Id']}/pdf", headers=headers)
    assert answer.content.startswith(b"%PDF-")


def test_sharp_finds_open_invoices_by_a_quoted_number_and_two_orders(sample):
    found = sample.query("SELECT * FROM Invoice WHERE Balance > '0' ORDERBY DueDate DESC, Balance DESC MAXRESULTS 1")
    assert found["Invoice"][0]["Balance"] > 0


@pytest.mark.parametrize("report", ["ProfitAndLoss", "JournalReport"])
def test_sharps_reports_of_the_last_fiscal_year_have_rows(sample, report):
    answer = sample.get(f"reports/{report}", date_macro="Last Fiscal Year", accounting_method="Accrual")
    read = answer.json()
    assert read["Header"]["ReportName"] == report
    assert read["Columns"]["Column"]


def test_go_sends_zero_dates_empty_references_and_every_detail(books):
    made = books.write("Invoice", go_invoice(), minorversion="65")
    assert made["TxnDate"] == books.invoice()["TxnDate"], "a zero date is no date: the company's day is taken"
    assert made["DueDate"] > made["TxnDate"]
    assert "DepartmentRef" not in made
    assert "ServiceDate" not in made["Line"][0]["SalesItemLineDetail"]
    assert "DiscountLineDetail" not in made["Line"][0]
    assert not made["MetaData"]["CreateTime"].startswith("0001")


def test_go_writes_a_day_to_the_nanosecond(books):
    assert books.write("Invoice", go_invoice(TxnDate="2026-01-02T03:04:05.123456789Z"))["TxnDate"] == "2026-01-02"


def test_go_cannot_read_a_time_in_utc(books):
    answer = books.post("invoice", go_invoice())
    assert "Z" not in answer.json()["time"] + answer.json()["Invoice"]["MetaData"]["CreateTime"]
    assert "Z" not in books.get("invoice/99999").json()["time"]


def test_gos_purchase_carries_what_it_read_in_another_company(books):
    value = {"name": "{http://schema.intuit.com/finance/v3}NameValue", "nil": False, "globalScope": True}
    detail = {
        "TaxCodeRef": {"value": "NON"},
        "AccountRef": {"name": "Meals", "value": "13"},
        "BillableStatus": "NotBillable",
    }
    line = {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 10, "Id": "1"}
    body = {
        "SyncToken": "0",
        "domain": "QBO",
        "PurchaseEx": {"any": [value | {"value": {"Name": "TxnType", "Value": "54"}}]},
        "TxnDate": "2026-03-02T00:00:00.000000001Z",
        "TotalAmt": 10,
        "PaymentType": "Cash",
        "sparse": False,
        "Line": [line | {"AccountBasedExpenseLineDetail": detail}],
        "AccountRef": {"name": "Checking", "value": "35"},
        "CustomField": [],
        "EntityRef": {},
        "MetaData": {"CreateTime": "2015-07-27T10:37:26-07:00", "LastUpdatedTime": "2015-07-27T10:37:26-07:00"},
    }
    made = books.write("Purchase", body)
    changed = books.write("Purchase", made | {"DocNumber": "NewNumber", "sparse": True})
    assert changed["DocNumber"] == "NewNumber"


def test_gos_journal_entry_gets_the_same_number_at_every_run(books):
    def line(side, account, id_):
        detail = {"PostingType": side, "AccountRef": {"value": account}, "Entity": {"EntityRef": {}}, "ClassRef": {}}
        return {
            "Id": id_,
            "Amount": jsontext.loads(b"25.54"),
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": detail,
        }

    body = {
        "SyncToken": "0",
        "Adjustment": False,
        "TxnTaxDetail": {},
        "CurrencyRef": {},
        "TxnDate": "2026-03-02T01:02:03Z",
    }
    body["Line"] = [line("Debit", "65", "0"), line("Credit", "44", "1")]
    for _ in range(2):
        made = books.write("JournalEntry", body)
        assert (
            books.write("JournalEntry", made | {"sparse": True, "DocNumber": "NewNumber"})["DocNumber"] == "NewNumber"
        )


def test_go_deletes_with_the_whole_object_and_reads_a_missing_one_by_its_message(books):
    made = books.write("Invoice", go_invoice())
    assert books.write("Invoice", made, operation="delete")["status"] == "Deleted"
    assert books.refusal("Invoice", made, operation="delete")["Message"] == "Object Not Found"
