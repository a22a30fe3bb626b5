from __future__ import annotations

import pytest


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
