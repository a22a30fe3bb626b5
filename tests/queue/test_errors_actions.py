"""What a person orders: written down with who, when and why; refused as a whole when a part of it cannot be."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select

from errors import actions, deciding, orders, queue
from errors.blocked import Blocked
from errors.kinds import Action, Category, ConnectionLost, CustomerNotFound, DuplicateNumber, ServiceNotFound
from errors.ordering import Ordered
from errors.problem import Phrase, Problem, phrase
from errors.selection import Selection
from errors.tables import State, errors

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


def a_document(local_id: str, **changes) -> Blocked:
    facts = {
        "company": "acme",
        "category": Category.INVOICES,
        "document_kind": "invoice",
        "label": f"INV-{local_id}",
        "customer": "Ana Díaz",
        "amount": Decimal("10.00"),
        "currency": "USD",
    }
    return Blocked(local_id=local_id, **(facts | changes))


def customer_error(connection, name: str = "Ana", local_id: str = "1", now: datetime = NOON, **changes) -> int:
    problem = Problem(kind=CustomerNotFound, subject=f"customer {name}", facts={"name": name})
    return queue.record(connection, problem, a_document(local_id, **changes), now)


def service_error(connection, name: str = "Wash", local_id: str = "1", now: datetime = NOON) -> int:
    problem = Problem(kind=ServiceNotFound, subject=f"service {name}", facts={"name": name})
    document = a_document(local_id, category=Category.SERVICES, document_kind="service", customer="", amount=None)
    return queue.record(connection, problem, document, now)


def duplicate_error(connection, suggestion: str | Phrase = "1043") -> int:
    facts = dict.fromkeys(DuplicateNumber.placeholders(), "x") | {"suggestion": suggestion}
    problem = Problem(kind=DuplicateNumber, subject="invoice 1", facts=facts)
    return queue.record(connection, problem, a_document("1"), NOON)


def ids(*error_ids: int) -> Selection:
    return Selection(ids=error_ids)


def state(connection, error_id: int) -> State:
    return queue.list_errors(connection, ids(error_id))[0].state


def reasons(ordered: Ordered) -> dict[int | None, str]:
    return {refusal.error_id: refusal.reason for refusal in ordered.refused}


def test_a_resync_is_an_order_for_the_next_tick_with_who_when_and_why(connection):
    error_id = customer_error(connection)
    ordered = actions.resync(connection, ids(error_id), by="ana", why="created the customer", now=LATER)
    assert ordered == Ordered(action=Action.RESYNC, done=(error_id,))
    (line,) = orders.history(connection, error_id)
    assert (line.action, line.by, line.why, line.at, line.applied_at) == (
        Action.RESYNC, "ana", "created the customer", LATER, None,
    )  # fmt: skip
    assert state(connection, error_id) is State.OPEN
    assert queue.list_errors(connection, ids(error_id))[0].pending == (Action.RESYNC,)


def test_a_second_resync_while_one_waits_adds_nothing_and_says_so(connection):
    error_id = customer_error(connection)
    actions.resync(connection, ids(error_id), by="ana", now=NOON)
    assert actions.resync(connection, ids(error_id), by="eva", now=LATER).already == (error_id,)
    (line,) = orders.history(connection, error_id)
    orders.applied(connection, line.id, LATER)
    assert actions.resync(connection, ids(error_id), by="eva", now=LATER).done == (error_id,)


def test_a_skip_closes_the_error_at_once_and_can_be_undone(connection):
    error_id = customer_error(connection)
    assert actions.skip(connection, ids(error_id), by="ana", now=LATER).done == (error_id,)
    row = queue.list_errors(connection, ids(error_id))[0]
    assert (row.state, row.closed_at, row.actions) == (State.SKIPPED, LATER, (Action.UNSKIP,))
    assert actions.skip(connection, ids(error_id), by="ana", now=LATER).already == (error_id,)
    assert actions.unskip(connection, ids(error_id), by="ana", now=LATER).done == (error_id,)
    row = queue.list_errors(connection, ids(error_id))[0]
    assert (row.state, row.closed_at) == (State.OPEN, None)
    assert [line.action for line in orders.history(connection, error_id)] == [Action.SKIP, Action.UNSKIP]
    assert actions.unskip(connection, ids(error_id), by="ana", now=LATER).already == (error_id,)


def test_an_unskipped_error_joins_the_open_one_of_the_same_cause(connection):
    first = customer_error(connection, local_id="1")
    actions.skip(connection, ids(first), by="ana", now=NOON)
    second = customer_error(connection, local_id="2")
    actions.unskip(connection, ids(first), by="eva", why="a mistake", now=LATER)
    assert state(connection, first) is State.SETTLED
    row = queue.list_errors(connection, ids(second))[0]
    assert (row.blocks, row.pending) == (2, (Action.UNSKIP,))
    order = queue.pending_actions(connection, "acme")[-1]
    assert (order.error_id, set(order.documents)) == (second, {("invoice", "1"), ("invoice", "2")})
    assert orders.history(connection, first)[-1].result == phrase("Joined error {id}", id=str(second))
    assert orders.history(connection, second)[-1].why == "a mistake"


def test_two_skipped_errors_of_one_cause_become_one_again(connection):
    first = customer_error(connection, local_id="1")
    actions.skip(connection, ids(first), by="ana", now=NOON)
    second = customer_error(connection, local_id="2")
    actions.skip(connection, ids(second), by="ana", now=NOON)
    actions.unskip(connection, Selection(all=True), by="ana", now=LATER)
    assert state(connection, first) is State.OPEN
    assert state(connection, second) is State.SETTLED
    assert queue.list_errors(connection, ids(first))[0].blocks == 2


def test_a_skipped_error_that_blocks_nothing_any_more_is_settled_when_unskipped(connection):
    error_id = customer_error(connection)
    actions.skip(connection, ids(error_id), by="ana", now=NOON)
    queue.settle_document(connection, "acme", "invoice", "1", NOON)
    actions.unskip(connection, ids(error_id), by="ana", now=LATER)
    assert state(connection, error_id) is State.SETTLED


def test_only_services_can_be_deleted_and_then_nothing_else_of_the_selection_is(connection):
    service, customer, another = (
        service_error(connection),
        customer_error(connection),
        customer_error(connection, "Eva", "2"),
    )
    ordered = actions.delete(connection, Selection(all=True), by="ana", now=LATER)
    assert ordered.done == ()
    assert set(reasons(ordered)) == {customer, another}
    assert "Only services" in reasons(ordered)[customer]
    assert state(connection, service) is State.OPEN
    assert queue.pending_actions(connection, "acme") == []


def test_a_deleted_service_leaves_an_audit_line_and_an_order_that_names_it(connection):
    error_id = service_error(connection)
    actions.delete(connection, ids(error_id), by="ana", why="sold no more", now=LATER)
    assert state(connection, error_id) is State.DELETED
    (order,) = queue.pending_actions(connection, "acme")
    assert (order.action, order.documents) == (Action.DELETE, (("service", "1"),))
    assert actions.delete(connection, ids(error_id), by="ana", now=LATER).already == (error_id,)
    assert "settled already" in reasons(actions.resync(connection, ids(error_id), by="ana", now=LATER))[error_id]


def test_all_refusals_are_told_at_once(connection):
    skipped, settled = customer_error(connection), customer_error(connection, "Eva", "2")
    actions.skip(connection, ids(skipped), by="ana", now=NOON)
    queue.settle_document(connection, "acme", "invoice", "2", NOON)
    ordered = actions.resync(connection, ids(skipped, settled, 99), by="ana", now=LATER)
    found = reasons(ordered)
    assert set(found) == {skipped, settled, 99}
    assert "unskip it first" in found[skipped]
    assert found[99] == "There is no error 99 here."


def test_what_stops_a_whole_company_cannot_be_skipped(connection):
    lost = Problem(kind=ConnectionLost, subject="connection", facts={"detail": "invalid_grant", "company": "acme"})
    error_id = queue.company_problem(connection, "acme", lost, NOON)
    assert "cannot be skipped" in reasons(actions.skip(connection, ids(error_id), by="ana", now=LATER))[error_id]
    assert actions.resync(connection, ids(error_id), by="ana", now=LATER).done == (error_id,)


@pytest.mark.parametrize("action", [actions.resync, actions.skip, actions.unskip, actions.delete])
def test_an_order_for_nothing_in_particular_is_refused(connection, action):
    customer_error(connection)
    ordered = action(connection, Selection(), by="ana", now=LATER)
    assert set(reasons(ordered)) == {None}
    assert queue.pending_actions(connection, "acme") == []


def test_the_suggested_number_is_used_when_none_is_given(connection):
    error_id = duplicate_error(connection)
    assert deciding.use_number(connection, error_id, by="ana", now=LATER).done == (error_id,)
    (order,) = queue.pending_actions(connection, "acme")
    assert (order.action, order.value) == (Action.USE_NUMBER, "1043")
    assert deciding.use_number(connection, error_id, "1043", by="ana", now=LATER).already == (error_id,)


def test_words_instead_of_a_suggestion_are_no_number(connection):
    error_id = duplicate_error(connection, suggestion=phrase("another number"))
    assert "give one" in reasons(deciding.use_number(connection, error_id, by="ana", now=LATER))[error_id]
    assert queue.pending_actions(connection, "acme") == []
    assert deciding.use_number(connection, error_id, "A-1", by="ana", now=LATER).done == (error_id,)


def test_a_later_number_replaces_one_that_still_waits(connection):
    error_id = duplicate_error(connection)
    deciding.use_number(connection, error_id, by="ana", now=NOON)
    deciding.use_number(connection, error_id, "A-9", by="eva", now=LATER)
    (order,) = queue.pending_actions(connection, "acme")
    assert order.value == "A-9"
    assert orders.history(connection, error_id)[0].result == phrase("Replaced by a later order")


@pytest.mark.parametrize("number", ["", "  ", " 12", "1\n2", "9" * 22])
def test_a_number_that_cannot_be_one_is_refused(connection, number):
    error_id = duplicate_error(connection)
    assert error_id in reasons(deciding.use_number(connection, error_id, number, by="ana", now=LATER))
    assert queue.pending_actions(connection, "acme") == []


def test_another_number_is_refused_where_it_would_not_help(connection):
    error_id = customer_error(connection)
    assert "duplicate number" in reasons(deciding.use_number(connection, error_id, "1", by="ana", now=LATER))[error_id]
    assert set(reasons(deciding.use_number(connection, 99, "1", by="ana", now=LATER))) == {99}


def test_the_audit_of_a_selection_shows_the_latest_first(connection):
    first, second = customer_error(connection), customer_error(connection, "Eva", "2", company="other")
    actions.resync(connection, ids(first), by="ana", now=NOON)
    actions.skip(connection, ids(second), by="eva", now=LATER)
    assert [line.by for line in orders.audit(connection, Selection())] == ["eva", "ana"]
    assert [line.company for line in orders.audit(connection, Selection(company="other"))] == ["other"]


SELECTIONS = {
    "company": (Selection(company="other"), {"far"}),
    "category": (Selection(category=Category.SERVICES), {"service"}),
    "kind": (Selection(kind="customer-not-found"), {"near", "far"}),
    "customer, upper or lower case": (Selection(customer="ana d"), {"near"}),
    "a per cent sign is no wildcard": (Selection(customer="%"), set()),
    "document": (Selection(document="inv-2"), {"far"}),
    "local id": (Selection(document="3"), {"service"}),
    "older": (Selection(older_than=NOON + timedelta(minutes=1)), {"near", "service"}),
    "newer": (Selection(newer_than=LATER), {"far"}),
    "least amount": (Selection(min_amount=Decimal("9.99")), {"near", "far"}),
    "between amounts": (Selection(min_amount=Decimal("9.99"), max_amount=Decimal("10.00")), {"near"}),
    "least amount compares as a number": (Selection(min_amount=Decimal(100)), {"far"}),
    "several": (Selection(company="acme", kind="customer-not-found"), {"near"}),
    "state": (Selection(state=State.SKIPPED), set()),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_a_filter_finds_exactly_what_it_says(connection, name):
    found = {
        customer_error(connection, "Ana", "1"): "near",
        customer_error(connection, "Eva", "2", LATER, company="other", customer="Eva", amount=Decimal("250.00")): "far",
        service_error(connection, local_id="3"): "service",
    }
    selection, expected = SELECTIONS[name]
    rows = queue.list_errors(connection, selection)
    assert {found[row.id] for row in rows} == expected
    assert queue.count_errors(connection, selection) == len(expected)


def test_an_order_for_a_filter_touches_open_errors_only(connection):
    first, second = customer_error(connection), customer_error(connection, "Eva", "2")
    queue.settle_document(connection, "acme", "invoice", "2", NOON)
    assert actions.skip(connection, Selection(company="acme"), by="ana", now=LATER).done == (first,)
    assert state(connection, second) is State.SETTLED


def test_a_selection_of_thousands_is_ordered_at_once(connection):
    customer_error(connection)
    copied = connection.execute(select(errors)).one()._asdict()
    copies = [copied | {"id": number + 2, "subject": f"customer {number}"} for number in range(2999)]
    connection.execute(insert(errors), copies)
    assert len(actions.skip(connection, Selection(all=True), by="ana", now=LATER).done) == 3000
    assert queue.list_errors(connection, Selection(state=State.OPEN)) == []
