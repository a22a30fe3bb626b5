"""Reports come out of the same ledger as every balance, in Intuit's shape."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree.ElementTree import fromstring

import pytest
import requests
from hypothesis import HealthCheck, given, settings, strategies as st

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, Sandbox, SandboxAdapter
from connectors.quickbooks.sandbox.reports import periods
from connectors.quickbooks.sandbox.reports.registry import REPORTS

TODAY = datetime(2026, 5, 4, 19, 0, tzinfo=UTC)
ROOT = f"{SANDBOX_URL}/v3/company/{FIRST_REALM}"


def connected(seed="us"):
    sandbox = Sandbox(lambda: TODAY, seed=seed)
    sandbox.connect(FIRST_REALM, access_token="t")
    session = requests.Session()
    session.mount(SANDBOX_URL, SandboxAdapter(sandbox))
    session.headers.update({"Authorization": "Bearer t", "Accept": "application/json"})
    return session


@pytest.fixture(scope="module")
def sample():
    with connected() as session:
        yield session


def report(session, name, **params):
    answer = session.get(f"{ROOT}/reports/{name}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(part):
    """Give all rows of a report or section, however deep."""
    for row in part.get("Rows", {}).get("Row", []):
        yield row
        yield from rows(row)


def total(body, group, column=1):
    """Return the sum of a group; 0 where everything cancelled out and the group is not shown."""
    found = next((row for row in rows(body) if row.get("group") == group), None)
    return Decimal(found.get("Summary", found)["ColData"][column]["value"] or 0) if found else Decimal(0)


def account(session, name):
    answer = session.get(f"{ROOT}/query", params={"query": f"select * from Account where Name = '{name}'"})
    return Decimal(str(answer.json()["QueryResponse"]["Account"][0]["CurrentBalance"]))


def test_profit_and_loss_is_shaped_like_intuits(sample):
    body = report(sample, "ProfitAndLoss", start_date="2026-01-01", end_date="2026-12-31", accounting_method="Accrual")
    assert list(body) == ["Header", "Columns", "Rows"]
    header = body["Header"]
    assert (header["ReportName"], header["ReportBasis"]) == ("ProfitAndLoss", "Accrual")
    assert (header["StartPeriod"], header["EndPeriod"], header["Currency"]) == ("2026-01-01", "2026-12-31", "USD")
    assert header["Option"][0] == {"Name": "AccountingStandard", "Value": "GAAP"}
    assert [column["ColType"] for column in body["Columns"]["Column"]] == ["Account", "Money"]
    groups = [row["group"] for row in body["Rows"]["Row"]]
    assert groups[0] == "Income"
    assert groups[-1] == "NetIncome"
    income = body["Rows"]["Row"][0]
    assert income["Header"]["ColData"][0]["value"] == "Income"
    row = next(row for row in rows(body) if row.get("ColData", [{}])[0].get("id") == "82")
    assert (row["type"], row["ColData"][0]["value"], list(row["ColData"][1])) == ("Data", "Design income", ["value"])
    parent = next(row for row in rows(income) if row.get("type") == "Section")
    assert parent["Summary"]["ColData"][0]["value"] == f"Total {parent['Header']['ColData'][0]['value']}"


def test_profit_adds_up(sample):
    body = report(sample, "ProfitAndLoss", start_date="2026-01-01", end_date="2026-12-31")
    gross = total(body, "Income") - total(body, "COGS")
    assert total(body, "GrossProfit") == gross
    assert total(body, "NetOperatingIncome") == gross - total(body, "Expenses")


def test_months_sum_to_the_total(sample):
    span = {"start_date": "2026-01-01", "end_date": "2026-05-31"}
    body = report(sample, "ProfitAndLoss", summarize_column_by="Month", **span)
    titles = [column["ColTitle"] for column in body["Columns"]["Column"]]
    assert titles == ["", "Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026", "May 2026", "Total"]
    last = next(row for row in rows(body) if row.get("group") == "NetIncome")["Summary"]["ColData"]
    assert sum(Decimal(cell["value"]) for cell in last[1:-1]) == Decimal(last[-1]["value"])


def test_the_balance_sheet_balances_and_shows_recorded_assets(sample):
    body = report(sample, "BalanceSheet", end_date="2026-12-31")
    assert total(body, "TotalAssets") == Decimal("23436.29")
    assert total(body, "TotalLiabilitiesAndEquity") == Decimal("23436.29")
    assert total(body, "BankAccounts") == Decimal("2001.00")
    assert total(body, "AR") == Decimal("5281.52")
    profit = report(sample, "ProfitAndLoss", start_date="2026-01-01", end_date="2026-12-31")
    assert total(body, "NetIncome") == total(profit, "NetIncome")


def test_the_trial_balance_has_equal_sides(sample):
    body = report(sample, "TrialBalance", end_date="2026-12-31")
    assert total(body, "GrandTotal", 1) == total(body, "GrandTotal", 2) > 0


def test_the_general_ledger_ends_at_each_accounts_balance(sample):
    body = report(sample, "GeneralLedger", start_date="2026-01-01", end_date="2026-12-31")
    ledger = {
        row["Header"]["ColData"][0]["value"]: row["Rows"]["Row"][-1]["ColData"][-1]["value"]
        for row in rows(body)
        if "Header" in row and "ColData" in row["Rows"]["Row"][-1]
    }
    for name, sign in (("Checking", 1), ("Savings", 1), ("Undeposited Funds", 1), ("Mastercard", -1)):
        assert sign * Decimal(ledger[name]) == account(sample, name), name
    # Liabilities stand as positive amounts, in the order of the statements (recorded).
    assert Decimal(ledger["Accounts Payable (A/P)"]) == -account(sample, "Accounts Payable (A/P)") > 0
    tops = [row["Header"]["ColData"][0]["value"] for row in body["Rows"]["Row"]]
    assert tops[:4] == ["Checking", "Savings", "Accounts Receivable (A/R)", "Inventory Asset"]


def options(body):
    return [one["Name"] for one in body["Header"]["Option"]]


@pytest.mark.parametrize(
    ("name", "params", "members", "said", "macro"),
    [
        (
            "ProfitAndLoss",
            {},
            ["DateMacro", "ReportBasis", "StartPeriod", "EndPeriod", "SummarizeColumnsBy", "Currency"],
            ["AccountingStandard", "NoReportData"],
            "this calendar year-to-date",
        ),
        (
            "GeneralLedger",
            {},
            ["DateMacro", "ReportBasis", "StartPeriod", "EndPeriod", "Currency"],
            ["NoReportData"],
            "this month-to-date",
        ),
        (
            "CustomerIncome",
            {"date_macro": "This Fiscal Year", "customer": "3"},
            ["DateMacro", "ReportBasis", "StartPeriod", "EndPeriod", "Currency", "Customer"],
            ["NoReportData"],
            "this calendar year",
        ),
        ("VendorBalance", {}, ["DateMacro", "Currency"], ["report_date", "NoReportData"], "all"),
        (
            "ProfitAndLossDetail",
            {"start_date": "2026-03-01", "end_date": "2026-03-31"},
            ["ReportBasis", "StartPeriod", "EndPeriod", "Currency"],
            ["NoReportData"],
            None,
        ),
    ],
)
def test_each_header_has_the_recorded_members(sample, name, params, members, said, macro):
    body = report(sample, name, **params)
    assert list(body["Header"]) == ["Time", "ReportName", *members, "Option"]
    assert options(body) == said
    assert body["Header"].get("DateMacro") == macro


def test_rows_of_balances_have_no_type_and_columns_no_key(sample):
    for name in ("TrialBalance", "VendorBalance", "CustomerIncome", "AgedReceivables"):
        body = report(sample, name, date_macro="all")
        assert list(body["Rows"]["Row"][0]) == ["ColData"]
        assert list(body["Rows"]["Row"][-1]) == ["Summary", "type", "group"]
        assert all("MetaData" not in column for column in body["Columns"]["Column"])


def test_the_total_of_customers_is_in_capitals(sample):
    body = report(sample, "ProfitAndLoss", summarize_column_by="Customers")
    assert body["Columns"]["Column"][-1]["ColTitle"] == "TOTAL"


def test_a_detailed_profit_begins_with_its_gross(sample):
    body = report(sample, "ProfitAndLossDetail", start_date="2026-01-01", end_date="2026-12-31")
    ordinary = body["Rows"]["Row"][0]
    first = ordinary["Rows"]["Row"][0]
    assert (list(first), first["Rows"]) == (["Rows", "Summary", "type"], {})
    assert first["Summary"]["ColData"][0]["value"] == "Gross Profit"
    assert not any("group" in row for row in rows(body))
    closings = [row["Summary"]["ColData"][0]["value"] for row in rows(body) if "Summary" in row]
    assert "Total for Legal & Professional Fees with sub-accounts" in closings
    profit = report(sample, "ProfitAndLoss", start_date="2026-01-01", end_date="2026-12-31")
    assert Decimal(closings_of(body)["Net Income"]) == total(profit, "NetIncome")


def closings_of(body):
    found = (row["Summary"]["ColData"] for row in rows(body) if "Summary" in row)
    return {cells[0]["value"]: next((cell["value"] for cell in cells[1:] if cell["value"]), "") for cells in found}


def test_aged_receivables_sum_to_the_account(sample):
    body = report(sample, "AgedReceivables")
    titles = [column["ColTitle"] for column in body["Columns"]["Column"]]
    assert titles == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    assert total(body, "GrandTotal", -1) == account(sample, "Accounts Receivable (A/R)")
    assert total(report(sample, "CustomerBalance"), "GrandTotal", -1) == account(sample, "Accounts Receivable (A/R)")
    assert total(report(sample, "AgedPayables"), "GrandTotal", -1) == -account(sample, "Accounts Payable (A/P)")


def test_a_detail_lists_what_its_summary_sums(sample):
    detail = report(sample, "AgedReceivableDetail")
    left = sum(Decimal(row["Summary"]["ColData"][-1]["value"]) for row in detail["Rows"]["Row"])
    assert left == account(sample, "Accounts Receivable (A/R)")
    assert [column["ColTitle"] for column in detail["Columns"]["Column"]][:4] == [
        "Date",
        "Transaction Type",
        "Num",
        "Customer",
    ]


def test_a_transaction_list_has_one_row_for_each_document(sample):
    body = report(sample, "TransactionList", start_date="2026-04-08", end_date="2026-04-08")
    kinds = {(row["ColData"][1]["value"], row["ColData"][1]["id"]) for row in body["Rows"]["Row"]}
    assert ("Invoice", "130") in kinds
    assert len(kinds) == len(body["Rows"]["Row"])
    only = report(sample, "TransactionList", date_macro="all", transaction_type="Invoice", customer="24")
    assert {row["ColData"][4]["value"] for row in only["Rows"]["Row"]} == {"Sonnenschein Family Store"}


def test_columns_can_be_chosen(sample):
    body = report(sample, "TransactionList", date_macro="All", columns="tx_date,doc_num,create_date,nonsense")
    chosen = [(column["ColType"], column["MetaData"][0]["Value"]) for column in body["Columns"]["Column"]]
    assert chosen == [("Date", "tx_date"), ("String", "doc_num"), ("TimeStamp", "create_date")]


def test_cash_basis_leaves_out_what_nobody_has_paid(sample):
    span = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
    accrual = total(report(sample, "ProfitAndLoss", **span), "Income")
    cash = report(sample, "ProfitAndLoss", accounting_method="Cash", **span)
    assert cash["Header"]["ReportBasis"] == "Cash"
    assert 0 < total(cash, "Income") < accrual
    sheet = report(sample, "BalanceSheet", accounting_method="Cash", **span)
    assert total(sheet, "TotalAssets") == total(sheet, "TotalLiabilitiesAndEquity")


@pytest.mark.parametrize("name", sorted(REPORTS))
@pytest.mark.parametrize("macro", ["This Fiscal Year", "last fiscal year", "All"])
def test_every_report_answers_with_its_name(sample, name, macro):
    body = report(sample, name, date_macro=macro, qzurl="true")
    assert body["Header"]["ReportName"] == name
    assert body["Columns"]["Column"]


@pytest.mark.parametrize(
    "by", ["Customers", "Vendors", "Classes", "Departments", "Employees", "Quarter", "Week", "Days"]
)
def test_a_statement_can_be_cut_by_anything(sample, by):
    body = report(sample, "ProfitAndLoss", summarize_column_by=by, start_date="2026-03-01", end_date="2026-04-30")
    cells = next(row for row in rows(body) if row.get("group") == "NetIncome")["Summary"]["ColData"]
    assert len(cells) == len(body["Columns"]["Column"])
    assert sum(Decimal(cell["value"]) for cell in cells[1:-1]) == Decimal(cells[-1]["value"])


def test_items_are_sold_with_quantity_and_margin(sample):
    body = report(sample, "ItemSales", start_date="2026-01-01", end_date="2026-12-31")
    pump = next(row for row in rows(body) if row["ColData"][0].get("id") == "11")
    assert len(pump["ColData"]) == len(body["Columns"]["Column"])
    assert Decimal(pump["ColData"][5]["value"]) > 0


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"start_date": "yesterday"}, "2060"),
        ({"start_date": "2026-02-01", "end_date": "2026-01-01"}, "2060"),
        ({"date_macro": "the other day"}, "2170"),
        ({"accounting_method": "Magic"}, "2170"),
        ({"summarize_column_by": "Colour"}, "2170"),
    ],
)
def test_a_wrong_parameter_is_refused(sample, params, code):
    answer = sample.get(f"{ROOT}/reports/ProfitAndLoss", params=params)
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == code


def test_an_unknown_report_is_an_unknown_path(sample):
    assert sample.get(f"{ROOT}/reports/Horoscope").json()["Fault"]["Error"][0]["code"] == "500"


def test_in_xml_a_report_stands_alone(sample):
    answer = sample.get(f"{ROOT}/reports/BalanceSheet", headers={"Accept": "application/xml"})
    root = fromstring(answer.content)
    assert root.tag.endswith("}Report")
    first = root.find(".//{*}Row")
    assert (first.get("type"), first.get("group")) == ("Section", "TotalAssets")
    assert first.find("{*}Header/{*}ColData").get("value") == "ASSETS"


def test_an_empty_company_says_that_it_has_no_data():
    with connected("empty") as session:
        body = report(session, "ProfitAndLoss")
        assert body["Header"]["Option"][1] == {"Name": "NoReportData", "Value": "true"}
        assert [row["group"] for row in body["Rows"]["Row"]] == [
            "Income",
            "GrossProfit",
            "Expenses",
            "NetOperatingIncome",
            "NetIncome",
        ]
        assert not any("Rows" in row or row["Summary"]["ColData"][1]["value"] for row in body["Rows"]["Row"])
        assert report(session, "BalanceSheet")["Rows"] == {}


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-05-04", "2026-05-04"),
        ("Yesterday", "2026-05-03", "2026-05-03"),
        ("This Week", "2026-05-03", "2026-05-09"),
        ("last month", "2026-04-01", "2026-04-30"),
        ("Last Month-to-date", "2026-04-01", "2026-04-04"),
        ("this fiscal quarter", "2026-03-01", "2026-05-31"),
        ("This Calendar Quarter", "2026-04-01", "2026-06-30"),
        ("This Fiscal Year-to-date", "2025-09-01", "2026-05-04"),
        ("last fiscal year", "2024-09-01", "2025-08-31"),
        ("Next Year", "2027-01-01", "2027-12-31"),
    ],
)
def test_date_macros_name_their_days(name, first, last):
    span = periods.macro(name, date(2026, 5, 4), 9)
    assert (span.first.isoformat(), span.last.isoformat()) == (first, last)


amounts = st.decimals(min_value=1, max_value=999, places=2)
steps = st.lists(st.tuples(st.sampled_from(["invoice", "payment", "receipt", "memo", "expense"]), amounts), max_size=12)


def body_of(step, amount):
    value = str(amount)
    detail = {"ItemRef": {"value": "1"}}
    line = [{"Amount": value, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}]
    spent = {"AccountRef": {"value": "8"}}
    cost = [{"Amount": value, "DetailType": "AccountBasedExpenseLineDetail", "AccountBasedExpenseLineDetail": spent}]
    customer = {"CustomerRef": {"value": "1"}}
    return {
        "invoice": ("invoice", {**customer, "Line": line}),
        "payment": ("payment", {**customer, "TotalAmt": value}),
        "receipt": ("salesreceipt", {"Line": line}),
        "memo": ("creditmemo", {**customer, "Line": line}),
        "expense": ("purchase", {"PaymentType": "Cash", "AccountRef": {"value": "35"}, "Line": cost}),
    }[step]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_booked_the_statements_agree(sequence):
    with connected("lists") as session:
        for step, amount in sequence:
            path, body = body_of(step, amount)
            assert session.post(f"{ROOT}/{path}", json=body).status_code == 200
        if not sequence:
            return
        sheet = report(session, "BalanceSheet")
        profit = report(session, "ProfitAndLoss")
        trial = report(session, "TrialBalance")
        assert total(sheet, "TotalAssets") == total(sheet, "TotalLiabilitiesAndEquity")
        assert total(sheet, "NetIncome") == total(profit, "NetIncome")
        assert total(trial, "GrandTotal", 1) == total(trial, "GrandTotal", 2)
        aged = [row for row in rows(report(session, "AgedReceivables")) if row.get("group") == "GrandTotal"]
        owed = Decimal(aged[0]["Summary"]["ColData"][-1]["value"]) if aged else 0
        assert owed == account(session, "Accounts Receivable (A/R)")
