from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.quickbooks.sandbox import FIRST_REALM

RECORDED = Path(__file__).resolve().parents[2].parent / "shared" / "recorded"


@pytest.fixture(autouse=True)
def _later(sandbox):
    """The clock stands behind every change of the sample company."""
    sandbox.clock.advance(100 * 86400)
    sandbox.connect(FIRST_REALM, access_token="fixed-access")


def changes(books, entities, since="2026-06-10T00:00:00Z"):
    answer = books.get("cdc", entities=entities, changedSince=since)
    assert answer.status_code == 200, answer.text
    (changed,) = answer.json()["CDCResponse"]
    return changed["QueryResponse"]


def refused(books, **params):
    answer = books.get("cdc", **params)
    assert answer.status_code == 400
    return answer.json()["Fault"]["Error"][0]


def test_each_entity_asked_for_has_its_element_in_the_order_asked(books, bodies):
    books.invoice()
    vendors, invoices, payments = changes(books, "Vendor,invoice,PAYMENT")
    assert vendors == payments == {}
    assert list(invoices) == ["Invoice", "startPosition", "maxResults", "totalCount"]
    assert (invoices["startPosition"], invoices["maxResults"], len(invoices["Invoice"])) == (1, 1, 1)


def test_changes_come_oldest_first_and_deleted_ones_last(books):
    first, second, third = books.invoice(), books.invoice(), books.invoice()
    books.write("Invoice", {"Id": second["Id"], "SyncToken": "0"}, operation="delete")
    books.write("Invoice", {"Id": first["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    (found,) = changes(books, "Invoice")
    assert [row["Id"] for row in found["Invoice"]] == [third["Id"], first["Id"], second["Id"]]
    deleted = found["Invoice"][-1]
    assert list(deleted) == ["domain", "status", "Id", "MetaData"]
    assert (deleted["status"], list(deleted["MetaData"])) == ("Deleted", ["LastUpdatedTime"])


def test_only_what_changed_at_the_time_or_later_is_answered(books):
    first, second = books.invoice(), books.invoice()
    time = second["MetaData"]["LastUpdatedTime"]
    assert first["MetaData"]["LastUpdatedTime"] < time
    (found,) = changes(books, "Invoice", time)
    assert [row["Id"] for row in found["Invoice"]] == [second["Id"]]


def test_a_customer_whose_balance_moved_and_an_inactive_one_are_changes(books):
    books.invoice(customer="2")
    books.write("Customer", {"Id": "3", "SyncToken": "0", "sparse": True, "Active": False})
    (found,) = changes(books, "Customer")
    assert {row["Id"]: row["Active"] for row in found["Customer"]} == {"2": True, "3": False}


@pytest.mark.parametrize(
    "since",
    [
        "2026-06-10T12:00:00Z",
        "2026-06-10T05:00:00-07:00",
        "2026-06-10T12:00:00.0000000+00:00",
        "2026-06-10T12:00:00 00:00",
        "2026-06-10",
    ],
)
def test_changed_since_is_read_with_any_zone_or_none(books, since):
    books.invoice()
    (found,) = changes(books, "Invoice", since)
    assert found["maxResults"] == 1


def test_at_most_a_thousand_objects_are_answered_in_all(sandbox, books):
    company = sandbox.companies[FIRST_REALM]
    time = {"CreateTime": "2026-07-03T00:00:00-07:00", "LastUpdatedTime": "2026-07-03T00:00:00-07:00"}
    for number in range(995):
        company.put("Invoice", {"Id": str(1000 + number), "MetaData": time})
        company.put("Customer", {"Id": str(1000 + number), "MetaData": time})
    invoices, customers, vendors = changes(books, "Invoice,Customer,Vendor", "2026-07-03")
    assert (invoices["maxResults"], customers["maxResults"], vendors) == (995, 5, {})


@pytest.mark.parametrize("name", ["TaxAgency", "JournalCode", "Unicorn"])
def test_an_entity_without_change_data_is_refused(books, name):
    assert refused(books, entities=f"Invoice,{name}", changedSince="2026-06-10")["code"] == "500"


def test_taxes_are_refused_when_the_switch_follows_the_documentation(books):
    assert len(changes(books, "TaxCode,TaxRate,Budget")) == 3
    books.preferences(cdc_taxes="refuse")
    assert refused(books, entities="TaxCode", changedSince="2026-06-10")["code"] == "500"


def test_a_look_back_of_over_thirty_days_is_answered_or_refused_by_switch(books):
    books.invoice()
    assert changes(books, "Invoice", "2011-10-10T09:00:00-07:00")[0]["maxResults"] >= 1
    books.preferences(cdc_look_back="refuse")
    assert "older" in refused(books, entities="Invoice", changedSince="2011-10-10")["Detail"]
    assert changes(books, "Invoice", "2026-05-13")[0]["maxResults"] >= 1


@pytest.mark.parametrize(
    ("params", "code", "element"),
    [
        ({"changedSince": "2026-06-10"}, "2020", "entities"),
        ({"entities": " , ", "changedSince": "2026-06-10"}, "2020", "entities"),
        ({"entities": "Invoice"}, "2020", "changedSince"),
        ({"entities": "Invoice", "changedSince": "yesterday"}, "2060", "changedSince"),
    ],
)
def test_a_request_without_entities_or_with_a_bad_time_is_refused(books, params, code, element):
    error = refused(books, **params)
    assert (error["code"], error["element"]) == (code, element)


def test_changes_are_read_only(books):
    answer = books.post("cdc", {})
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "500")


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside this repository")
def test_the_envelope_is_the_recorded_one(books):
    recorded = json.loads((RECORDED / "cdc" / "cdc_estimate.json").read_text(encoding="utf-8"))["response"]["body"]
    books.payment(10)
    ours = books.get("cdc", entities="payment", changedSince="2011-10-10T09:00:00-07:00").json()
    assert list(ours) == list(recorded)
    theirs = recorded["CDCResponse"][0]["QueryResponse"][0]
    assert list(ours["CDCResponse"][0]["QueryResponse"][0])[1:] == list(theirs)[1:]
