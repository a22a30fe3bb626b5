"""Matching, numbers, set-up and preparing: what is read, and what is said when it does not fit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import requests

from connectors.contract import Operation, Refused
from connectors.documents import Allocation, Document, DocumentKind
from connectors.quickbooks.encoding import decode
from connectors.quickbooks.sandbox.core import FIRST_REALM
from errors import kinds
from errors.kinds import Kind
from errors.problem import Problem, ProblemError, phrase
from tests.support.quickbooks_desk import (
    ACCOUNTS,
    URL,
    Desk,
    customer,
    fee,
    invoice,
    line,
    marker,
    payment,
    refund,
    service,
)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.furnish()
    return desk


def _problems(desk: Desk, document: Document) -> tuple[Problem, ...]:
    found = desk.target.prepare(document, desk.references(), Operation.CREATE, None, marker(document))
    assert not isinstance(found, str), found
    return found


def _kinds(desk: Desk, document: Document) -> list[type[Kind]]:
    return [problem.kind for problem in _problems(desk, document)]


# --- matching ---------------------------------------------------------------------------------------------------------


def test_a_customer_is_matched_by_email_before_name(desk: Desk) -> None:
    desk.post(customer(local_id="c2", name="Bo", email="bo@example.com"))
    wanted = customer(local_id="x", name="Bo", email="ANA@example.com")
    match = desk.target.match([wanted])["x"]
    assert match.remote is not None
    assert match.remote.target_id == desk.ids[DocumentKind.CUSTOMER, "c1"]


def test_a_customer_is_matched_by_name_without_case(desk: Desk) -> None:
    match = desk.target.match([customer(local_id="x", name="ANA RUIZ", email="")])["x"]
    assert match.remote is not None


def test_a_customer_of_the_seed_with_a_quote_in_its_name_is_found(desk: Desk) -> None:
    match = desk.target.match([customer(local_id="x", name="Amy's Bird Sanctuary", email="")])["x"]
    assert match.remote is not None
    assert match.remote.target_id == "1"


def test_a_customer_with_quotes_and_backslashes_in_its_name_is_found(desk: Desk) -> None:
    name = "O'Hara \\ 'Sons' 100% \\"
    desk.post(customer(local_id="c2", name=name, email=""))
    matches = desk.target.match([customer(local_id="x", name=name, email=""), customer(local_id="y")])
    assert matches["x"].remote is not None
    assert matches["y"].remote is not None


def test_two_customers_with_one_email_are_ambiguous_unless_the_name_tells(desk: Desk) -> None:
    desk.post(customer(local_id="c2", name="Ana's Bakery", email="ana@example.com"))
    matches = desk.target.match([customer(local_id="x", name="Somebody"), customer(local_id="y", name="Ana Ruiz")])
    assert matches["x"].problem is not None
    assert matches["x"].problem.kind is kinds.CustomerAmbiguous
    assert matches["y"].remote is not None
    assert matches["y"].remote.target_id == desk.ids[DocumentKind.CUSTOMER, "c1"]


def test_an_inactive_customer_is_a_problem_not_missing(desk: Desk) -> None:
    held = desk.target.get(DocumentKind.CUSTOMER, desk.ids[DocumentKind.CUSTOMER, "c1"])
    desk.post(customer(), Operation.VOID, held)
    for wanted in (customer(local_id="x"), customer(local_id="x", email="")):
        match = desk.target.match([wanted])["x"]
        assert match.problem is not None
        assert match.problem.kind is kinds.CustomerInactive


def test_a_name_that_a_vendor_holds_is_taken(desk: Desk) -> None:
    desk.post(fee(processor="Square"))
    match = desk.target.match([customer(local_id="x", name="Square", email="")])["x"]
    assert match.problem is not None
    assert match.problem.kind is kinds.CustomerNameTaken
    facts = {"name": "Square", "holder": phrase("vendor"), "suggestion": "Square (Customer)"}
    assert match.problem.facts == facts


def test_a_name_that_was_taken_since_is_refused_with_its_holder(desk: Desk) -> None:
    posting = desk.posting(customer(local_id="x", name="Square", email=""))
    desk.post(fee(processor="Square"))
    outcome = desk.target.send(posting)
    assert isinstance(outcome, Refused)
    assert outcome.problems[0].kind is kinds.CustomerNameTaken
    assert outcome.problems[0].facts["holder"] == phrase("vendor")


def test_a_name_that_an_employee_holds_is_refused_with_its_holder(desk: Desk) -> None:
    with requests.Session() as session:
        desk.mount(session)
        bearer = {"Authorization": "Bearer access-1"}
        address = f"{URL}/v3/company/{FIRST_REALM}/employee"
        assert session.post(address, json={"DisplayName": "Eva Sol"}, headers=bearer).status_code == 200
    outcome = desk.target.send(desk.posting(customer(local_id="x", name="EVA SOL", email="")))
    assert isinstance(outcome, Refused)
    (problem,) = outcome.problems
    assert problem.kind is kinds.CustomerNameTaken
    assert problem.facts["holder"] == phrase("employee")
    assert problem.fault.code == "6240"


def test_missing_customers_and_services_are_neither(desk: Desk) -> None:
    assert desk.target.match([customer(local_id="x", name="Nobody", email="no@example.com")])["x"].remote is None
    match = desk.target.match([service(local_id="x", name="Nothing")])["x"]
    assert (match.remote, match.problem) == (None, None)


def test_services_are_matched_by_name_and_inactive_ones_are_a_problem(desk: Desk) -> None:
    match = desk.target.match([service(local_id="x", name="tree CARE")])["x"]
    assert match.remote is not None
    held = desk.target.get(DocumentKind.SERVICE, desk.ids[DocumentKind.SERVICE, "s1"])
    desk.post(service(), Operation.VOID, held)
    match = desk.target.match([service(local_id="x")])["x"]
    assert match.problem is not None
    assert match.problem.kind is kinds.ServiceInactive


def test_many_customers_are_looked_up_with_few_questions(desk: Desk) -> None:
    wanted = [customer(local_id=str(key), name=f"N{key}", email=f"n{key}@example.com") for key in range(80)]
    before = desk.target.calls
    assert len(desk.target.match(wanted)) == 80
    assert desk.target.calls - before <= 7


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_the_holder_of_a_number_is_named(desk: Desk) -> None:
    remote = desk.post(invoice())
    holders = desk.target.holders(DocumentKind.INVOICE, ["INV-1042", "INV-9", "it's"])
    assert holders.keys() == {"INV-1042"}
    holder = holders["INV-1042"]
    assert holder.target_id == remote.target_id
    assert holder.version == remote.version
    assert holder.customer_name == "Ana Ruiz"
    assert holder.total == Decimal("150.00")
    assert holder.marker == marker(invoice())


def test_recent_numbers_come_by_time_of_entry(desk: Desk) -> None:
    for number in ("INV-1000", "INV-999", "X-1", "INV_1"):
        desk.clock.sleep(60)
        desk.post(invoice(local_id=number, number=number))
    assert desk.target.recent_numbers(DocumentKind.INVOICE, "INV-") == ["INV-999", "INV-1000"]
    assert desk.target.recent_numbers(DocumentKind.INVOICE, "INV_") == ["INV_1"]
    assert desk.target.recent_numbers(DocumentKind.INVOICE, "")[0] == "INV_1"


# --- set-up -----------------------------------------------------------------------------------------------------------


def test_a_sound_set_up_has_no_problems_and_is_read_once_a_day(desk: Desk) -> None:
    assert desk.target.check() == ()
    before = desk.target.calls
    assert desk.target.check() == ()
    assert desk.target.calls == before
    assert desk.target.check(again=True) == ()
    assert desk.target.calls > before


def test_every_wrong_account_is_named_at_once() -> None:
    desk = Desk()
    desk.configure(accounts=replace(ACCOUNTS, income="Nope", deposit="Services", fees_expense="Checking"))
    problems = desk.target.check()
    assert [(problem.kind, problem.facts["setting"]) for problem in problems] == [
        (kinds.AccountMissing, "accounts.income"),
        (kinds.AccountTypeWrong, "accounts.deposit"),
        (kinds.AccountTypeWrong, "accounts.fees_expense"),
    ]


def test_a_company_that_is_not_connected_says_so() -> None:
    desk = Desk()
    desk.store.disconnect("shop")
    (problem,) = desk.target.check()
    assert problem.kind is kinds.ConnectionLost


def test_a_target_is_the_same_until_its_settings_change() -> None:
    desk = Desk()
    first = desk.target
    assert desk.target is first
    desk.configure(default_processor="Stripe")
    assert desk.target is not first


# --- preparing --------------------------------------------------------------------------------------------------------


def test_the_payment_method_is_mapped_or_named(desk: Desk) -> None:
    desk.post(invoice())
    body = decode(desk.posting(payment(method="CARD")).body)
    assert body["PaymentMethodRef"] == {"value": desk.target.books().payment_method("Visa").target_id}  # type: ignore[union-attr]  # the seed has it
    (problem,) = _problems(desk, payment(method="barter"))
    assert problem.kind is kinds.PaymentMethodUnknown
    assert problem.facts["method"] == "barter"


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (payment(deposit_account="Services", allocations=()), kinds.AccountRefused),
        (refund(from_account="Nope"), kinds.AccountRefused),
        (service(local_id="s9", name="S9", income_account="Checking"), kinds.ServiceAccountWrong),
        (invoice(number="N" * 22), kinds.NumberTooLong),
        (invoice(memo="m" * 4000), kinds.InvalidField),
        (invoice(total=Decimal("1.005"), lines=()), kinds.InvalidField),
        (customer(local_id="x", name="A:B"), kinds.TextRefused),
        (customer(local_id="x", name="A", email="nobody"), kinds.InvalidField),
        (customer(local_id="x", name=" "), kinds.InvalidField),
        (invoice(currency="EUR"), kinds.CurrencyRefused),
    ],
)
def test_what_quickbooks_would_refuse_is_said_before(desk: Desk, document: Document, kind: type[Kind]) -> None:
    before = len(desk.journal())
    assert _kinds(desk, document) == [kind]
    assert all(entry.method == "GET" or entry.operation == "query" for entry in desk.journal()[before:])


def test_all_problems_of_a_document_come_together(desk: Desk) -> None:
    found = _kinds(desk, payment(allocations=(), method="barter", deposit_account="Nope", memo="m" * 4000))
    assert set(found) == {kinds.InvalidField, kinds.AccountRefused, kinds.PaymentMethodUnknown}


def test_a_line_without_service_takes_the_default_or_is_a_problem(desk: Desk) -> None:
    nameless = invoice(lines=(line(service_id=None),))
    body = decode(desk.posting(nameless).body)
    item = body["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"]
    assert item == desk.ids[DocumentKind.SERVICE, "s1"]
    desk.configure(default_service="")
    assert _kinds(desk, nameless) == [kinds.ServiceMissingOnLine]


def test_foreign_currency_needs_a_rate_and_is_never_booked_one_to_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = replace(desk.target.books(), multicurrency=True)
    monkeypatch.setattr(desk.target, "books", lambda *_: books)
    assert _kinds(desk, invoice(currency="EUR")) == [kinds.MissingExchangeRate]
    body = decode(desk.posting(invoice(currency="EUR", exchange_rate=Decimal("1.0875"))).body)
    assert (body["CurrencyRef"], body["ExchangeRate"]) == ({"value": "EUR"}, Decimal("1.0875"))
    home = decode(desk.posting(invoice(currency="usd")).body)
    assert "CurrencyRef" not in home
    assert "ExchangeRate" not in home


def test_a_credit_card_account_makes_a_card_purchase(desk: Desk) -> None:
    assert decode(desk.posting(fee()).body)["PaymentType"] == "Cash"
    assert decode(desk.posting(fee(from_account="Mastercard")).body)["PaymentType"] == "CreditCard"


def test_bodies_leave_out_what_is_empty_and_what_quickbooks_computes(desk: Desk) -> None:
    body = desk.posting(invoice(memo="", due_date=None)).body
    assert "TotalAmt" not in body
    assert '""' not in body
    assert "null" not in body
    assert set(decode(body)) == {"CustomerRef", "TxnDate", "DocNumber", "PrivateNote", "Line"}
    assert decode(body)["PrivateNote"] == f"[{marker(invoice())}]"


def test_an_update_is_sparse_and_repeats_what_must_be_repeated(desk: Desk) -> None:
    desk.post(invoice())
    paid, cost = desk.post(payment()), desk.post(fee())
    update = decode(desk.posting(payment(), Operation.UPDATE, paid).body)
    assert update["sparse"] is True
    assert {"Id", "SyncToken", "CustomerRef", "TotalAmt", "Line"} <= update.keys()
    assert decode(desk.posting(fee(), Operation.UPDATE, cost).body)["PaymentType"] == "Cash"
    assert decode(desk.posting(payment(), Operation.VOID, paid).body) == {
        "Id": paid.target_id,
        "SyncToken": paid.version,
        "sparse": True,
    }


def test_an_update_without_the_present_document_is_a_mistake_of_the_caller(desk: Desk) -> None:
    with pytest.raises(ValueError, match="as it is now"):
        desk.target.prepare(invoice(), desk.references(), Operation.UPDATE, None, "m")


# --- reads ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "rule"), [("lose_reply", {}), ("status", {"status": 503}), ("status", {"status": 200, "body": "<html>"})]
)
def test_a_read_is_asked_again(desk: Desk, effect: str, rule: dict[str, Any]) -> None:
    desk.fail(effect, times=3, **rule)
    assert desk.target.get(DocumentKind.CUSTOMER, "1") is not None
    assert len(desk.clock.slept) >= 3
    assert max(desk.clock.slept) <= 20


def test_a_read_gives_up_and_waits_for_the_next_tick(desk: Desk) -> None:
    desk.fail("status", status=503, times=99)
    with pytest.raises(ProblemError) as raised:
        desk.target.get(DocumentKind.CUSTOMER, "1")
    assert raised.value.problem.kind is kinds.QuickBooksUnavailable
    assert raised.value.problem.fault.status == 503
    assert raised.value.problem.fault.trace_id


def test_a_read_renews_the_token_once(desk: Desk) -> None:
    desk.fail("unauthorized", entity="customer")
    assert desk.target.get(DocumentKind.CUSTOMER, "1") is not None
    desk.fail("unauthorized", entity="customer", times=2)
    with pytest.raises(ProblemError) as raised:
        desk.target.get(DocumentKind.CUSTOMER, "1")
    assert raised.value.problem.kind is kinds.ConnectionLost


@pytest.mark.parametrize("effect", ["throttle", "throttle_xml"])
def test_a_throttled_read_pauses_the_company_a_minute_or_a_little_more(desk: Desk, effect: str) -> None:
    desk.fail(effect)
    with pytest.raises(ProblemError) as raised:
        desk.target.get(DocumentKind.CUSTOMER, "1")
    assert raised.value.problem.kind is kinds.Throttled
    before = len(desk.journal())
    desk.clock.sleep(59)
    with pytest.raises(ProblemError, match="throttled"):
        desk.target.get(DocumentKind.CUSTOMER, "1")
    assert len(desk.journal()) == before
    desk.clock.sleep(17)
    assert desk.target.get(DocumentKind.CUSTOMER, "1") is not None


def test_a_deleted_document_reads_as_none(desk: Desk) -> None:
    assert desk.target.get(DocumentKind.INVOICE, "99999") is None


def test_more_than_a_page_of_rows_is_read_to_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.quickbooks.query.PAGE", 7)
    rows = desk.target._client.rows("Customer")
    assert len({row["Id"] for row in rows}) == len(rows) == len(desk.rows("Customer"))


def test_the_objects_of_python_quickbooks_work_with_the_client(desk: Desk) -> None:
    from quickbooks.objects import Account, Customer, Preferences  # noqa: PLC0415 - the library under test

    client = desk.target._client
    assert Account.where("Name = 'Checking'", qb=client)[0].AccountType == "Bank"
    assert Customer.get("1", qb=client).DisplayName == "Amy's Bird Sanctuary"
    assert Preferences.get(qb=client).CurrencyPrefs.HomeCurrency.value == "USD"
    made = Customer()
    made.DisplayName = "Made by the library"
    assert made.save(qb=client, request_id="lib-1").SyncToken == "0"
    made.Id = None
    before = len(desk.journal())
    desk.fail("lose_reply", operation="create")
    with pytest.raises(ProblemError, match="quickbooks-unavailable"):
        made.save(qb=client, request_id="lib-0")
    assert len(desk.journal()) == before + 1  # a write leaves once
    with pytest.raises(ProblemError, match="customer-name-taken"):
        made.save(qb=client, request_id="lib-2")


def test_an_allocation_to_nothing_keeps_the_money_with_the_customer(desk: Desk) -> None:
    remote = desk.post(payment(allocations=()))
    assert remote.body["UnappliedAmt"] == Decimal("150.00")
    assert Allocation(invoice_id="17", amount=Decimal(1)).amount == 1
