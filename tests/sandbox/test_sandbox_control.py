from __future__ import annotations

import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, FaultRule


def test_a_company_can_be_made_empty_and_named(books, bodies, sandbox):
    made = {"seed": "empty", "company_name": "Plumbing & Sons", "access_token": "other"}
    assert books.control("/realms/55", made) == {"realm": "55", "company_name": "Plumbing & Sons", "seed": "empty"}
    books.session.headers["Authorization"] = "Bearer other"
    other = bodies.client(books.session, books.root, "55")
    assert other.query("select count(*) from Customer") == {"totalCount": 0}
    assert other.query("select count(*) from Account") == {"totalCount": 45}
    customer = other.write("Customer", {"DisplayName": "First"})
    assert (customer["Id"], customer["Taxable"]) == ("1", False)
    item = other.write("Item", {"Name": "Work", "Type": "Service", "IncomeAccountRef": {"value": "1"}})
    invoice = other.write("Invoice", bodies.invoice() | {"Line": [bodies.line(5, item=item["Id"])]})
    assert (invoice["Id"], invoice["DocNumber"]) == ("1", "1001")


def test_the_state_shows_companies_and_meters(books):
    books.invoice()
    books.query("select * from Invoice")
    state = books.session.get(f"{books.root}/sandbox/").json()
    assert state["realms"][FIRST_REALM]["counts"]["Invoice"] == 1
    assert (state["meters"]["invoice.create"], state["meters"]["invoice.query"]) == (1, 1)


def test_the_journal_keeps_path_status_request_id_and_tid_but_no_token(books, bodies):
    answer = books.post("invoice", bodies.invoice(), requestid="r-9")
    text = books.session.get(f"{books.root}/sandbox/journal").text
    entry = books.session.get(f"{books.root}/sandbox/journal").json()[-1]
    assert (entry["entity"], entry["operation"], entry["status"]) == ("invoice", "create", 200)
    assert (entry["request_id"], entry["tid"]) == ("r-9", answer.headers["intuit_tid"])
    assert "fixed-access" not in text


@pytest.mark.parametrize("dated", ["2026-01-31", "2025-12-01"])
def test_nothing_moves_in_a_closed_period(books, bodies, dated):
    invoice = books.invoice(TxnDate=dated)
    books.preferences(BookCloseDate="2026-01-31")
    assert books.get("preferences").json()["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] == "2026-01-31"
    change = {"Id": invoice["Id"], "SyncToken": "0"}
    refusals = [
        books.refusal("Invoice", bodies.invoice(TxnDate=dated)),
        books.refusal("Invoice", change | {"sparse": True, "TxnDate": "2026-02-01"}),
        books.refusal("Invoice", change, operation="void"),
        books.refusal("Invoice", change, operation="delete"),
    ]
    assert {error["code"] for error in refusals} == {"6210"}
    assert books.invoice(TxnDate="2026-02-01")
    books.preferences(BookCloseDate=None)
    assert books.write("Invoice", change, operation="void")


def test_an_ended_subscription_reads_but_does_not_write(books, bodies):
    books.preferences(SubscriptionStatus="EXPIRED")
    assert books.refusal("Invoice", bodies.invoice())["code"] == "6190"
    assert books.read("Customer", "1")
    books.preferences(SubscriptionStatus="SUBSCRIBED")
    assert books.invoice()


def test_the_clock_can_be_advanced(books):
    books.control("/clock", {"advance_seconds": 86400})
    books.session.headers["Authorization"] = "Bearer fixed-access"
    assert books.get("customer/1").status_code == 401


def test_a_reset_begins_again(books):
    books.invoice()
    books.control("/reset", {})
    assert books.query("select count(*) from Invoice") == {"totalCount": 0}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/realms/77/preferences", {}, 404),
        ("/nowhere", {}, 404),
        ("/clock", {"advance_seconds": -1}, 400),
        ("/realms/78", {"seed": "mars"}, 400),
        ("/faults", {"effect": "explode"}, 400),
        (f"/realms/{FIRST_REALM}/preferences", {"Colour": "red"}, 400),
    ],
)
def test_a_wrong_control_request_gets_a_sentence(books, path, body, status):
    answer = books.session.post(f"{books.root}/sandbox{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_lost_reply_has_happened_and_the_same_request_id_finds_it(books, bodies):
    books.control("/faults", {"match": {"entity": "invoice", "operation": "create"}, "effect": "lose_reply"})
    with pytest.raises(requests.ConnectionError):
        books.post("invoice", bodies.invoice(), requestid="r-1")
    assert books.query("select count(*) from Invoice") == {"totalCount": 1}
    assert books.post("invoice", bodies.invoice(), requestid="r-1").status_code == 200
    assert books.query("select count(*) from Invoice") == {"totalCount": 1}


def test_a_lost_request_has_not_happened(books, bodies, sandbox):
    sandbox.fail(FaultRule("lose_request", entity="invoice"))
    with pytest.raises(requests.ConnectionError):
        books.post("invoice", bodies.invoice())
    assert books.query("select count(*) from Invoice") == {"totalCount": 0}


def test_a_rule_strikes_at_the_nth_match_and_then_is_spent(books, sandbox):
    sandbox.fail(FaultRule("throttle", entity="customer", operation="read", nth=2))
    codes = [books.get("customer/1").status_code for _ in range(4)]
    assert codes == [200, 429, 200, 200]


def test_throttling_comes_as_json_or_as_xml(books, sandbox):
    sandbox.fail(FaultRule("throttle"))
    sandbox.fail(FaultRule("throttle_xml"))
    as_json, as_xml = books.get("customer/1"), books.get("customer/1")
    assert as_json.json()["fault"]["error"][0]["code"] == "3001"
    assert (as_xml.status_code, 'Error code="3001"' in as_xml.text) == (429, True)


def test_an_outage_is_html_and_may_come_after_the_write(books, bodies, sandbox):
    sandbox.fail(FaultRule("status", operation="create", status=503, stored=True))
    sandbox.fail(FaultRule("unauthorized", operation="query"))
    answer = books.post("invoice", bodies.invoice())
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html")
    assert books.get("query", query="select * from Invoice").status_code == 401
    assert books.query("select count(*) from Invoice") == {"totalCount": 1}


def test_a_rule_may_answer_any_body(books, sandbox):
    sandbox.fail(FaultRule("status", status=500, body={"odd": "one"}, headers={"Retry-After": "60"}))
    answer = books.get("customer/1")
    assert (answer.status_code, answer.json(), answer.headers["Retry-After"]) == (500, {"odd": "one"}, "60")


def test_paths_and_bodies_that_make_no_sense_get_their_faults(books):
    assert books.get("customer/1/5").json()["Fault"]["Error"][0]["code"] == "500"
    assert books.get("unicorn/1").json()["Fault"]["Error"][0]["code"] == "500"
    odd = books.get("customer/1.5").json()
    assert odd["Fault"]["Error"][0]["element"] == "Id"
    assert "time" not in odd
    not_json = books.session.post(f"{books.url}/invoice", data=b"{nonsense")
    assert not_json.json()["Fault"]["Error"][0]["code"] == "2010"
    not_utf8 = books.session.post(f"{books.url}/invoice", data=b'{"PrivateNote": "\xff"}')
    assert not_utf8.json()["Fault"]["Error"][0]["code"] in ("500", "2010")
    assert books.session.get(f"{books.root}/elsewhere").status_code == 404


def test_faults_have_no_charset_and_every_answer_has_a_tid(books):
    good, bad = books.get("customer/1"), books.get("customer/999999")
    assert good.headers["Content-Type"] == "application/json;charset=utf-8"
    assert bad.headers["Content-Type"] == "application/json"
    assert good.headers["intuit_tid"] != bad.headers["intuit_tid"]
    assert "Qbo-Version" not in bad.headers
