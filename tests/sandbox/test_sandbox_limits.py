from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
import requests
from hypothesis import given, strategies as st

from connectors.quickbooks.sandbox import FIRST_REALM, SANDBOX_URL, FaultRule, Sandbox, SandboxAdapter, serve
from connectors.quickbooks.sandbox.api.calls import Call
from connectors.quickbooks.sandbox.trouble.limits import MINUTE, WINDOWS, Limiter, Limits

START = datetime(2026, 3, 30, 12, tzinfo=UTC)
HEADERS = {"Authorization": "Bearer fixed", "Accept": "application/json"}
NO_LIMIT = {window.limit: None for window in WINDOWS}
QUERY = {"bId": "1", "Query": "select * from Item"}


def only(**limits):
    """Limits of which nothing but the named ones holds."""
    return Limits(**{**NO_LIMIT, "in_flight": None, "core_plus_per_month": None, **limits})


@pytest.fixture
def open_books(bodies):
    """Open a company whose clock moves only when told, under the given limits."""
    sessions = []

    def opened(limits):
        sandbox = Sandbox(lambda: START, seed="lists", limits=limits)
        sandbox.connect(FIRST_REALM, access_token="fixed")
        session = requests.Session()
        sessions.append(session)
        session.mount(SANDBOX_URL, SandboxAdapter(sandbox))
        session.headers.update(HEADERS)
        return sandbox, bodies.client(session, SANDBOX_URL)

    yield opened
    for session in sessions:
        session.close()


def statuses(books, count, path="customer/1", **params):
    return [books.get(path, **params).status_code for _ in range(count)]


def test_ten_requests_in_a_second_are_answered_and_the_next_one_when_the_second_is_over(open_books):
    sandbox, books = open_books(Limits())
    assert statuses(books, 11) == [200] * 10 + [429]
    sandbox.clock.advance(1)
    assert statuses(books, 1) == [200]


def test_five_hundred_requests_in_a_minute_are_answered(open_books):
    sandbox, books = open_books(only(per_minute=500))
    assert statuses(books, 501) == [200] * 500 + [429]
    sandbox.clock.advance(59)
    assert statuses(books, 1) == [429]
    sandbox.clock.advance(1)
    assert statuses(books, 1) == [200]


def test_batches_and_reports_have_windows_of_their_own(open_books):
    _, books = open_books(only(batches_per_minute=2, reports_per_minute=1))
    batch = {"BatchItemRequest": [QUERY]}
    assert [books.post("batch", batch).status_code for _ in range(3)] == [200, 200, 429]
    assert 429 not in statuses(books, 1, "reports/ProfitAndLoss")
    assert statuses(books, 1, "reports/ProfitAndLoss") == [429]
    assert statuses(books, 3) == [200] * 3


def test_one_company_does_not_use_up_another_ones_limit(open_books, bodies):
    sandbox, books = open_books(only(per_second=1))
    sandbox.connect("55", access_token="fixed-55")
    assert statuses(books, 2) == [200, 429]
    other = bodies.client(books.session, books.root, "55")
    books.session.headers["Authorization"] = "Bearer fixed-55"
    assert statuses(other, 1) == [200]


def test_a_refused_request_has_done_nothing(open_books, bodies):
    sandbox, books = open_books(only(per_second=1))
    assert [books.post("invoice", bodies.invoice()).status_code for _ in range(2)] == [200, 429]
    sandbox.clock.advance(1)
    assert books.query("select count(*) from Invoice") == {"totalCount": 1}


@pytest.mark.parametrize(
    ("shape", "accept", "sort"),
    [
        ("asked", "application/json", "application/json"),
        ("asked", "application/xml", "application/xml"),
        ("xml", "application/json", "application/xml"),
        ("json", "application/xml", "application/json"),
    ],
)
def test_the_429_comes_in_the_shape_that_was_chosen(open_books, shape, accept, sort):
    _, books = open_books(only(per_second=1, shape=shape, retry_after=60))
    books.session.headers["Accept"] = accept
    _, refused = books.get("customer/1"), books.get("customer/1")
    assert (refused.status_code, refused.headers["Content-Type"]) == (429, sort)
    assert refused.headers["Retry-After"] == "60"
    assert "message=ThrottleExceeded; errorCode=003001; statusCode=429" in refused.text


def test_retry_after_is_not_sent_unless_asked_for(open_books):
    _, books = open_books(only(per_second=1))
    _, refused = books.get("customer/1"), books.get("customer/1")
    assert "Retry-After" not in refused.headers


def test_without_limits_nothing_is_refused(open_books):
    _, books = open_books(None)
    assert statuses(books, 600) == [200] * 600


def test_limits_are_changed_and_switched_off_while_it_runs(open_books):
    _, books = open_books(None)
    limits = books.control("/limits", {"per_second": 2})
    assert (limits["on"], limits["per_second"], limits["per_minute"]) == (True, 2, 500)
    assert statuses(books, 3) == [200, 200, 429]
    assert books.control("/limits", {"on": False}) == {"on": False}
    assert statuses(books, 3) == [200] * 3
    wrong = [{"per_second": 0}, {"per_second": "x"}, {"shape": "yaml"}, {"colour": 1}]
    answers = [books.session.post(f"{books.root}/sandbox/limits", json=one) for one in wrong]
    assert [one.status_code for one in answers] == [400] * 4


def test_calls_in_flight_are_counted_over_http_while_they_wait(bodies):
    sandbox = Sandbox(lambda: START, seed="lists", limits=only(in_flight=3))
    sandbox.connect(FIRST_REALM, access_token="fixed")
    with serve(sandbox) as server, ThreadPoolExecutor(3) as pool:
        sandbox.fail(FaultRule("hang", entity="customer", times=3))
        url = f"{server.url}/v3/company/{FIRST_REALM}"
        hanging = [pool.submit(requests.get, f"{url}/customer/1", headers=HEADERS, timeout=20) for _ in range(3)]
        while sandbox.injector.rules:  # until all three hang
            Event().wait(timedelta(milliseconds=5).total_seconds())
        crowded = requests.get(f"{url}/item/1", headers=HEADERS, timeout=30)
        server.stop()
        assert crowded.status_code == 429
        assert all(isinstance(one.exception(), requests.ConnectionError) for one in hanging)
    assert not any(sandbox.limiter._in_flight.values())


def test_the_meters_tell_writes_from_metered_reads_by_month(open_books, bodies):
    sandbox, books = open_books(None)
    books.invoice()
    books.query("select * from Invoice")
    books.get("customer/999999")
    items = [QUERY, {"bId": "2", "operation": "create", "Invoice": bodies.invoice()}]
    books.post("batch", {"BatchItemRequest": items})
    sandbox.clock.advance(3 * 86400)
    books.session.headers["Authorization"] = "Bearer again"
    sandbox.connect(FIRST_REALM, access_token="again")
    books.get("customer/1")
    meters = books.session.get(f"{books.root}/sandbox/meters").json()
    assert meters["month"] == "2026-04"
    assert meters["months"]["2026-03"][FIRST_REALM] == {"core": 2, "core_plus": 2, "batches": 1}
    assert meters["months"]["2026-04"][FIRST_REALM] == {"core": 0, "core_plus": 1, "batches": 0}


def test_the_builder_tier_blocks_reads_of_all_companies_when_used_up_and_never_writes(open_books, bodies):
    sandbox, books = open_books(only(core_plus_per_month=2))
    assert statuses(books, 3) == [200, 200, 429]
    assert books.post("batch", {"BatchItemRequest": [QUERY]}).status_code == 429
    assert books.invoice()
    sandbox.connect("55", access_token="fixed-55")
    books.session.headers["Authorization"] = "Bearer fixed-55"
    assert statuses(bodies.client(books.session, books.root, "55"), 1) == [429]
    report = books.session.get(f"{books.root}/sandbox/meters").json()["builder_tier"]
    assert report == {"core_plus": 2, "limit": 2, "blocked": True}
    sandbox.clock.advance(3 * 86400)
    sandbox.connect(FIRST_REALM, access_token="fixed")
    books.session.headers["Authorization"] = "Bearer fixed"
    assert statuses(books, 1) == [200]


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 3000), st.sampled_from(["customer", "batch", "reports"])), min_size=1, max_size=200
    )
)
def test_never_more_than_the_limit_in_any_window_and_nothing_refused_below_it(steps):
    limits = Limits(per_second=2, per_minute=12, all_per_minute=20, batches_per_minute=4, reports_per_minute=5)
    limiter, now, admitted = Limiter(limits), START, []
    for milliseconds, resource in steps:
        now += timedelta(milliseconds=milliseconds)
        call = Call("1", resource, "read", resource=resource)
        rooms = {
            "per_second": sum(time > now - timedelta(seconds=1) for time, _ in admitted) < 2,
            "all_per_minute": sum(time > now - MINUTE for time, _ in admitted) < 20,
        }
        own, most = {"customer": ("per_minute", 12), "batch": ("batches", 4), "reports": ("reports", 5)}[resource]
        rooms[own] = sum(time > now - MINUTE and one == resource for time, one in admitted) < most
        assert limiter.admit(call, now) == all(rooms.values())
        if all(rooms.values()):
            admitted.append((now, resource))
