"""The error table in the console: what it shows, what an order says before it is given, and what becomes of it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from errors import actions, queue
from errors.selection import Selection
from errors.tables import State
from tests.support.browsing import Reader, signed_in, text
from tests.support.planting import Field, history
from tests.support.quickbooks_desk import FakeClock
from worker.site.people import Role

EVIL = '<script>alert("x")</script>'


@pytest.fixture(params=["sqlite", "postgres"])
def state_url(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite"
    url: str = request.getfixturevalue("postgres_state_url")
    return url


def order(reader: Reader, action: str, *, confirmed: bool = True, on: str = "/errors", **fields: Any) -> Any:
    page = reader.get(on).text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    given = {"action": action, "seen": seen[1], "back": on, **fields}
    return reader.post("/errors/order", given | ({"confirmed": "1"} if confirmed else {}), on=on)


# --- what is shown ----------------------------------------------------------------------------------------------------


def test_tabs_count_and_rows_say_what_why_and_what_to_do(eva: Reader, field: Field) -> None:
    field.missing_customer("Ana Ruiz", documents=41, amount="300.25")
    field.missing_service()
    shown = text(eva.get("/errors"))
    assert "All 2 Accounts 1 Invoices 0 Payments 0 Refunds 0 Expenses 0 Services 1" in shown
    assert "The customer Ana Ruiz does not exist in QuickBooks" in shown
    assert "Choose the customer in QuickBooks that Ana Ruiz is, or create it." in shown
    assert "41 documents 12,310.25 USD" in shown
    assert "Tree care" not in text(eva.get("/errors?category=accounts"))


def test_a_company_that_stands_still_is_a_banner_and_in_no_tab(eva: Reader, field: Field) -> None:
    field.lost_connection()
    shown = text(eva.get("/errors"))
    assert "shop:" in shown
    assert "All 0" in shown
    assert "No errors here." in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("customer=ruiz", {"Ana Ruiz"}),
        ("document=Bob-0", {"Bob"}),
        ("least=100", {"Bob"}),
        ("most=99.99", {"Ana Ruiz"}),
        ("older=1h", {"Ana Ruiz"}),
        ("newer=1h", {"Bob"}),
        ("kind=duplicate-number", set()),
        ("company=other", set()),
        ("state=skipped", set()),
        ("state=all&sort=worth", {"Ana Ruiz", "Bob"}),
    ],
)
def test_filters_find(eva: Reader, field: Field, clock: FakeClock, query: str, found: set[str]) -> None:
    field.missing_customer("Ana Ruiz")
    clock.moment += timedelta(hours=2)
    field.missing_customer("Bob", amount="100.00")
    shown = eva.get(f"/errors?{query}").text
    assert {name for name in ("Ana Ruiz", "Bob") if f"The customer {name} does" in shown} == found


@pytest.mark.parametrize(
    ("sort", "first"),
    [("latest", "Bob"), ("oldest", "Ana"), ("worth", "Bob"), ("blocks", "Ana"), ("attempts", "Bob")],
)
def test_sorting(eva: Reader, field: Field, clock: FakeClock, sort: str, first: str) -> None:
    field.missing_customer("Ana", documents=3)
    clock.moment += timedelta(hours=2)
    field.missing_customer("Bob", amount="100.00")
    shown = eva.get(f"/errors?sort={sort}").text
    names = re.findall(r"The customer (\w+) does", shown)
    assert names[0] == first


@pytest.mark.parametrize(
    "query",
    [
        "category=nonsense",
        "least=a lot",
        "older=9999999999999d",
        "page=-1",
        "page=99999999999",
        "sort='--",
        "kind=%00",
        "state=" + "x" * 5000,
    ],
)
def test_what_cannot_be_understood_is_said_and_left_out(eva: Reader, field: Field, query: str) -> None:
    field.missing_customer()
    answer = eva.get(f"/errors?{query}")
    assert answer.status_code == 200
    assert ("left out" in answer.text) == ("page" not in query)


def test_markup_from_books_and_from_quickbooks_stays_text(eva: Reader, field: Field) -> None:
    error_id = field.missing_customer(EVIL)
    for path in ("/errors", f"/errors/{error_id}", f"/errors?customer={EVIL}"):
        shown = eva.get(path).text
        assert EVIL not in shown
        assert "&lt;script&gt;" in shown


def test_the_export_is_whole_and_runs_nothing_in_a_spreadsheet(eva: Reader, field: Field) -> None:
    field.missing_customer("=HYPERLINK(1)")
    field.missing_customer("Bob")
    answer = eva.get("/errors/export?state=open")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert len(rows) == 3
    assert {row[6] for row in rows[1:]} == {"'=HYPERLINK(1)", "Bob"}


def test_a_page_speaks_the_readers_language(app: FastAPI, field: Field) -> None:
    field.missing_customer()
    shown = text(signed_in(app, Role.VIEWER, "luz", language="es-MX").get("/errors"))
    assert "El cliente Ana Ruiz" in shown
    assert "Buscar y filtrar" in shown


# --- orders -----------------------------------------------------------------------------------------------------------


def test_an_order_says_what_it_would_do_and_does_nothing_before_it_is_confirmed(eva: Reader, field: Field) -> None:
    error_id = field.missing_customer(documents=41, amount="300.25")
    told = text(order(eva, "skip", confirmed=False, ids=[error_id]))
    assert "Skips 1 error: 41 documents, 12,310.25 USD are not posted" in told
    assert history(field, error_id) == []
    told = text(order(eva, "resync", confirmed=False, ids=[error_id]))
    assert "unblocks 41 documents, 12,310.25 USD" in told


def test_skip_and_undo(eva: Reader, field: Field) -> None:
    error_id = field.missing_customer()
    done = order(eva, "skip", ids=[error_id], why="a duplicate")
    assert done.status_code == 303
    assert field.state(error_id) is State.SKIPPED
    back = done.headers["location"]
    assert "Skipped: 1" in text(eva.get(back))
    undone = eva.post("/errors/undo", {"done": back.partition("done=")[2], "back": "/errors"}, on=back)
    assert undone.status_code == 303
    assert field.state(error_id) is State.OPEN
    assert history(field, error_id) == [("skip", "eva", "a duplicate"), ("unskip", "eva", "")]


def test_a_button_of_a_row_means_that_row_whatever_else_is_ticked(eva: Reader, field: Field) -> None:
    one, other = field.missing_customer("Ana"), field.missing_customer("Bob")
    page = eva.get("/errors").text
    assert f'value="skip.{one}"' in page
    told = eva.post("/errors/order", {"one": f"skip.{one}", "ids": [other], "all": "1", "seen": "0"}, on="/errors")
    assert f'name="ids" value="{one}"' in told.text
    assert f'value="{other}"' not in told.text
    assert 'name="all"' not in told.text


def test_all_that_match_are_those_of_the_filter_and_no_others(eva: Reader, field: Field) -> None:
    many = [field.missing_customer(f"Customer {n}") for n in range(60)]
    other = field.missing_customer("Somebody", amount="999.00")
    banner = field.lost_connection()
    assert "Skips 60 errors" in text(order(eva, "skip", confirmed=False, all="1", query="most=500"))
    assert order(eva, "skip", all="1", query="most=500").status_code == 303
    assert {field.state(each) for each in many} == {State.SKIPPED}
    assert (field.state(other), field.state(banner)) == (State.OPEN, State.OPEN)


def test_an_order_for_all_is_not_given_by_a_filter_that_cannot_be_read(eva: Reader, field: Field) -> None:
    error_id = field.missing_customer()
    assert order(eva, "skip", all="1", query="least=much").status_code == 400
    assert field.state(error_id) is State.OPEN


@pytest.mark.parametrize(
    "fields", [{"action": "drop"}, {"action": "use-number"}, {"action": "skip", "ids": ["x", "-1"]}]
)
def test_what_is_no_order_is_refused(eva: Reader, field: Field, fields: dict[str, Any]) -> None:
    field.missing_customer()
    assert eva.post("/errors/order", {"confirmed": "1", **fields}, on="/errors").status_code == 400


def test_only_services_are_deleted_and_nothing_is_done_in_part(eva: Reader, field: Field) -> None:
    service, customer = field.missing_service(), field.missing_customer()
    refused = order(eva, "delete", ids=[service, customer])
    assert refused.status_code == 409
    assert "Only services can be deleted" in text(refused)
    assert field.state(service) is State.OPEN
    assert order(eva, "delete", ids=[service]).status_code == 303
    assert field.state(service) is State.DELETED


def test_the_second_of_two_operators_is_told_what_the_first_did(app: FastAPI, eva: Reader, field: Field) -> None:
    error_id = field.missing_customer()
    ana = signed_in(app, Role.OPERATOR, "ana")
    page = ana.get(f"/errors/{error_id}").text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    order(eva, "skip", ids=[error_id], why="known")
    late = ana.post(
        "/errors/order", {"action": "resync", "ids": [error_id], "seen": seen[1], "confirmed": "1"}, on="/errors"
    )
    assert late.status_code == 409
    told = text(late)
    assert "eva skipped it" in told
    assert "known" in told
    assert history(field, error_id) == [("skip", "eva", "known")]


@pytest.mark.parametrize("meant", [{"ids": ["1"]}, {"all": "1", "query": ""}])
def test_an_order_that_would_still_be_possible_is_not_given_over_somebody_elses(
    app: FastAPI, eva: Reader, field: Field, meant: dict[str, Any]
) -> None:
    error_id = field.missing_customer()
    ana = signed_in(app, Role.OPERATOR, "ana")
    seen = re.search(r'name="seen" value="(\d+)"', ana.get("/errors").text)
    assert seen is not None
    order(eva, "resync", ids=[error_id], why="mended")
    late = ana.post("/errors/order", {"action": "skip", "seen": seen[1], "confirmed": "1", **meant}, on="/errors")
    assert (late.status_code, "eva resynced it" in text(late)) == (409, True)
    assert field.state(error_id) is State.OPEN
    assert order(ana, "skip", ids=[error_id]).status_code == 303  # she has seen it now


def test_one_who_is_late_for_something_settled_is_told_so(eva: Reader, field: Field) -> None:
    error_id = field.missing_customer()
    stamp = eva.stamp("/errors")
    field.settle(error_id)
    late = eva.client.post("/errors/order", data={"stamp": stamp, "action": "skip", "ids": error_id, "confirmed": "1"})
    assert late.status_code == 409
    assert "settled already" in text(late)


def test_the_same_form_sent_twice_orders_once(eva: Reader, field: Field) -> None:
    error_id = field.missing_customer()
    for _ in range(2):
        assert order(eva, "resync", ids=[error_id]).status_code == 303
    assert len(history(field, error_id)) == 1


def test_the_progress_of_a_resync(eva: Reader, field: Field, clock: FakeClock) -> None:
    good, bad = field.missing_customer("Ana"), field.missing_customer("Bob")
    done = order(eva, "resync", ids=[good, bad]).headers["location"].partition("done=")[2]
    look = lambda: eva.get(f"/errors/progress?done={done}").json()  # noqa: E731
    assert (look()["going"], look()["of"], look()["done"]) == (True, 2, 0)
    with field.engine.begin() as connection:
        for each in queue.pending_actions(connection, "shop"):
            queue.release(connection, [each.error_id], clock.now())
            queue.applied(connection, each.id, clock.now())
    assert look()["done"] == 0  # on its way
    field.settle(good)
    clock.moment += timedelta(minutes=1)
    field.missing_customer("Bob")
    assert look() == {"going": False, "told": "Tried again: 1 went through, 1 failed once more", "done": 2, "of": 2}


def test_somebody_elses_progress_is_nobodys_business(app: FastAPI, eva: Reader, field: Field) -> None:
    done = order(eva, "resync", ids=[field.missing_customer()]).headers["location"].partition("done=")[2]
    ana = signed_in(app, Role.OPERATOR, "ana")
    assert ana.get(f"/errors/progress?done={done}").json() == {"going": False, "told": ""}


# --- one error --------------------------------------------------------------------------------------------------------


def test_the_page_of_an_error_tells_all_about_it(eva: Reader, field: Field) -> None:
    error_id = field.missing_customer("Ana Ruiz", documents=3)
    order(eva, "resync", ids=[error_id], why="mended")
    shown = text(eva.get(f"/errors/{error_id}"))
    for part in ("What to do: Choose the customer in QuickBooks that Ana Ruiz is", "customer-not-found",
                 "Mending it unblocks 3 documents, 30.00 USD",
                 "fault code 6240, HTTP status 400, intuit_tid 1-65f0-abc", "Duplicate Name Exists", "eva resynced it",
                 "mended", "waits for the next tick", "invoice Ana Ruiz-2"):  # fmt: skip
        assert part in shown


def test_only_what_makes_sense_is_offered(eva: Reader, app: FastAPI, field: Field) -> None:
    customer, service, number, banner = (
        field.missing_customer(), field.missing_service(), field.duplicate(), field.lost_connection()
    )  # fmt: skip
    offered = {each: set(re.findall(r'name="action" value="([\w-]+)"', eva.get(f"/errors/{each}").text))
               for each in (customer, service, number, banner)}  # fmt: skip
    assert offered == {customer: {"resync", "skip", "leave-out"}, service: {"resync", "skip", "delete"},
                       number: {"resync", "skip"}, banner: {"resync"}}  # fmt: skip
    assert "Use 1043" in text(eva.get(f"/errors/{number}"))
    assert "Use 1043" not in text(eva.get(f"/errors/{customer}"))
    viewer = signed_in(app, Role.VIEWER).get(f"/errors/{number}").text
    assert 'name="action"' not in viewer
    assert 'name="number"' not in viewer


def test_an_order_from_elsewhere_is_seen_here(eva: Reader, field: Field, clock: FakeClock) -> None:
    error_id = field.missing_customer()
    with field.engine.begin() as connection:
        actions.skip(connection, Selection(ids=(error_id,)), by="cli", now=clock.now())
    assert "cli skipped it" in text(eva.get(f"/errors/{error_id}"))
    assert "cli skipped it" in text(eva.get("/audit"))
