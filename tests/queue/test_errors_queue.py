"""One open error for each cause: opened once, shared by its documents, settled when it blocks nothing any more."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from sqlalchemy import event, func, insert, select, update
from sqlalchemy.exc import IntegrityError, StatementError

from errors import actions, queue
from errors.blocked import Blocked
from errors.kinds import (
    Action,
    Category,
    ConnectionLost,
    CustomerNotFound,
    DuplicateNumber,
    PeriodClosed,
    Throttled,
    WrittenByAnotherVersion,
)
from errors.language import sentence
from errors.problem import Fault, Name, Problem, phrase
from errors.selection import Selection
from errors.tables import State, errors

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
EVERYTHING = Selection(all=True)


def invoice(
    local_id: str = "1", amount: str | None = "100.00", currency: str = "USD", company: str = "acme"
) -> Blocked:
    return Blocked(
        company=company,
        category=Category.INVOICES,
        document_kind="invoice",
        local_id=local_id,
        label=f"INV-{local_id}",
        customer="Ana Díaz",
        amount=None if amount is None else Decimal(amount),
        currency=currency,
    )


def no_customer(name: str = "Ana Díaz") -> Problem:
    return Problem(kind=CustomerNotFound, subject=f"customer {name}", facts={"name": name})


def closed(day: date = date(2026, 1, 31)) -> Problem:
    return Problem(
        kind=PeriodClosed,
        subject="closing date",
        facts={"closing_date": day, "document": Name("invoice", "INV-1"), "date": date(2026, 1, 5)},
        fault=Fault(code="6210", detail="Account Period Closed", trace_id="1-abc", status=400),
    )


def only(connection, selection: Selection = EVERYTHING) -> queue.ErrorRow:
    (row,) = queue.list_errors(connection, selection)
    return row


def states(connection) -> dict[int, State]:
    return {row.id: row.state for row in queue.list_errors(connection, EVERYTHING)}


def test_one_error_names_all_documents_of_its_cause_and_their_sum(connection):
    ids = {queue.record(connection, no_customer(), invoice(str(number), "300.05"), NOON) for number in range(41)}
    assert len(ids) == 1
    row = only(connection)
    assert (row.blocks, row.sums) == (41, {"USD": Decimal("12302.05")})
    assert (row.category, row.attempts) == (Category.ACCOUNTS, 1)
    assert len(row.documents) == 3
    assert row.customers == ("Ana Díaz",)


def test_sums_are_kept_apart_by_currency_and_exact(connection):
    for number, (amount, currency) in enumerate([("0.10", "USD"), ("0.20", "USD"), ("1.005", "KWD"), (None, "")]):
        queue.record(connection, no_customer(), invoice(str(number), amount, currency), NOON)
    row = only(connection)
    assert row.sums == {"USD": Decimal("0.30"), "KWD": Decimal("1.005")}
    assert row.blocks == 4


def test_what_is_stored_comes_back_as_the_same_problem(connection):
    queue.record(connection, closed(), invoice(), NOON)
    row = only(connection)
    assert row.problem == Problem(
        kind=PeriodClosed,
        subject="closing date",
        facts=closed().facts,
        fault=closed().fault,
    )
    assert row.category is Category.INVOICES
    assert row.first_at == NOON
    assert row.first_at.tzinfo is not None
    assert row.documents == (invoice(),)


def test_the_same_cause_again_refreshes_its_facts_and_does_not_count(connection):
    first = queue.record(connection, closed(), invoice(), NOON)
    again = queue.record(connection, closed(date(2026, 2, 28)), invoice(), LATER)
    row = only(connection)
    assert first == again == row.id
    assert (row.attempts, row.first_at, row.last_at) == (1, NOON, LATER)
    assert row.problem.facts["closing_date"] == date(2026, 2, 28)


def test_a_resync_that_fails_again_leaves_the_same_error_with_one_attempt_more(connection):
    error_id = queue.record(connection, no_customer(), invoice("1"), NOON)
    queue.record(connection, no_customer(), invoice("2"), NOON)
    for attempts in (2, 3):
        assert queue.release(connection, [error_id], LATER) == [("invoice", "1"), ("invoice", "2")]
        for number in ("1", "2"):  # both fail again: one resync, one attempt
            assert queue.record(connection, no_customer(), invoice(number), LATER) == error_id
        assert only(connection).attempts == attempts


def test_a_new_document_of_a_cause_that_is_being_tried_again_counts_nothing(connection):
    error_id = queue.record(connection, no_customer(), invoice("1"), NOON)
    queue.release(connection, [error_id], LATER)
    queue.record(connection, no_customer(), invoice("2"), LATER)
    assert only(connection).attempts == 1


def test_ids_that_people_see_are_used_up_by_new_errors_only(connection):
    for number in range(5):
        first = queue.record(connection, no_customer(), invoice(str(number)), NOON)
    assert queue.record(connection, closed(), invoice("9"), NOON) == first + 1


def test_a_document_that_moves_to_another_cause_settles_the_first(connection):
    first = queue.record(connection, no_customer(), invoice(), NOON)
    second = queue.record(connection, closed(), invoice(), LATER)
    assert states(connection) == {first: State.SETTLED, second: State.OPEN}
    row = only(connection, Selection(ids=(first,)))
    assert (row.blocks, row.closed_at) == (0, LATER)


def test_a_document_that_comes_back_to_a_cause_is_blocked_by_it_again(connection):
    first = queue.record(connection, no_customer(), invoice("1"), NOON)
    queue.record(connection, no_customer(), invoice("2"), NOON)
    queue.record(connection, closed(), invoice("1"), LATER)
    assert queue.record(connection, no_customer(), invoice("1"), LATER) == first
    assert only(connection, Selection(state=State.OPEN)).blocks == 2


def test_a_cause_stays_open_for_the_documents_that_did_not_move(connection):
    first = queue.record(connection, no_customer(), invoice("1"), NOON)
    queue.record(connection, no_customer(), invoice("2"), NOON)
    second = queue.record(connection, closed(), invoice("1"), LATER)
    assert states(connection) == {first: State.OPEN, second: State.OPEN}
    assert only(connection, Selection(ids=(first,))).blocks == 1


def test_a_document_with_several_mistakes_stands_under_each_of_them(connection):
    old = queue.record(connection, no_customer("Old"), invoice(), NOON)
    ids = queue.record_all(connection, (no_customer(), closed()), invoice(), LATER)
    assert states(connection) == {old: State.SETTLED, ids[0]: State.OPEN, ids[1]: State.OPEN}


def test_the_same_number_of_another_company_is_another_document(connection):
    mine = queue.record(connection, no_customer(), invoice(), NOON)
    theirs = queue.record(connection, no_customer(), invoice(company="other"), NOON)
    queue.settle_document(connection, "other", "invoice", "1", LATER)
    assert states(connection) == {mine: State.OPEN, theirs: State.SETTLED}


def test_a_document_that_got_through_leaves_and_the_others_may_be_tried_again(connection):
    error_id = queue.record(connection, no_customer(), invoice("1"), NOON)
    queue.record(connection, no_customer(), invoice("2"), NOON)
    queue.record(connection, no_customer(), invoice("3"), NOON)
    assert queue.settle_document(connection, "acme", "invoice", "1", LATER) == [("invoice", "2"), ("invoice", "3")]
    assert states(connection) == {error_id: State.OPEN}
    assert queue.settle_document(connection, "acme", "invoice", "2", LATER) == []  # 3 is on its way already
    assert queue.settle_document(connection, "acme", "invoice", "3", LATER) == []
    assert states(connection) == {error_id: State.SETTLED}
    assert queue.settle_document(connection, "acme", "invoice", "9", LATER) == []


def test_a_settled_cause_that_comes_back_is_a_new_error(connection):
    first = queue.record(connection, no_customer(), invoice(), NOON)
    queue.settle_document(connection, "acme", "invoice", "1", NOON)
    assert queue.record(connection, no_customer(), invoice(), LATER) != first


def test_a_skipped_cause_does_not_swallow_a_later_document(connection):
    first = queue.record(connection, no_customer(), invoice("1"), NOON)
    actions.skip(connection, Selection(ids=(first,)), by="ana", now=NOON)
    second = queue.record(connection, no_customer(), invoice("2"), LATER)
    assert states(connection) == {first: State.SKIPPED, second: State.OPEN}


def test_another_document_waits_for_the_cause_of_an_open_error(connection):
    error_id = queue.record(connection, closed(), invoice("1"), NOON)
    assert queue.block(connection, error_id, invoice("2", "5.00"), LATER) == error_id
    row = only(connection)
    assert (row.blocks, row.sums) == (2, {"USD": Decimal("105.00")})


def test_a_document_that_waits_for_a_skipped_cause_opens_a_fresh_copy_of_it(connection):
    first = queue.record(connection, closed(), invoice("1"), NOON)
    actions.skip(connection, Selection(ids=(first,)), by="ana", now=NOON)
    second = queue.block(connection, first, invoice("2"), LATER)
    assert states(connection) == {first: State.SKIPPED, second: State.OPEN}
    row = only(connection, Selection(ids=(second,)))
    assert row.problem == only(connection, Selection(ids=(first,))).problem
    assert row.first_at == LATER


def test_waiting_for_an_error_that_never_was_is_said_clearly(connection):
    with pytest.raises(LookupError, match="no error 99"):
        queue.block(connection, 99, invoice(), NOON)


def test_nothing_is_released_by_an_error_that_is_not_open(connection):
    error_id = queue.record(connection, closed(), invoice("1"), NOON)
    actions.skip(connection, Selection(ids=(error_id,)), by="ana", now=NOON)
    assert queue.release(connection, [error_id], LATER) == []


def test_a_company_halts_once_and_recovers_with_the_documents_that_waited_for_it(connection):
    lost = Problem(kind=ConnectionLost, subject="connection", facts={"detail": "invalid_grant", "company": "acme"})
    first = queue.company_problem(connection, "acme", lost, NOON)
    assert queue.company_problem(connection, "acme", lost, LATER) == first
    queue.record(connection, Problem(kind=Throttled, subject="acme"), invoice("7"), NOON)
    other = queue.company_problem(connection, "other", lost, NOON)
    assert queue.company_recovered(connection, "acme", LATER) == [("invoice", "7")]
    assert queue.company_recovered(connection, "acme", LATER) == []
    assert states(connection)[first] is State.SETTLED
    assert states(connection)[other] is State.OPEN


def test_a_company_that_fails_again_after_a_resync_counts_once(connection):
    lost = Problem(kind=ConnectionLost, subject="connection", facts={"detail": "invalid_grant", "company": "acme"})
    error_id = queue.company_problem(connection, "acme", lost, NOON)
    queue.release(connection, [error_id], NOON)
    queue.company_problem(connection, "acme", lost, LATER)
    queue.company_problem(connection, "acme", lost, LATER)
    assert only(connection).attempts == 2


def test_orders_wait_for_one_tick_and_are_carried_out_once(connection):
    error_id = queue.record(connection, no_customer(), invoice("2"), NOON)
    queue.record(connection, no_customer(), invoice("1"), LATER)
    queue.record(connection, no_customer(), invoice(company="other"), NOON)
    assert queue.pending_actions(connection, "acme") == []
    actions.resync(connection, Selection(ids=(error_id,)), by="ana", now=NOON)
    (order,) = queue.pending_actions(connection, "acme")
    assert (order.error_id, order.action) == (error_id, Action.RESYNC)
    assert order.documents == (("invoice", "2"), ("invoice", "1"))
    assert queue.pending_actions(connection, "other") == []
    assert queue.applied(connection, order.id, LATER, phrase("2 documents released"))
    assert not queue.applied(connection, order.id, LATER, phrase("2 documents released"))
    assert queue.pending_actions(connection, "acme") == []


def test_errors_are_counted_by_company_category_and_state(connection):
    queue.record(connection, no_customer("Ana"), invoice("1"), NOON)
    queue.record(connection, no_customer("Eva"), invoice("2"), NOON)
    error_id = queue.record(connection, closed(), invoice("3", company="other"), NOON)
    actions.skip(connection, Selection(ids=(error_id,)), by="ana", now=NOON)
    found = [(count.company, count.category, count.state, count.errors) for count in queue.counts(connection)]
    assert found == [
        ("acme", Category.ACCOUNTS, State.OPEN, 2),
        ("other", Category.INVOICES, State.SKIPPED, 1),
    ]


def test_a_page_of_errors_costs_four_statements_however_long_it_is(engine):
    with engine.begin() as connection:
        for number in range(20):
            queue.record(connection, no_customer(f"C{number}"), invoice(str(number)), NOON)
    seen = []
    with engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
        assert len(queue.list_errors(connection, EVERYTHING, limit=20)) == 20
    assert len(seen) == 4


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_text_that_a_database_refuses_does_not_stop_the_queue(connection, text):
    problem = Problem(kind=CustomerNotFound, subject=f"customer {text}", facts={"name": "Ana"})
    assert queue.record(connection, problem, invoice(text), NOON) == queue.record(
        connection, problem, invoice(text), NOON
    )


def test_a_very_long_subject_is_still_one_cause_and_another_is_another(connection):
    long = "".join(sha256(str(number).encode()).hexdigest() for number in range(200))  # nothing that compresses well
    problems = [Problem(kind=CustomerNotFound, subject=long + end, facts={"name": "A"}) for end in ("1", "1", "2")]
    ids = [queue.record(connection, problem, invoice(problem.subject[-1]), NOON) for problem in problems]
    assert ids[0] == ids[1] != ids[2]


def test_every_type_of_fact_comes_back_as_it_was(connection):
    facts = {
        "name": "Ana",
        "total": Decimal("10.50"),
        "on": date(2026, 1, 5),
        "at": NOON,
        "n": 3,
        "of": Name("invoice", "7"),
    }
    queue.record(connection, Problem(kind=CustomerNotFound, subject="s", facts=facts), invoice(), NOON)
    found = only(connection).problem.facts
    assert found == facts
    assert {name: type(fact) for name, fact in found.items()} == {name: type(fact) for name, fact in facts.items()}


def test_a_float_is_no_fact(connection):
    problem = Problem(kind=CustomerNotFound, subject="s", facts={"name": "Ana", "total": 10.5})
    with pytest.raises(StatementError, match="'total' is a float"):
        queue.record(connection, problem, invoice(), NOON)


def test_a_row_of_another_version_is_shown_instead_of_breaking_the_list(connection):
    queue.record(connection, no_customer(), invoice(), NOON)
    connection.execute(update(errors).values(kind="from-the-future", facts={}))
    row = only(connection)
    assert row.problem.kind is WrittenByAnotherVersion
    assert "from-the-future" in sentence(row.problem)


def test_a_naive_moment_and_an_inexact_amount_are_refused(connection):
    with pytest.raises(StatementError, match="must be aware"):
        queue.record(connection, no_customer(), invoice(), NOON.replace(tzinfo=None))
    with pytest.raises(StatementError, match="at most 6 decimal places"):
        queue.record(connection, no_customer(), invoice(amount="0.0000001"), NOON)


def test_the_database_itself_refuses_a_second_open_error_of_one_cause(engine):
    with engine.begin() as connection:
        queue.record(connection, no_customer(), invoice(), NOON)
        row = connection.execute(select(errors)).one()._asdict()
    del row["id"]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(insert(errors), row)
    with engine.begin() as connection:
        connection.execute(insert(errors), row | {"state": State.SKIPPED})


def test_two_workers_that_meet_the_same_cause_at_once_share_one_error(engine):
    together, ids, failures = threading.Barrier(2), [], []

    def work(number: int) -> None:
        try:
            together.wait(10)
            for each in range(20):
                with engine.begin() as connection:
                    ids.append(queue.record(connection, no_customer(), invoice(f"{number}-{each}"), NOON))
        except Exception as failure:  # noqa: BLE001 - told by the assertion below
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert len(set(ids)) == 1
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(errors)).scalar_one() == 1
        assert only(connection).blocks == 40


@pytest.mark.parametrize("state_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_document_that_arrives_while_the_cause_settles_is_never_lost(engine):
    with engine.begin() as connection:
        queue.record(connection, no_customer(), invoice("1"), NOON)
    done = threading.Event()
    with engine.begin() as first:
        queue.record(first, no_customer(), invoice("2"), NOON)

        def settle() -> None:
            with engine.begin() as second:
                queue.settle_document(second, "acme", "invoice", "1", LATER)
            done.set()

        thread = threading.Thread(target=settle)
        thread.start()
        assert not done.wait(0.3)  # it waits for the lock
    thread.join(10)
    with engine.connect() as connection:
        row = only(connection)
    assert (row.state, row.blocks) == (State.OPEN, 1)


def test_a_duplicate_number_can_be_given_another(connection):
    facts = dict.fromkeys(DuplicateNumber.placeholders(), "x")
    problem = Problem(kind=DuplicateNumber, subject="invoice 1", facts=facts)
    queue.record(connection, problem, invoice(), NOON)
    assert Action.USE_NUMBER in only(connection).actions
