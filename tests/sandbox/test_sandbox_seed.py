"""The companies that a sandbox begins with: Intuit's sample company with its own Ids, and a new one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, Sandbox, SandboxAdapter
from connectors.quickbooks.sandbox.books import booking, seed
from connectors.quickbooks.sandbox.entities.registry import BY_NAME, POSTS

RECORDED = Path(__file__).resolve().parents[2].parent / "shared" / "recorded"
ANCHOR = datetime(2026, 5, 4, 19, 0, tzinfo=UTC)  # the day on which the sample company looks as it was recorded
# The author of the recordings added documents and names of his own from this day on, and changed what is listed here.
AUTHORS_FIRST_DAY = "2026-05-04"
CHANGED_BY_AUTHOR = {
    "Account": {"1", "4", "33", "35", "41", "84"},
    "Bill": {"126"},
    "CreditMemo": {"73"},
    "Customer": {"1", "2"},
    "Invoice": {"103", "106", "130"},
    "Item": {"1", "11"},
    "Vendor": {"56"},
}
LISTS = {
    "Account": "accounts",
    "Bill": "bills",
    "BillPayment": "bill_payments",
    "CreditMemo": "credit_memos",
    "Customer": "customers",
    "Deposit": "deposits",
    "Estimate": "estimates",
    "Invoice": "invoices",
    "Item": "items",
    "JournalEntry": "journal_entries",
    "Payment": "payments",
    "Purchase": "purchases",
    "Vendor": "vendors",
}


@pytest.fixture
def sample():
    sandbox = Sandbox(lambda: ANCHOR)
    sandbox.connect(FIRST_REALM, access_token="t")
    with requests.Session() as session:
        session.mount(SANDBOX_URL, SandboxAdapter(sandbox))
        session.headers.update({"Authorization": "Bearer t", "Accept": "application/json"})
        yield session


def asked(session, statement):
    answer = session.get(f"{SANDBOX_URL}/v3/company/{FIRST_REALM}/query", params={"query": statement})
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text, parse_float=Decimal)["QueryResponse"]


def recorded(name):
    whole = json.loads((RECORDED / "queries" / f"{name}_2026.json").read_text(encoding="utf-8"), parse_float=Decimal)
    body = whole["response"]["body"]
    return (json.loads(body, parse_float=Decimal) if isinstance(body, str) else body)["QueryResponse"]


def without_author(value):
    """Replace the names that the author gave by Intuit's own, and his user by the sandbox's."""
    if isinstance(value, dict):
        return {key: without_author(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_author(one) for one in value]
    names = {"Test Customer Final": "Amy's Bird Sanctuary", "Test Item Updated": "Services"}
    names |= {"Test Account Updated": "Services", "9341457021722234": FIRST_REALM}
    return names.get(value, value) if isinstance(value, str) else value


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside this repository")
@pytest.mark.parametrize("entity", [name for name in LISTS if name in BY_NAME])
def test_a_recorded_list_comes_back_row_for_row(sample, entity):
    theirs, ours = recorded(LISTS[entity]), asked(sample, f"select * from {entity} maxresults 1000")
    rows = [row for row in theirs[entity] if row["MetaData"]["CreateTime"] < AUTHORS_FIRST_DAY]
    unchanged = [row for row in rows if row["Id"] not in CHANGED_BY_AUTHOR.get(entity, ())]
    mine = {row["Id"]: row for row in ours[entity]}
    assert mine.keys() == {row["Id"] for row in rows}
    for row in unchanged:
        assert mine[row["Id"]] == without_author(row)
        assert list(mine[row["Id"]]) == list(row)
    order = [row["Id"] for row in ours[entity] if row["Id"] not in CHANGED_BY_AUTHOR.get(entity, ())]
    if entity not in ("Item", "Account"):  # there the renamed first row stands elsewhere
        assert order == [row["Id"] for row in unchanged]
    assert ("totalCount" in ours) == ("totalCount" in theirs)


@pytest.mark.parametrize("sparse", [True, False])
@pytest.mark.parametrize("entity", ["Vendor", "Bill", "BillPayment", "Purchase", "PurchaseOrder"])
def test_a_purchase_document_posted_back_as_it_was_read_changes_nothing(sample, entity, sparse):
    for row in asked(sample, f"select * from {entity} maxresults 1000")[entity]:
        url = f"{SANDBOX_URL}/v3/company/{FIRST_REALM}/{entity.lower()}"
        body = json.dumps(row | {"sparse": sparse}, default=str)
        answer = sample.post(url, data=body)
        assert answer.status_code == 200, answer.text
        mine = json.loads(answer.text, parse_float=Decimal)[entity]
        assert mine == {"BillRate": 0, "CostRate": 0} | row if entity == "Vendor" else mine == row


def test_deleting_the_bill_of_an_order_reopens_it_although_the_bill_does_not_name_it(sample):
    """Recorded: order 125 is linked to bill 126, which shows no link."""
    assert asked(sample, "select * from PurchaseOrder where Id = '125'")["PurchaseOrder"][0]["POStatus"] == "Closed"
    bill = asked(sample, "select * from Bill where Id = '126'")["Bill"][0]
    body = {"Id": "126", "SyncToken": bill["SyncToken"]}
    url = f"{SANDBOX_URL}/v3/company/{FIRST_REALM}/bill"
    assert sample.post(url, params={"operation": "delete"}, json=body).status_code == 200
    order = asked(sample, "select * from PurchaseOrder where Id = '125'")["PurchaseOrder"][0]
    assert (order["POStatus"], order["LinkedTxn"]) == ("Open", [])


def test_every_shown_balance_is_what_the_ledger_says():
    company = seed.company("1", "us", POSTS, now=ANCHOR)
    for row in company.store.rows("Account"):
        if row.data["Classification"] in booking.SHOWN:
            assert row.data["CurrentBalance"] == company.ledger.accounts.get(row.id, 0), row.data["Name"]
    for kind in ("Customer", "Vendor"):
        for row in company.store.rows(kind):
            assert row.data.get("Balance", 0) == booking.open_balance(company, (kind, row.id)), row.data["DisplayName"]
    for row in company.store.rows("Item"):
        assert row.data.get("QtyOnHand", 0) == company.ledger.stock.get(row.id, 0)
    assert sum(one.amount for entry in company.ledger.entries.values() for one in entry.postings) == 0


def test_the_sample_company_is_worth_what_intuits_is(sample):
    """Recorded balance sheet: total assets 23,436.29, checking 1,201.00."""
    assets = asked(sample, "select * from Account where Classification = 'Asset' maxresults 1000")["Account"]
    assert sum(Decimal(row["CurrentBalance"]) for row in assets) == Decimal("23436.29")
    assert next(row for row in assets if row["Id"] == "35")["CurrentBalance"] == Decimal("1201.00")


def test_an_invoice_in_the_sample_company_moves_the_recorded_balance(sample):
    line = {"Amount": 10, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}
    body = {"CustomerRef": {"value": "2"}, "Line": [line]}
    made = sample.post(f"{SANDBOX_URL}/v3/company/{FIRST_REALM}/invoice", json=body).json()["Invoice"]
    assert made["DocNumber"] == "1038"
    assert asked(sample, "select * from Customer where Id = '2'")["Customer"][0]["Balance"] == Decimal(95)
    assert asked(sample, "select * from Account where Id = '84'")["Account"][0]["CurrentBalance"] == Decimal("5291.52")


@pytest.mark.parametrize("day", [datetime(2026, 11, 25, 20, 0, tzinfo=UTC), datetime(2027, 1, 2, 3, 0, tzinfo=UTC)])
def test_the_sample_company_always_looks_a_month_old(day):
    company = seed.company("1", "us", POSTS, now=day)
    newest = max(row.data["TxnDate"] for kind in ("Invoice", "Purchase") for row in company.store.rows(kind))
    assert 0 <= (day.date() - date.fromisoformat(newest)).days <= 40
    times = [row.data["MetaData"]["CreateTime"] for row in company.store.rows("Invoice")]
    assert all(text.endswith(("-07:00", "-08:00")) for text in times)
    employee = company.get("Employee", "54")
    assert employee is not None
    assert employee["BirthDate"] == "1984-10-02"


def test_a_new_company_has_accounts_terms_and_methods_and_nobody_in_it():
    company = seed.company("1", "empty", POSTS, now=ANCHOR)
    kinds = ("Account", "Term", "PaymentMethod", "Customer", "Invoice", "OpeningBalance")
    assert {kind: company.store.count(kind) for kind in kinds} == {
        "Account": 45,
        "Term": 4,
        "PaymentMethod": 7,
        "Customer": 0,
        "Invoice": 0,
        "OpeningBalance": 0,
    }
    assert company.next_id("transaction") == "1"


def test_the_lists_alone_owe_nothing():
    company = seed.company("1", "lists", POSTS, now=ANCHOR)
    assert company.store.count("Customer") == 29
    assert not any(row.data["Balance"] for row in company.store.rows("Customer"))
    assert not company.ledger.entries
