"""What QuickBooks holds is read once and kept fresh by its changes: what each question costs, and what is believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests

from connectors.contract import Operation
from connectors.documents import DocumentKind
from connectors.quickbooks import query
from connectors.quickbooks.mirror import changes
from connectors.quickbooks.opening import QuickBooksConnector
from connectors.quickbooks.sandbox.core import FIRST_REALM
from errors import kinds
from errors.problem import ProblemError
from tests.support.quickbooks_desk import URL, Desk, app_settings, customer, fee, grant, invoice, service

HEADERS = {"Authorization": "Bearer outsider", "Accept": "application/json"}


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.furnish()
    return desk


def asked(desk: Desk, does: Callable[[], Any]) -> list[str]:
    """What is asked of QuickBooks meanwhile: the last part of each path."""
    before = len(desk.journal())
    does()
    return [entry.path.rsplit("/", 1)[1] for entry in desk.journal()[before:]]


def outsider(desk: Desk, entity: str, body: dict[str, Any], **params: str) -> Any:
    """Somebody else at work in the same QuickBooks."""
    desk.sandbox.connect(FIRST_REALM, access_token="outsider")
    with requests.Session() as session:
        desk.mount(session)
        address = f"{URL}/v3/company/{FIRST_REALM}/{entity.lower()}"
        answer = session.post(address, json=body, params=params, headers=HEADERS)
    assert answer.status_code == 200, answer.text
    return answer.json()[entity]


def enters(desk: Desk, number: str) -> Any:
    item, owner = desk.ids[DocumentKind.SERVICE, "s1"], desk.ids[DocumentKind.CUSTOMER, "c1"]
    detail = {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": 5}
    line = {"Amount": 5, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return outsider(desk, "Invoice", {"CustomerRef": {"value": owner}, "DocNumber": number, "Line": [line]})


def holders(desk: Desk, *numbers: str) -> set[str]:
    return set(desk.target.holders(DocumentKind.INVOICE, numbers))


def restart(desk: Desk, **app: Any) -> None:
    """As after the end of the process: the state database is all that is left."""
    settings = replace(app_settings(), **app)
    desk.connector = QuickBooksConnector(
        settings, desk.store, now=desk.clock.now, sleep=desk.clock.sleep, mount=desk.mount
    )


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_numbers_are_loaded_once_and_free_ones_cost_nothing_while_that_is_fresh(desk: Desk) -> None:
    assert asked(desk, lambda: holders(desk, "A-1")) == ["query"]
    assert asked(desk, lambda: holders(desk, "A-2", "A-3")) == []
    desk.clock.sleep(301)
    assert asked(desk, lambda: holders(desk, "A-4")) == ["cdc"]


def test_our_own_numbers_are_known_from_the_answer_to_the_write(desk: Desk) -> None:
    holders(desk, "A-1")
    remote = desk.post(invoice())
    assert asked(desk, lambda: holders(desk, "INV-1042")) == ["query"]  # nobody is refused before QuickBooks was asked
    assert holders(desk, "inv-1042") == {"inv-1042"}
    assert desk.target.recent_numbers(DocumentKind.INVOICE, "INV-") == ["INV-1042"]
    desk.post(invoice(number="INV-7"), Operation.UPDATE, remote)
    assert asked(desk, lambda: holders(desk, "INV-1042")) == []
    assert holders(desk, "INV-7") == {"INV-7"}


def test_the_number_of_a_purchase_that_we_deleted_is_free_without_a_question(desk: Desk) -> None:
    desk.target.holders(DocumentKind.FEE, ["F-0"])
    remote = desk.post(fee())
    assert desk.target.holders(DocumentKind.FEE, ["F-1"]).keys() == {"F-1"}
    desk.post(fee(), Operation.VOID, remote)
    assert asked(desk, lambda: desk.target.holders(DocumentKind.FEE, ["F-1"])) == []


def test_a_number_that_somebody_else_takes_is_seen_through_its_change(desk: Desk) -> None:
    holders(desk, "A-1")
    desk.clock.sleep(301)
    taken = enters(desk, "A-1")
    found = desk.target.holders(DocumentKind.INVOICE, ["A-1", "A-2"])
    assert {number: holder.target_id for number, holder in found.items()} == {"A-1": taken["Id"]}


def test_a_number_whose_document_somebody_deleted_is_asked_for_and_free(desk: Desk) -> None:
    taken = enters(desk, "A-1")
    assert holders(desk, "A-1") == {"A-1"}
    outsider(desk, "Invoice", {"Id": taken["Id"], "SyncToken": taken["SyncToken"]}, operation="delete")
    desk.clock.sleep(301)
    assert asked(desk, lambda: holders(desk, "A-1")) == ["cdc", "query"]
    assert holders(desk, "A-1") == set()
    assert asked(desk, lambda: holders(desk, "A-1")) == []
    assert desk.target.recent_numbers(DocumentKind.INVOICE, "A-") == []


def test_a_deletion_that_was_not_one_leaves_the_number_taken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = enters(desk, "A-1")
    holders(desk, "A-2")
    real = changes.changes

    def mistaken(*arguments: Any) -> changes.Changes:
        return replace(real(*arguments), deleted={"Invoice": [taken["Id"]]})

    monkeypatch.setattr("connectors.quickbooks.mirror.mirror.changes", mistaken)
    desk.clock.sleep(301)
    assert holders(desk, "A-1") == {"A-1"}


# --- customers and services -------------------------------------------------------------------------------------------


def test_unknown_customers_and_services_cost_one_read_after_the_first_time(desk: Desk) -> None:
    desk.target.match([customer(local_id="x", name="Nobody", email="no@example.com")])
    desk.target.match([service(local_id="x", name="Nothing")])
    desk.clock.sleep(301)
    wanted = [service(local_id=name, name=name) for name in ("One", "Two", "Three")]

    def matches() -> None:
        assert desk.target.match([customer(local_id="y", name="New", email="new@example.com")])["y"].remote is None
        assert {match.remote for match in desk.target.match(wanted).values()} == {None}

    assert asked(desk, matches) == ["cdc"]


def test_a_customer_that_somebody_else_makes_renames_or_retires_is_seen_a_minute_later(desk: Desk) -> None:
    wanted = customer(local_id="x", name="Bo", email="")
    assert desk.target.match([wanted])["x"].remote is None
    made = outsider(desk, "Customer", {"DisplayName": "Bo"})
    desk.clock.sleep(61)
    match = desk.target.match([wanted])["x"]
    assert match.remote is not None
    assert match.remote.target_id == made["Id"]
    renamed = outsider(desk, "Customer", {**made, "DisplayName": "Bob", "sparse": True})
    desk.clock.sleep(61)
    assert desk.target.match([wanted])["x"].remote is None
    outsider(desk, "Customer", {**renamed, "Active": False, "sparse": True})
    desk.clock.sleep(61)
    problem = desk.target.match([customer(local_id="x", name="Bob", email="")])["x"].problem
    assert problem is not None
    assert problem.kind is kinds.CustomerInactive


def test_a_customer_is_found_by_each_of_its_addresses(desk: Desk) -> None:
    outsider(desk, "Customer", {"DisplayName": "Bo", "PrimaryEmailAddr": {"Address": "bo@example.com, b@example.com"}})
    for email in ("BO@example.com", "b@example.com"):
        assert desk.target.match([customer(local_id="x", name="Somebody", email=email)])["x"].remote is not None


# --- the set-up -------------------------------------------------------------------------------------------------------


def test_a_restart_reads_nothing_again(desk: Desk) -> None:
    desk.target.check()
    holders(desk, "A-1")
    desk.target.match([customer(local_id="x", name="Nobody", email="")])
    restart(desk)

    def again() -> None:
        assert desk.target.check() == ()
        assert holders(desk, "A-1") == set()
        assert desk.target.match([customer(local_id="x", name="Nobody", email="")])["x"].remote is None

    assert asked(desk, again) == []


def test_after_a_restart_nothing_is_refused_for_a_set_up_that_was_read_before(desk: Desk) -> None:
    desk.configure(accounts=replace(desk.settings.accounts, income="Garden work"))
    assert [problem.kind for problem in desk.target.check()] == [kinds.AccountMissing]
    outsider(desk, "Account", {"Name": "Garden work", "AccountType": "Income"})
    desk.clock.sleep(3600)
    restart(desk)
    assert desk.target.check() == ()


def test_a_set_up_is_as_old_as_the_oldest_part_of_it(desk: Desk) -> None:
    desk.configure(accounts=replace(desk.settings.accounts, income="Garden work"))
    desk.target.check()
    holders(desk, "A-1")
    desk.clock.sleep(20 * 3600)
    holders(desk, "A-1")  # accounts are looked at again, preferences are not
    outsider(desk, "Account", {"Name": "Garden work", "AccountType": "Income"})
    desk.clock.sleep(5 * 3600)
    restart(desk)
    assert desk.target.check() == ()


def test_an_account_that_came_with_other_changes_is_known(desk: Desk) -> None:
    desk.target.check()
    holders(desk, "A-1")
    outsider(desk, "Account", {"Name": "Garden work", "AccountType": "Income"})
    desk.clock.sleep(301)
    holders(desk, "A-1")
    assert asked(desk, desk.target.books) == []
    assert desk.target.books().account("Garden work") is not None


# --- what goes wrong --------------------------------------------------------------------------------------------------


def test_loading_that_is_cut_short_begins_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        enters(desk, f"A-{number}")
    monkeypatch.setattr(query, "PAGE", 5)
    desk.fail("status", status=503, entity="invoice", nth=3, times=4)
    with pytest.raises(ProblemError):
        holders(desk, "A-11")
    restart(desk)
    assert holders(desk, "A-0", "A-4", "A-5", "A-11", "B-1") == {"A-0", "A-4", "A-5", "A-11"}
    assert asked(desk, lambda: holders(desk, "B-1")) == []


def test_deletions_between_two_pages_hide_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [enters(desk, f"A-{number}") for number in range(12)]
    monkeypatch.setattr(query, "PAGE", 5)
    read = desk.target._client.read
    calls = iter(range(99))

    def meanwhile(*arguments: Any, **named: Any) -> Any:
        answer = read(*arguments, **named)
        if next(calls) == 1:  # behind the first page and the count
            for gone in made[:2]:  # the row that two pages share makes up for one
                outsider(desk, "Invoice", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
        return answer

    monkeypatch.setattr(desk.target._client, "read", meanwhile)
    for number in range(2, 12):
        assert holders(desk, f"A-{number}") == {f"A-{number}"}
    assert holders(desk, "A-0", "A-1") == set()


def test_a_company_with_too_much_is_asked_by_query(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        enters(desk, f"A-{number}")
    monkeypatch.setattr(query, "PAGE", 5)
    restart(desk, pages=2)
    assert asked(desk, lambda: holders(desk, "A-1")) == ["query", "query", "query"]  # a page, the count, the question
    assert asked(desk, lambda: holders(desk, "A-2", "B-1")) == ["query"]
    assert holders(desk, "A-2", "B-1") == {"A-2"}


def test_more_changes_than_an_answer_holds_are_all_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    holders(desk, "A-1")
    desk.target.match([customer(local_id="x", name="Nobody", email="")])
    for number in range(25):
        desk.clock.sleep(30)
        enters(desk, f"A-{number}")
    outsider(desk, "Customer", {"DisplayName": "Bo"})
    desk.clock.sleep(301)
    for most in ("connectors.quickbooks.mirror.changes.MOST", "connectors.quickbooks.sandbox.api.cdc.MOST_OBJECTS"):
        monkeypatch.setattr(most, 7)
    assert len(holders(desk, *(f"A-{number}" for number in range(30)))) == 25
    assert desk.target.match([customer(local_id="x", name="Bo", email="")])["x"].remote is not None


def test_more_changes_of_one_second_than_an_answer_holds_mean_loading_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    holders(desk, "A-1")
    desk.clock.sleep(301)
    for number in range(25):
        enters(desk, f"A-{number}")
    for most in ("connectors.quickbooks.mirror.changes.MOST", "connectors.quickbooks.sandbox.api.cdc.MOST_OBJECTS"):
        monkeypatch.setattr(most, 7)
    assert len(holders(desk, *(f"A-{number}" for number in range(30)))) == 25


def test_after_a_month_all_is_loaded_anew(desk: Desk) -> None:
    holders(desk, "A-1")
    enters(desk, "A-1")
    desk.clock.sleep(31 * 86400)
    desk.store.connect("shop", FIRST_REALM, URL, grant(desk.clock))
    desk.sandbox.connect(FIRST_REALM, access_token="access-1", refresh_token="refresh-1")
    assert asked(desk, lambda: holders(desk, "A-2")) == ["query"]
    assert holders(desk, "A-1") == {"A-1"}


def test_changes_that_are_refused_are_not_asked_for_again_and_again(desk: Desk) -> None:
    holders(desk, "A-1")
    enters(desk, "A-1")
    desk.fail("status", status=400, entity="cdc", body={"Fault": {"Error": [{"code": "2060"}]}}, times=9)
    desk.clock.sleep(301)
    assert asked(desk, lambda: holders(desk, "A-1")) == ["cdc", "query"]
    desk.clock.sleep(301)
    assert asked(desk, lambda: holders(desk, "A-1")) == ["query"]


def test_a_clock_that_was_set_back_makes_nothing_look_fresh(desk: Desk) -> None:
    holders(desk, "A-1")
    desk.clock.sleep(-3600)
    assert asked(desk, lambda: holders(desk, "A-1")) == ["cdc"]


def test_what_one_realm_holds_means_nothing_in_another(desk: Desk) -> None:
    enters(desk, "A-1")
    assert holders(desk, "A-1") == {"A-1"}
    other = "4620816365000000002"
    desk.sandbox.connect(other, access_token="access-2", refresh_token="refresh-2")
    desk.store.connect("shop", other, URL, grant(desk.clock, access="access-2", refresh="refresh-2"))
    restart(desk)
    assert asked(desk, lambda: holders(desk, "A-1")) == ["query"]
    assert holders(desk, "A-1") == set()
    desk.sandbox.connect(FIRST_REALM, access_token="access-3", refresh_token="refresh-3")
    desk.store.connect("shop", FIRST_REALM, URL, grant(desk.clock, access="access-3", refresh="refresh-3"))
    restart(desk)
    assert holders(desk, "A-1") == {"A-1"}


def test_a_change_that_shows_a_little_later_than_its_time_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    holders(desk, "A-2")
    real = changes.changes
    desk.clock.sleep(301)
    enters(desk, "A-1")
    desk.clock.sleep(30)
    with monkeypatch.context() as patched:
        patched.setattr(
            "connectors.quickbooks.mirror.mirror.changes", lambda *asked: replace(real(*asked), live={}, latest={})
        )
        assert holders(desk, "A-1") == set()
    desk.clock.sleep(301)
    assert holders(desk, "A-1") == {"A-1"}
