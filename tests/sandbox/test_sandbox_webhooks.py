from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread

import pytest
import requests

from connectors.quickbooks.sandbox import FIRST_REALM, FaultRule, serve
from connectors.quickbooks.sandbox.webhooks.courier import http_post

URL = "http://receiver.test/hooks"
PLANNED = [10, 20, 30, 300, 1200, 7200, 14400, 21600, 21600, 21600]


class Receiver:
    """Takes posts in this process and answers `status`."""

    def __init__(self, sandbox, status=200):
        self.sandbox = sandbox
        self.status = status
        self.posts = []

    def __call__(self, post):
        self.posts.append(post)
        return self.status

    def events(self):
        """Deliver, and return the events of what came as (entity, operation)."""
        self.sandbox.webhooks.deliver(self)
        told = [event for post in self.posts for event in json.loads(post.body)]
        self.posts.clear()
        return [tuple(event["type"].split(".")[1:3]) for event in told]


@pytest.fixture
def receiver(sandbox):
    return Receiver(sandbox)


def registered(books, **more):
    return books.control("/webhooks", {"url": URL, "verifier_token": "secret", **more})


def test_a_created_invoice_is_a_cloud_event(books, sandbox, receiver):
    registered(books)
    invoice = books.invoice()
    sandbox.webhooks.deliver(receiver)
    (event,) = json.loads(receiver.posts[0].body)
    assert list(event) == [
        "specversion",
        "id",
        "source",
        "type",
        "datacontenttype",
        "time",
        "intuitentityid",
        "intuitaccountid",
        "data",
    ]
    assert (event["specversion"], event["type"], event["data"]) == ("1.0", "qbo.invoice.created.v1", {})
    assert (event["intuitentityid"], event["intuitaccountid"]) == (invoice["Id"], FIRST_REALM)
    assert event["source"].startswith("intuit.")
    assert len(event["id"]) == 36
    assert len(event["time"]) == len("2025-09-10T21:31:25.179851517Z")


def test_the_older_payload_groups_events_by_company(books, bodies, sandbox, receiver):
    registered(books, format="legacy")
    invoice = books.invoice()
    books.control("/realms/55", {"access_token": "other"})
    books.write("Customer", {"DisplayName": "Second"})
    books.session.headers["Authorization"] = "Bearer other"
    other = bodies.client(books.session, books.root, "55").write("Customer", {"DisplayName": "Third"})
    sandbox.webhooks.deliver(receiver)
    (post,) = receiver.posts
    ours, theirs = json.loads(post.body)["eventNotifications"]
    entities = ours["dataChangeEvent"]["entities"]
    assert (ours["realmId"], theirs["realmId"]) == (FIRST_REALM, "55")
    assert [(one["name"], one["operation"]) for one in entities] == [("Invoice", "Create"), ("Customer", "Create")]
    assert list(entities[0]) == ["name", "id", "operation", "lastUpdated"]
    assert entities[0]["id"] == invoice["Id"]
    assert entities[0]["lastUpdated"] == "".join(invoice["MetaData"]["LastUpdatedTime"].rsplit(":", 1))
    assert theirs["dataChangeEvent"]["entities"][0]["id"] == other["Id"]


def test_every_operation_has_its_event(books, receiver):
    registered(books, entities=["invoice"])
    first, second = books.invoice(), books.invoice()
    assert receiver.events() == [("invoice", "created")] * 2
    changed = books.write("Invoice", {"Id": first["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    assert receiver.events() == [("invoice", "updated")]
    books.session.post(f"{books.url}/invoice/{first['Id']}/send", params={"sendTo": "a@example.com"})
    assert receiver.events() == [("invoice", "emailed")]
    token = str(int(changed["SyncToken"]) + 1)
    books.write("Invoice", {"Id": first["Id"], "SyncToken": token}, operation="void")
    assert receiver.events() == [("invoice", "voided")]
    books.write("Invoice", {"Id": second["Id"], "SyncToken": "0"}, operation="delete")
    assert receiver.events() == [("invoice", "deleted")]


def test_a_payment_tells_of_its_invoice_too_but_not_of_the_balances_it_moves(books, receiver):
    invoice = books.invoice(100)
    registered(books)
    books.payment(60, (invoice["Id"], 60))
    assert receiver.events() == [("payment", "created"), ("invoice", "updated")]


def test_what_was_refused_or_changed_nothing_or_only_read_is_no_event(books, receiver):
    invoice = books.invoice()
    registered(books)
    books.refusal("Invoice", {"CustomerRef": {"value": "1"}})
    books.read("Customer", "1")
    assert books.write("Invoice", {"Id": invoice["Id"], "SyncToken": "0", "sparse": True}) == invoice
    assert receiver.events() == []


def test_the_items_of_a_batch_and_another_users_edit_are_events(books, sandbox, receiver, bodies):
    registered(books)
    items = [{"bId": str(one), "operation": "create", "Invoice": bodies.invoice()} for one in range(2)]
    books.post("batch", {"BatchItemRequest": items})
    assert receiver.events() == [("invoice", "created")] * 2
    sandbox.fail(FaultRule("stale"))
    books.refusal("Customer", {"Id": "1", "SyncToken": "0", "sparse": True, "Notes": "x"})
    assert receiver.events() == [("customer", "updated")]


def test_preferences_that_a_person_sets_are_an_event_until_the_app_is_disconnected(books, receiver):
    registered(books)
    books.preferences(BookCloseDate="2025-01-31")
    assert receiver.events() == [("preferences", "updated")]
    books.control(f"/realms/{FIRST_REALM}/disconnect", {})
    books.preferences(BookCloseDate=None)
    assert receiver.events() == []


def test_an_endpoint_hears_only_of_what_it_asked_for(books, receiver):
    registered(books, entities=["Customer"], operations=["create"])
    books.invoice()
    made = books.write("Customer", {"DisplayName": "New"})
    books.write("Customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Notes": "x"})
    assert receiver.events() == [("customer", "created")]


def test_the_headers_are_intuits_and_the_signature_is_over_the_raw_body(books, sandbox, receiver):
    registered(books)
    books.write("Customer", {"DisplayName": "Peña & Söhne"})
    sandbox.webhooks.deliver(receiver)
    (post,) = receiver.posts
    signed = hmac.new(b"secret", post.body, sha256).digest()
    assert b64decode(post.headers["intuit-signature"]) == signed
    assert post.headers["content-type"] == "application/json; charset=utf-8"
    assert post.headers["user-agent"] == "intuit_notification_server/0.1"
    assert {"intuit-created-time", "intuit-t-id", "intuit-notification-schema-version"} < post.headers.keys()


def hold(sandbox):
    """Stop the ticking of the fixture's clock, so that only the test moves it."""
    now = sandbox.clock._now()
    sandbox.clock._now = lambda: now


def test_a_failed_delivery_is_tried_again_by_the_published_plan_with_the_same_bytes(books, sandbox, receiver):
    hold(sandbox)
    registered(books)
    receiver.status = 500
    books.invoice()
    sandbox.webhooks.deliver(receiver)
    for wait in PLANNED:
        sandbox.clock.advance(wait - 1)
        assert sandbox.webhooks.deliver(receiver) == []
        sandbox.clock.advance(1)
        assert len(sandbox.webhooks.deliver(receiver)) == 1
    receiver.status = 200
    sandbox.clock.advance(21600)
    (done,) = sandbox.webhooks.deliver(receiver)
    assert done.delivered
    assert len(done.attempts) == len(PLANNED) + 2
    sandbox.clock.advance(86400)
    assert sandbox.webhooks.deliver(receiver) == []
    assert len({post.body for post in receiver.posts}) == 1


@pytest.mark.parametrize("status", [0, 201, 301, 302, 404, 500])
def test_only_200_counts_as_delivered(books, sandbox, receiver, status):
    registered(books)
    receiver.status = status
    books.invoice()
    (tried,) = sandbox.webhooks.deliver(receiver)
    assert not tried.delivered
    assert tried.due is not None


def test_the_older_plan_disables_the_endpoint_after_three_retries(books, sandbox, receiver):
    hold(sandbox)
    registered(books, retries="older")
    receiver.status = 503
    books.invoice()
    sandbox.webhooks.deliver(receiver)
    for minutes in (20, 30, 50):
        sandbox.clock.advance(60 * minutes)
        sandbox.webhooks.deliver(receiver)
    (endpoint,) = books.session.get(f"{books.root}/sandbox/webhooks").json()
    assert (len(receiver.posts), endpoint["enabled"]) == (4, False)
    sandbox.connect(FIRST_REALM, access_token="fixed-access")
    books.invoice()
    sandbox.clock.advance(86400)
    assert sandbox.webhooks.deliver(receiver) == []


def test_events_while_a_delivery_waits_go_out_at_once_in_a_post_of_their_own(books, sandbox, receiver):
    hold(sandbox)
    registered(books)
    receiver.status = 500
    books.invoice()
    sandbox.webhooks.deliver(receiver)
    books.write("Customer", {"DisplayName": "New"})
    receiver.status, receiver.posts = 200, []
    assert receiver.events() == [("customer", "created")]
    sandbox.clock.advance(10)
    assert receiver.events() == [("invoice", "created")]


def test_deliveries_are_listed_and_sent_again_by_order(books, sandbox, receiver):
    endpoint = registered(books)
    books.invoice()
    sandbox.webhooks.deliver(receiver)
    (listed,) = books.session.get(f"{books.root}/sandbox/webhooks/deliveries").json()
    assert (listed["delivered"], listed["endpoint"], listed["next_attempt"]) == (True, endpoint["id"], None)
    assert [one["status"] for one in listed["attempts"]] == [200]
    assert json.loads(listed["body"])[0]["type"] == "qbo.invoice.created.v1"
    books.control(f"/webhooks/deliveries/{listed['number']}/redeliver", {})
    assert len(sandbox.webhooks.deliver(receiver)) == 1
    assert receiver.posts[0] == receiver.posts[1]


def test_a_merge_is_raised_by_hand_and_names_what_it_swallowed(books, sandbox, receiver):
    registered(books, format="legacy")
    books.control(
        "/webhooks/events",
        {"realm": FIRST_REALM, "entity": "Customer", "id": "1", "operation": "Merge", "deleted_id": "2"},
    )
    sandbox.webhooks.deliver(receiver)
    (told,) = json.loads(receiver.posts[0].body)["eventNotifications"]
    (entity,) = told["dataChangeEvent"]["entities"]
    assert (entity["operation"], entity["id"], entity["deletedId"]) == ("Merge", "1", "2")


def test_a_removed_endpoint_hears_nothing_more_and_a_reset_forgets_what_was_waiting(books, sandbox, receiver):
    endpoint = registered(books)
    books.invoice()
    books.control("/reset", {})
    assert receiver.events() == []
    books.invoice()
    removed = books.session.delete(f"{books.root}/sandbox/webhooks/{endpoint['id']}")
    assert (removed.status_code, receiver.events()) == (200, [])
    assert books.session.delete(f"{books.root}/sandbox/webhooks/{endpoint['id']}").status_code == 404


def test_the_verifier_token_is_never_shown(books):
    registered(books, verifier_token="do-not-show")
    pages = [books.session.get(f"{books.root}/sandbox/webhooks{path}").text for path in ("", "/deliveries")]
    assert "do-not-show" not in "".join(pages)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://x"},
        {"url": 5},
        {"url": "http://"},
        {"verifier_token": ""},
        {"format": "xml"},
        {"entities": ["Unicorn"]},
        {"entities": "Invoice"},
        {"operations": ["Explode"]},
        {"retries": "never"},
        {"content_type": "a\nb"},
        {"id": "mine"},
    ],
)
def test_an_endpoint_that_makes_no_sense_is_refused(books, wrong):
    body = {"url": URL, "verifier_token": "secret", **wrong}
    answer = books.session.post(f"{books.root}/sandbox/webhooks", json=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/nowhere", {}, 404),
        ("/deliveries/9/redeliver", {}, 404),
        ("/events", {"realm": FIRST_REALM, "entity": "Unicorn", "operation": "Merge"}, 400),
        ("/events", {"colour": "red"}, 400),
    ],
)
def test_a_wrong_request_about_webhooks_gets_a_sentence(books, path, body, status):
    answer = books.session.post(f"{books.root}/sandbox/webhooks{path}", json=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


class Listening(BaseHTTPRequestHandler):
    """A receiver on a socket, as a developer writes one: it checks the signature over the raw bytes."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = b64encode(hmac.new(b"secret", body, sha256).digest()).decode()
        good = hmac.compare_digest(signed, self.headers["intuit-signature"])
        self.server.received.put((self.path, good, json.loads(body)))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - a name of http.server

    def log_message(self, *_):
        pass


@pytest.fixture
def listening():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    server.daemon_threads = True
    server.received, server.statuses = Queue(), []
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_over_http_a_signed_post_arrives_by_itself_and_again_when_the_clock_moves(books, sandbox, bodies, listening):
    hold(sandbox)
    listening.statuses[:] = [302, 500]
    with serve(sandbox) as server:
        wire = bodies.client(books.session, server.url)
        url = f"http://127.0.0.1:{listening.server_port}/hooks"
        wire.control("/webhooks", {"url": url, "verifier_token": "secret"})
        invoice = wire.invoice()
        path, good, events = listening.received.get(timeout=20)
        assert (path, good, events[0]["intuitentityid"]) == ("/hooks", True, invoice["Id"])
        for seconds in (10, 20):
            while not sandbox.webhooks.deliveries()[0].due:  # until the answer is noted
                requests.get(f"{server.url}/sandbox/webhooks", timeout=30)
            wire.control("/clock", {"advance_seconds": seconds})
            assert listening.received.get(timeout=20) == ("/hooks", True, events)
    assert [one.status for one in sandbox.webhooks.deliveries()[0].attempts] == [302, 500, 200]
    assert listening.received.empty()


def test_nobody_at_the_address_is_a_failed_attempt(books, sandbox):
    registered(books, url="http://127.0.0.1:9/hooks")
    books.invoice()
    (tried,) = sandbox.webhooks.deliver(http_post)
    assert [one.status for one in tried.attempts] == [0]
