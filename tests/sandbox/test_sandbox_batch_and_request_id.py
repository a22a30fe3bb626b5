from __future__ import annotations

import pytest

from connectors.quickbooks.sandbox import FIRST_REALM


def batch(books, *items, **params):
    answer = books.post("batch", {"BatchItemRequest": list(items)}, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()["BatchItemResponse"]


def test_a_batch_answers_each_item_for_itself(books, bodies):
    created, missing, queried = batch(
        books,
        {"bId": "bid1", "operation": "create", "Vendor": {"DisplayName": "Boraski Family Store"}},
        {"bId": "bid2", "operation": "delete", "Invoice": {"Id": "99999", "SyncToken": "0"}},
        {"bId": "bid4", "Query": "select * from Vendor where DisplayName like 'Boraski%'"},
    )
    assert (created["bId"], created["Vendor"]["DisplayName"]) == ("bid1", "Boraski Family Store")
    assert missing["Fault"]["type"] == "ValidationFault"
    assert (missing["Fault"]["Error"][0]["code"], missing["Fault"]["Error"][0]["element"]) == ("610", "")
    assert queried["QueryResponse"]["Vendor"][0]["Id"] == created["Vendor"]["Id"]


def test_a_batch_item_can_allow_a_duplicate_number(books, bodies):
    item = {"operation": "create", "Invoice": bodies.invoice(DocNumber="A1")}
    first, second, third = batch(
        books, {"bId": "1", **item}, {"bId": "2", **item}, {"bId": "3", **item, "optionsData": "allowduplicatedocnum"}
    )
    assert first["Invoice"]["DocNumber"] == third["Invoice"]["DocNumber"] == "A1"
    assert second["Fault"]["Error"][0]["code"] == "6140"


def test_thirty_items_are_allowed_and_thirty_one_are_not(books):
    items = [{"bId": str(n), "Query": "select count(*) from Invoice"} for n in range(31)]
    assert len(batch(books, *items[:30])) == 30
    assert books.refusal("batch", {"BatchItemRequest": items})["code"] == "1040"


def test_a_batch_without_items_or_with_unknown_ones_is_refused(books):
    assert books.refusal("batch", {})["code"] == "2020"
    (odd,) = batch(books, {"bId": "1", "operation": "create", "Unicorn": {}})
    assert odd["Fault"]["Error"][0]["code"] == "500"


def test_the_same_request_id_answers_the_original_and_writes_once(books, bodies):
    first = books.post("invoice", bodies.invoice(), requestid="r-1")
    again = books.post("invoice", bodies.invoice(999), requestid="r-1")
    assert again.content == first.content
    assert again.headers["intuit_tid"] != first.headers["intuit_tid"]
    assert books.query("select count(*) from Invoice") == {"totalCount": 1}


def test_a_request_id_belongs_to_one_company(books, bodies, sandbox):
    other = bodies.client(books.session, books.root, "77")
    sandbox.connect("77", access_token="other")
    books.post("invoice", bodies.invoice(), requestid="r-1")
    headers = {"Authorization": "Bearer other"}
    answer = books.session.post(
        f"{other.url}/invoice", json=bodies.invoice(), params={"requestid": "r-1"}, headers=headers
    )
    assert answer.status_code == 200
    assert sandbox.companies["77"].store.count("Invoice") == 1


def test_a_deletion_is_replayed_too(books):
    invoice = books.invoice()
    body = {"Id": invoice["Id"], "SyncToken": "0"}
    first = books.post("invoice", body, operation="delete", requestid="r-2")
    assert books.post("invoice", body, operation="delete", requestid="r-2").content == first.content


@pytest.mark.parametrize(("switch", "second"), [(False, 200), (True, 400)])
def test_a_refused_write_is_replayed_only_when_the_switch_says_so(books, bodies, switch, second):
    books.preferences(replay_faults=switch)
    assert books.post("invoice", bodies.invoice(customer="61"), requestid="r-3").status_code == 400
    assert books.post("invoice", bodies.invoice(), requestid="r-3").status_code == second


def test_each_item_of_a_batch_is_replayed_by_request_id_and_bid(books, bodies):
    item = {"operation": "create", "Invoice": bodies.invoice()}
    first = batch(books, {"bId": "1", **item}, {"bId": "2", **item}, requestid="r-4")
    again = batch(books, {"bId": "2", **item}, {"bId": "3", **item}, requestid="r-4")
    assert again[0] == first[1]
    assert again[1]["Invoice"]["Id"] != first[0]["Invoice"]["Id"]
    assert books.query("select count(*) from Invoice") == {"totalCount": 3}


def test_a_request_id_is_at_most_fifty_characters_with_its_bid(books, bodies):
    assert books.refusal("Invoice", bodies.invoice(), requestid="x" * 51)["code"] == "6000"
    (item,) = batch(books, {"bId": "b" * 36, "operation": "create", "Invoice": bodies.invoice()}, requestid="x" * 32)
    assert item["Fault"]["Error"][0]["Detail"].endswith("which is 68 characters.")


def test_a_batch_updates_and_voids_and_reads_changes(books, sandbox):
    sandbox.clock.advance(60 * 86400)
    sandbox.connect(FIRST_REALM, access_token="fixed-access")
    invoice = books.invoice()
    update = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"}
    voided = {"Id": invoice["Id"], "SyncToken": "1"}
    first, second, third = batch(
        books,
        {"bId": "1", "operation": "update", "Invoice": update},
        {"bId": "2", "operation": "update", "optionsData": "void", "Invoice": voided},
        {"bId": "3", "CDCQuery": {"Entities": "Invoice,Term", "ChangedSince": "2026-04-15"}},
    )
    assert (first["Invoice"]["PrivateNote"], second["Invoice"]["TotalAmt"]) == ("x", 0)
    invoices, terms = third["CDCResponse"]["QueryResponse"]
    assert (invoices["Invoice"][0]["SyncToken"], terms) == ("2", {})


def test_voiding_in_a_batch_can_be_switched_off(books):
    invoice = books.invoice()
    books.preferences(batch_void=False)
    item = {"bId": "1", "operation": "void", "Invoice": {"Id": invoice["Id"], "SyncToken": "0"}}
    assert batch(books, item)[0]["Fault"]["Error"][0]["code"] == "500"


@pytest.mark.parametrize("key", ["optionsData", "include"])
def test_an_option_may_stand_under_either_name_or_on_the_whole_batch(books, bodies, key):
    item = {"operation": "create", "Invoice": bodies.invoice(DocNumber="A1")}
    batch(books, {"bId": "1", **item})
    assert "Invoice" in batch(books, {"bId": "1", **item, key: "allowduplicatedocnum"})[0]
    assert "Invoice" in batch(books, {"bId": "1", **item}, include="allowduplicatedocnum")[0]
    assert "Fault" in batch(books, {"bId": "1", **item})[0]


def test_the_first_transaction_date_is_added_when_it_is_asked_for(books):
    books.invoice(TxnDate="2001-02-03")
    item = {"bId": "1", "Query": "select * from CompanyInfo"}
    values = batch(books, {**item, "optionsData": "firsttxndate"})[0]["QueryResponse"]["CompanyInfo"][0]["NameValue"]
    assert {"Name": "firsttxndate", "Value": "2001-02-03"} in values
    plain = batch(books, item)[0]["QueryResponse"]["CompanyInfo"][0]["NameValue"]
    assert "firsttxndate" not in {one["Name"] for one in plain}


def test_an_item_without_bid_is_answered_without_and_a_bid_may_come_twice(books):
    unnamed, one, two = batch(
        books,
        {"Query": "select count(*) from Item"},
        {"bId": "a", "Query": "select count(*) from Item"},
        {"bId": "a", "Query": "select count(*) from Term"},
    )
    assert list(unnamed) == ["QueryResponse"]
    assert (one["bId"], two["bId"]) == ("a", "a")
    assert one["QueryResponse"] != two["QueryResponse"]


def test_without_an_operation_an_item_is_created_or_if_it_has_an_id_updated(books):
    """node-quickbooks sends neither bId nor operation."""
    made = batch(books, {"Vendor": {"DisplayName": "Nobody Said"}})[0]["Vendor"]
    changed = batch(books, {"Vendor": {**made, "CompanyName": "Said Now"}})[0]["Vendor"]
    assert (changed["Id"], changed["CompanyName"]) == (made["Id"], "Said Now")


def test_a_batch_answers_a_thousand_objects_at_most(books, sandbox):
    time = {"CreateTime": "2026-03-03T00:00:00-08:00", "LastUpdatedTime": "2026-03-03T00:00:00-08:00"}
    for number in range(600):
        sandbox.companies[FIRST_REALM].put("Invoice", {"Id": str(1000 + number), "MetaData": time})
    query = "select * from Invoice maxresults 600"
    first, second, third = batch(
        books,
        {"bId": "1", "Query": query},
        {"bId": "2", "Query": query},
        {"bId": "3", "Query": "select * from Invoice maxresults 400"},
    )
    assert second["Fault"]["Error"][0]["code"] == "10100"
    assert (len(first["QueryResponse"]["Invoice"]), len(third["QueryResponse"]["Invoice"])) == (600, 400)


def test_a_batch_is_posted(books):
    answer = books.get("batch")
    assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) == (400, "500")


def test_a_used_request_id_is_refused_or_runs_again_by_switch(books, bodies):
    books.post("invoice", bodies.invoice(), requestid="r-1")
    books.preferences(replay="refuse")
    assert books.refusal("Invoice", bodies.invoice(), requestid="r-1")["code"] == "600"
    books.preferences(replay="ignore")
    count = books.query("select count(*) from Invoice")["totalCount"]
    books.write("Invoice", bodies.invoice(), requestid="r-1")
    assert books.query("select count(*) from Invoice")["totalCount"] == count + 1


def test_another_body_under_a_used_id_is_refused_or_runs_by_switch(books, bodies):
    first = books.write("Invoice", bodies.invoice(), requestid="r-1")
    books.preferences(replay_other_body="refuse")
    assert books.write("Invoice", bodies.invoice(), requestid="r-1")["Id"] == first["Id"]
    assert books.refusal("Invoice", bodies.invoice(7), requestid="r-1")["code"] == "600"
    books.preferences(replay_other_body="run")
    assert books.write("Invoice", bodies.invoice(7), requestid="r-1")["TotalAmt"] == 7


@pytest.mark.parametrize(("memory", "again"), [("always", True), ("day", True), ("hour", False)])
def test_an_id_is_remembered_as_long_as_the_switch_says(books, bodies, sandbox, memory, again):
    books.preferences(replay_memory=memory)
    first = books.write("Invoice", bodies.invoice(), requestid="r-1")
    books.control("/clock", {"advance_seconds": 7200})
    sandbox.connect(FIRST_REALM, access_token="fixed-access")
    assert (books.write("Invoice", bodies.invoice(), requestid="r-1")["Id"] == first["Id"]) is again


def test_a_long_request_id_has_the_documented_fault_by_switch(books, bodies):
    books.preferences(long_request_id="2130")
    assert books.refusal("Invoice", bodies.invoice(), requestid="x" * 51)["code"] == "2130"


def test_reading_looks_at_no_request_id(books):
    first = books.get("query", query="select count(*) from Invoice", requestid="r-1").json()["QueryResponse"]
    books.invoice()
    second = books.get("query", query="select count(*) from Invoice", requestid="r-1").json()["QueryResponse"]
    assert second["totalCount"] == first["totalCount"] + 1
