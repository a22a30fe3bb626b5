"""Trouble on order, each sort in this process and over a real socket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Event, Thread

import pytest
import requests
from hypothesis import given, settings, strategies as st

from connectors.quickbooks.sandbox import FIRST_REALM, FaultRule, Limits, Request, Sandbox, serve
from connectors.quickbooks.sandbox.trouble.effects import EFFECTS
from connectors.quickbooks.sandbox.wire import jsontext

SANDBOX = Sandbox(lambda: datetime(2026, 3, 2, tzinfo=UTC), seed="empty")  # only given orders, never asked
COUNT = "select count(*) from Invoice"


@pytest.fixture(params=["in this process", "over HTTP"])
def client(request, books, sandbox, bodies):
    if request.param == "in this process":
        yield books
        return
    with serve(sandbox) as server:
        yield bodies.client(books.session, server.url)


def invoices(client):
    return client.query(COUNT)["totalCount"]


def code(answer):
    return answer.json()["Fault"]["Error"][0]["code"]


@pytest.mark.parametrize(("effect", "stored"), [("lose_request", 0), ("lose_reply", 1)])
def test_a_lost_request_stores_nothing_and_a_lost_reply_has_stored(client, sandbox, bodies, effect, stored):
    sandbox.fail(FaultRule(effect, operation="create"))
    with pytest.raises(requests.ConnectionError):
        client.post("invoice", bodies.invoice())
    assert invoices(client) == stored


def test_an_answer_cut_in_the_middle_of_its_body_has_stored(client, sandbox, bodies):
    sandbox.fail(FaultRule("cut", operation="create"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.post("invoice", bodies.invoice())
    assert invoices(client) == 1


def test_a_token_dies_in_the_middle_of_a_run_for_one_call(client, sandbox):
    sandbox.fail(FaultRule("unauthorized", nth=2))
    answers = [client.get("customer/1") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 401, 200]
    assert answers[1].json()["fault"]["error"][0]["code"] == "3200"


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("effect", ["throttle", "throttle_xml"])
def test_throttling_comes_before_the_write_or_after_it(client, sandbox, bodies, effect, stored):
    sandbox.fail(FaultRule(effect, operation="create", stored=stored, headers={"Retry-After": "60"}))
    answer = client.post("invoice", bodies.invoice())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert ("xml" in answer.headers["Content-Type"]) == (effect == "throttle_xml")
    assert invoices(client) == stored


@pytest.mark.parametrize("stored", [False, True])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_outage_is_html_before_the_write_or_after_it(client, sandbox, bodies, status, stored):
    sandbox.fail(FaultRule("status", operation="create", status=status, stored=stored))
    answer = client.post("invoice", bodies.invoice())
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html")
    assert f"<h1>{status}" in answer.text
    assert invoices(client) == stored


@pytest.mark.parametrize("stored", [False, True])
def test_a_hang_runs_into_the_clients_timeout_and_holds_up_nobody_else(client, sandbox, bodies, stored):
    sandbox.fail(FaultRule("hang", operation="create", stored=stored))
    with pytest.raises(requests.ReadTimeout):
        client.session.post(f"{client.url}/invoice", json=bodies.invoice(), timeout=(5, 0.2))
    assert invoices(client) == stored


def test_a_hang_ends_with_a_dropped_connection(sandbox, bodies):
    sandbox.fail(FaultRule("hang", delay_ms=1))
    with serve(sandbox) as server, pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/v3/company/{FIRST_REALM}/customer/1", timeout=30)


def test_a_slow_answer_lets_others_by_and_then_arrives(sandbox, monkeypatch):
    sandbox.fail(FaultRule("latency", entity="customer", delay_ms=60_000))
    headers = {"Authorization": "Bearer fixed-access", "Accept": "application/json"}
    waiting, go_on, answers = Event(), Event(), []

    def pause(delay):
        if delay:
            assert delay == timedelta(minutes=1)
            waiting.set()
            go_on.wait(20)

    with serve(sandbox) as server:
        monkeypatch.setattr(server, "pause", pause)
        url = f"{server.url}/v3/company/{FIRST_REALM}"
        slow = Thread(target=lambda: answers.append(requests.get(f"{url}/customer/1", headers=headers, timeout=20)))
        slow.start()
        assert waiting.wait(20)
        assert requests.get(f"{url}/item/1", headers=headers, timeout=30).status_code == 200
        assert answers == []
        go_on.set()
        slow.join(20)
    assert answers[0].status_code == 200


def test_in_this_process_an_answer_later_than_the_timeout_is_a_timeout_and_any_other_comes_at_once(books, sandbox):
    sandbox.fail(FaultRule("latency", delay_ms=2_000, times=2))
    with pytest.raises(requests.ReadTimeout):
        books.session.get(f"{books.url}/customer/1", timeout=1)
    assert books.session.get(f"{books.url}/customer/1", timeout=30).status_code == 200


def test_an_empty_body_comes_with_the_status_of_success(client, sandbox, bodies):
    sandbox.fail(FaultRule("empty", operation="create"))
    answer = client.post("invoice", bodies.invoice())
    assert (answer.status_code, answer.content) == (200, b"")
    assert invoices(client) == 1


def test_somebody_else_saves_the_object_just_before_this_update(client, sandbox):
    customer = client.read("Customer", "1")
    sandbox.fail(FaultRule("stale", entity="customer"))
    change = {"Id": "1", "SyncToken": customer["SyncToken"], "sparse": True, "Notes": "mine"}
    assert client.refusal("Customer", change)["code"] == "5010"
    now = client.read("Customer", "1")
    assert int(now["SyncToken"]) == int(customer["SyncToken"]) + 1
    assert client.write("Customer", change | {"SyncToken": now["SyncToken"]})["Notes"] == "mine"


def test_a_stale_race_also_meets_the_items_of_a_batch(client, sandbox):
    customer = client.read("Customer", "1")
    sandbox.fail(FaultRule("stale", entity="batch"))
    change = {"Id": "1", "SyncToken": customer["SyncToken"], "sparse": True, "Notes": "mine"}
    item = {"bId": "1", "operation": "update", "Customer": change}
    answer = client.post("batch", {"BatchItemRequest": [item]}).json()["BatchItemResponse"][0]
    assert answer["Fault"]["Error"][0]["code"] == "5010"


def test_two_writers_cannot_be_at_the_names_at_once(client, sandbox):
    sandbox.fail(FaultRule("one_at_a_time", operation="create", times=2))
    customer = client.refusal("Customer", {"DisplayName": "New"})
    item = client.refusal("Item", {"Name": "New"})
    assert customer["code"] == item["code"] == "6000"
    assert "You can only add or edit one name at a time. Please try again." in customer["Detail"]
    assert "one product or service at a time" in item["Detail"]
    assert client.write("Customer", {"DisplayName": "New"})


def test_another_user_takes_the_number_that_the_document_names(client, sandbox, bodies):
    sandbox.fail(FaultRule("number_taken", entity="invoice", body={"CustomerRef": {"value": "2"}}))
    refused = client.refusal("Invoice", bodies.invoice(DocNumber="A-7"))
    assert refused["code"] == "6140"
    theirs = client.query("select * from Invoice where DocNumber = 'A-7'")["Invoice"]
    assert [(one["CustomerRef"]["value"], one["PrivateNote"]) for one in theirs] == [("2", "Entered by another user")]


def test_another_user_takes_the_next_automatic_number(client, sandbox):
    sandbox.fail(FaultRule("number_taken", entity="invoice"))
    mine = client.invoice()
    theirs = client.query("select * from Invoice where DocNumber < '9'")["Invoice"]
    assert sorted(one["DocNumber"] for one in theirs) == [str(int(mine["DocNumber"]) - 1), mine["DocNumber"]]


def test_a_revoked_token_stays_dead(client, sandbox):
    sandbox.fail(FaultRule("token_revoked", nth=2))
    assert [client.get("customer/1").status_code for _ in range(4)] == [200, 401, 401, 401]


def test_a_subscription_ends_in_the_middle_of_a_run_and_reads_go_on(client, sandbox, bodies):
    sandbox.fail(FaultRule("subscription_ended", nth=2, operation="create"))
    assert client.invoice()
    assert client.refusal("Invoice", bodies.invoice())["code"] == "6190"
    assert client.refusal("Invoice", bodies.invoice())["code"] == "6190"
    assert invoices(client) == 1


@pytest.mark.parametrize("asked", ["130", "140", "150"])
def test_a_company_is_away_for_a_while(client, sandbox, asked):
    sandbox.fail(FaultRule("maintenance", code=asked))
    answers = [client.get("customer/1") for _ in range(2)]
    assert [one.status_code for one in answers] == [400, 200]
    assert (code(answers[0]), answers[0].json()["Fault"]["type"]) == (asked, "AuthorizationFault")


def test_a_rule_is_matched_by_path_and_by_request_id(client, sandbox, bodies):
    sandbox.fail(FaultRule("status", path=r"/customer/\d+$"))
    sandbox.fail(FaultRule("status", request_id="r-2"))
    assert client.get("item/1").status_code == 200
    assert client.get("customer/1").status_code == 503
    statuses = [client.post("invoice", bodies.invoice(), requestid=one).status_code for one in ("r-1", "r-2", "r-2")]
    assert statuses == [200, 503, 200]


def test_a_rule_is_matched_by_company(client, sandbox):
    sandbox.fail(FaultRule("status", realm="55"))
    assert client.get("customer/1").status_code == 200
    assert len(sandbox.injector.rules) == 1


def test_a_rule_by_probability_strikes_the_same_calls_for_the_same_seed(books, sandbox):
    def run(seed):
        sandbox.injector.clear()
        sandbox.fail(FaultRule("status", probability=Decimal("0.3"), seed=seed))
        return [books.get("customer/1").status_code for _ in range(100)]

    first, again, other = run(1), run(1), run(2)
    assert first == again != other
    assert 15 <= first.count(503) <= 45
    assert first.count(200) + first.count(503) == 100


@pytest.mark.parametrize(("probability", "expected"), [(0, [200] * 4), (1, [503, 503, 200, 200])])
def test_a_probable_rule_ends_after_its_times(books, sandbox, probability, expected):
    sandbox.fail(FaultRule("status", probability=Decimal(probability), times=2))
    assert [books.get("customer/1").status_code for _ in range(4)] == expected


def test_rules_are_ordered_listed_and_cleared_by_the_control_api(books):
    rule = {"effect": "latency", "match": {"entity": "customer"}, "nth": 3, "times": 2, "delay_ms": 5}
    books.control("/faults", rule)
    books.session.post(f"{books.root}/sandbox/faults", data=b'{"effect": "empty", "probability": 0.25, "seed": 4}')
    books.get("customer/1")
    listed = books.session.get(f"{books.root}/sandbox/faults").json()["faults"]
    assert [(one["effect"], one["nth"], one["times"]) for one in listed] == [("latency", 2, 2), ("empty", 1, None)]
    assert listed[1]["probability"] in (0.25, "0.25")
    assert books.session.delete(f"{books.root}/sandbox/faults").json() == {"faults": []}
    assert books.get("customer/1").content


@pytest.mark.parametrize(
    "wrong",
    [
        {"effect": "status", "path": "("},
        {"effect": "status", "path": "a{99999999999999999999}"},
        {"effect": []},
        {"effect": "status", "nth": "two"},
        {"effect": "status", "status": "x"},
        {"effect": "status", "entity": 5},
        {"effect": "status", "probability": 2},
        {"effect": "status", "probability": "often"},
        {"effect": "status", "headers": {"A": 1}},
        {"effect": "maintenance", "code": "9"},
        {"effect": "status", "colour": "red"},
        {"effect": "status", "match": "all"},
        {"entity": "invoice"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(books, wrong):
    answer = books.session.post(f"{books.root}/sandbox/faults", json=wrong)
    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("stored", [False, True])
def test_no_trouble_makes_the_sandbox_itself_fail_whatever_it_strikes(books, sandbox, effect, stored):
    calls = [
        lambda: books.get("customer/1"),
        lambda: books.get("nowhere"),
        lambda: books.session.post(f"{books.url}/invoice", data=b"{nonsense"),
        lambda: books.session.post(f"{books.url}/batch", json={"BatchItemRequest": [None, {"Invoice": 5}]}),
        lambda: books.session.post(f"{books.url}/invoice", json=[1]),
        lambda: books.session.post(f"{books.root}/oauth2/v1/tokens/bearer", data={"grant_type": "x"}),
    ]
    for call in calls:
        sandbox.fail(FaultRule(effect, stored=stored))
        try:
            answer = call()
        except requests.RequestException:
            continue
        assert answer.status_code != 500


WEBHOOK = {
    "url": "http://receiver.test/",
    "verifier_token": "secret",
    "format": "legacy",
    "entities": [],
    "operations": [],
    "retries": "older",
    "content_type": "application/json",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("path", "good"),
    [
        ("faults", FaultRule("status").__dict__),
        ("limits", Limits().__dict__),
        ("webhooks", WEBHOOK),
    ],
)
@settings(max_examples=150)
@given(data=st.data())
def test_orders_with_any_values_are_taken_or_refused_with_a_sentence(path, good, data):
    names = data.draw(st.lists(st.sampled_from(sorted(good)), min_size=1, max_size=3))
    body = jsontext.dumps({**good, **{name: data.draw(JSON) for name in names}}).encode()
    answer = SANDBOX.handle(Request("POST", f"/sandbox/{path}", {}, {"Content-Type": "application/json"}, body))
    assert answer.status in (200, 400)
    assert answer.status == 200 or jsontext.loads(answer.body)["error"]
