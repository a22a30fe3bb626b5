"""Who gets a mail, when, and what it says to the person who opens it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import create_engine, event, select, update

from errors import actions, followups, notices, queue
from errors.blocked import Blocked
from errors.kinds import Category, ConnectionLost, CustomerNotFound, PeriodClosed, QuickBooksFailed, Throttled
from errors.letterhead import Letterhead, Recipient
from errors.notices import Habits
from errors.problem import Fault, Name, Problem
from errors.selection import Selection
from errors.tables import errors, metadata, outbox

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOON + HOUR
PLAIN, SITE = Letterhead(), Letterhead(site="https://books.example/c/")
HABITS = Habits(window=15 * MINUTE, patience=HOUR)
ANA, LUIS = Recipient(address="ana@example.com"), Recipient(address="luis@example.com", language="es")
LOST = Problem(
    kind=ConnectionLost,
    subject="connection",
    facts={"detail": "invalid_grant", "company": "acme"},
    fault=Fault(code="3200", trace_id="1-abc", status=401),
)


MANY = {
    "company": "acme",
    "kind": "customer-not-found",
    "category": Category.ACCOUNTS,
    "state": "open",
    "facts": {"name": "x"},
    "fault_code": "",
    "fault_detail": "",
    "trace_id": "",
    "attempts": 1,
    "first_at": NOON,
    "last_at": NOON,
}


def fail(connection, name: str, now: datetime = NOON, company: str = "acme") -> int:
    document = Blocked(
        company=company,
        category=Category.INVOICES,
        document_kind="invoice",
        local_id=name,
        label=name,
        amount=Decimal("12310.55"),
        currency="USD",
    )
    problem = Problem(kind=CustomerNotFound, subject=f"customer {name}", facts={"name": name})
    return queue.record(connection, problem, document, now)


def mails(connection, kind: str = "") -> list:
    rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
    return [row for row in rows if kind in {"", row.kind}]


def problems(connection, now: datetime = NOON, readers=(ANA,), letterhead: Letterhead = PLAIN) -> int:
    return notices.notice_problems(connection, readers, letterhead, HABITS, now)


def halts(connection, now: datetime = NOON, readers=(ANA,), letterhead: Letterhead = PLAIN) -> int:
    return notices.notice_halts(connection, readers, letterhead, now)


def clear(connection, now: datetime = LATER, readers=(ANA,)) -> int:
    return notices.notice_clear(connection, readers, PLAIN, now)


def mend(connection, name: str, now: datetime = LATER, company: str = "acme") -> None:
    queue.settle_document(connection, company, "invoice", name, now)


def arrived(connection, now: datetime = NOON) -> None:
    connection.execute(update(outbox).where(outbox.c.sent_at.is_(None)).values(sent_at=now))


def test_a_company_that_halts_is_told_once_to_each_recipient_in_their_language(connection):
    error_id = queue.company_problem(connection, "acme", LOST, NOON)
    assert halts(connection, readers=(ANA, LUIS)) == 2
    assert halts(connection, LATER, readers=(ANA, LUIS)) == 0
    ana, luis = mails(connection)
    assert ana.key == f"halt:acme:{error_id}"
    assert ana.subject == "Cuadre: acme has stopped"
    assert "cuadre connect acme" in ana.text
    assert "intuit_tid 1-abc" in ana.text
    assert 'lang="es"' in luis.html
    assert ana.message_id != luis.message_id


def test_a_company_that_goes_on_is_told_in_the_same_conversation(connection):
    error_id = queue.company_problem(connection, "acme", LOST, NOON)
    fail(connection, "Ana")
    halts(connection)
    assert halts(connection, NOON + MINUTE) == 0
    queue.company_recovered(connection, "acme", LATER)
    assert halts(connection, LATER) == 1
    assert halts(connection, LATER + DAY) == 0
    stopped, goes_on = mails(connection)
    assert goes_on.key == f"resumed:acme:{error_id}"
    assert goes_on.subject == "Cuadre: acme goes on"
    assert goes_on.thread == stopped.message_id
    assert "Still open: 1" in goes_on.text
    assert followups.get(connection, followups.HALTS, "acme").level == 0  # nothing is looked for any more


def test_a_company_that_halts_again_much_later_is_told_again(connection):
    queue.company_problem(connection, "acme", LOST, NOON)
    halts(connection)
    queue.company_recovered(connection, "acme", NOON)
    halts(connection, NOON + MINUTE)
    queue.company_problem(connection, "acme", LOST, NOON + DAY)
    assert halts(connection, NOON + DAY) == 1
    assert [mail.kind for mail in mails(connection)] == ["halt", "resumed", "halt"]


def test_a_company_that_stops_and_starts_all_the_time_is_no_flood(connection):
    for minute in range(0, 50, 2):
        queue.company_problem(connection, "acme", LOST, NOON + minute * MINUTE)
        halts(connection, NOON + minute * MINUTE)
        queue.company_recovered(connection, "acme", NOON + (minute + 1) * MINUTE)
        halts(connection, NOON + (minute + 1) * MINUTE)
    assert [mail.kind for mail in mails(connection)] == ["halt", "resumed"]


def test_what_asks_for_a_person_and_stops_the_whole_company_is_urgent_whatever_its_verb(connection):
    closed = Problem(kind=PeriodClosed, subject="books", facts={"closing_date": "2026-01-31"})
    queue.company_problem(connection, "acme", closed, NOON)
    assert halts(connection) == 1
    assert problems(connection, NOON + DAY) == 0


def test_an_outage_that_ends_by_itself_is_no_mail_and_one_that_lasts_is(connection):
    queue.company_problem(connection, "acme", Problem(kind=Throttled, subject="acme"), NOON)
    assert halts(connection, NOON + 9 * HOUR) == 0
    assert problems(connection, NOON + HOUR - MINUTE) == 0
    assert problems(connection, NOON + HOUR) == 1
    assert "acme, Whole company" in mails(connection)[0].text


def test_a_mail_that_is_rolled_back_with_its_cause_was_never_written(engine):
    with engine.connect() as connection:
        queue.company_problem(connection, "acme", LOST, NOON)
        assert halts(connection) == 1
        connection.rollback()
        assert mails(connection) == []


def test_new_problems_are_one_mail_and_are_never_told_again(connection):
    for name in ("Ana", "Eva", "Luis"):
        fail(connection, name)
    assert problems(connection, readers=(ANA, LUIS)) == 2
    arrived(connection)
    assert problems(connection, LATER, readers=(ANA, LUIS)) == 0
    text = mails(connection)[0].text
    assert mails(connection)[0].subject == "Cuadre: new problems (acme)"
    assert text.startswith("3 new problems\n")
    for part in ("The customer Eva does not exist", "Waiting for it: 1 document, 12,310.55 USD", "acme, Accounts"):
        assert part in text
    assert "12.310,55 USD" in mails(connection)[1].text


def test_the_first_problem_is_told_at_once_and_a_burst_after_it_is_one_digest_in_the_same_conversation(connection):
    fail(connection, "Ana")
    assert problems(connection) == 1
    arrived(connection)
    for minute in range(1, 15):
        fail(connection, f"C{minute}", NOON + minute * MINUTE)
        assert problems(connection, NOON + minute * MINUTE) == 0
    assert problems(connection, NOON + 15 * MINUTE) == 1
    first, digest = mails(connection)
    assert digest.text.startswith("14 new problems\n")
    assert "With those you know of, 15 are open." in digest.text
    assert digest.subject == "Re: Cuadre: new problems (acme)"
    assert (first.thread, digest.thread) == ("", first.message_id)
    arrived(connection)
    fail(connection, "Last", LATER)
    problems(connection, LATER)
    assert mails(connection)[-1].subject == "Re: Cuadre: new problems (acme)"
    assert mails(connection)[-1].thread == first.message_id


def test_while_the_mail_server_is_down_the_news_gathers_in_one_digest(connection):
    fail(connection, "Ana")
    problems(connection, readers=(ANA, LUIS))
    fail(connection, "Eva", LATER)
    assert problems(connection, LATER, readers=(ANA, LUIS)) == 0
    connection.execute(update(outbox).where(outbox.c.recipient == LUIS.address).values(sent_at=LATER))
    assert (
        problems(connection, LATER, readers=(ANA, LUIS)) == 2
    )  # the server is back: one address alone holds nobody up


def test_no_news_is_held_back_by_a_mail_that_is_too_old_to_be_sent(connection):
    fail(connection, "Ana")
    problems(connection)
    fail(connection, "Eva", NOON + 8 * DAY)
    assert problems(connection, NOON + 8 * DAY) == 1


def test_what_asks_nobody_is_no_news(connection):
    skipped = fail(connection, "Ana")
    actions.skip(connection, Selection(ids=(skipped,)), by="ana", now=NOON)
    assert problems(connection) == 0
    queue.company_problem(connection, "acme", LOST, NOON)  # notice_halts tells of it
    assert problems(connection, NOON + DAY) == 0


def test_what_mends_itself_is_told_when_it_has_lasted(connection):
    retried = Problem(
        kind=QuickBooksFailed, subject="x", facts={"document": Name("invoice", "1"), "fault": "500", "detail": "-"}
    )
    document = Blocked(company="acme", category=Category.INVOICES, document_kind="invoice", local_id="8", label="8")
    queue.record(connection, retried, document, NOON)
    assert problems(connection, NOON + HOUR - MINUTE) == 0
    assert problems(connection, NOON + HOUR) == 1


def test_a_skipped_problem_is_never_mailed_again_even_when_it_is_taken_back(connection):
    error_id = fail(connection, "Ana")
    problems(connection)
    arrived(connection)
    actions.skip(connection, Selection(ids=(error_id,)), by="ana", now=NOON)
    assert problems(connection, NOON + DAY) == 0
    actions.unskip(connection, Selection(ids=(error_id,)), by="ana", now=NOON + DAY)
    assert problems(connection, NOON + 2 * DAY) == 0


def test_without_recipients_nothing_counts_as_told(connection):
    fail(connection, "Ana")
    queue.company_problem(connection, "acme", LOST, NOON)
    assert problems(connection, readers=()) + halts(connection, readers=()) == 0
    assert problems(connection) == 1
    assert halts(connection) == 1


def test_all_clear_is_told_once_when_the_last_problem_is_gone_and_closes_the_conversation(connection):
    first, second = fail(connection, "Ana"), fail(connection, "Eva")
    problems(connection, readers=(ANA, LUIS))
    arrived(connection)
    mend(connection, "Ana")
    assert clear(connection) == 0
    actions.skip(connection, Selection(ids=(second,)), by="ana", now=LATER)
    assert clear(connection, readers=(ANA, LUIS)) == 2
    assert clear(connection, readers=(ANA, LUIS)) == 0
    told, _, good, luis = mails(connection)
    assert good.subject == "Cuadre: all clear (acme)"
    assert "settled 1, skipped 1, deleted 0" in good.text
    assert good.thread == told.message_id
    assert luis.subject == "Cuadre: todo en orden (acme)"
    fail(connection, "Luis", NOON + DAY)
    problems(connection, NOON + DAY)
    assert mails(connection)[-1].subject == "Cuadre: new problems (acme)"  # a new conversation
    assert mails(connection)[-1].thread == ""
    assert first != second


def test_what_nobody_was_told_of_needs_no_all_clear(connection):
    fail(connection, "Ana")
    mend(connection, "Ana")
    assert clear(connection) == 0


def test_companies_that_are_clear_together_share_a_mail_and_the_others_wait(connection):
    for company in ("acme", "best", "corp"):
        fail(connection, "Ana", company=company)
    problems(connection)
    mend(connection, "Ana")
    mend(connection, "Ana", company="best")
    assert clear(connection) == 1
    assert mails(connection)[-1].subject == "Cuadre: all clear (acme, best)"
    mend(connection, "Ana", company="corp")
    assert clear(connection, LATER + MINUTE) == 1
    assert mails(connection)[-1].subject == "Cuadre: all clear (corp)"


@pytest.mark.parametrize("jitter", [timedelta(0), timedelta(seconds=3)])
def test_a_connection_that_ends_is_told_14_7_and_2_days_before_each_once(connection, jitter):
    ends_at = NOON + 20 * DAY
    told = []
    for hour in range(0, 21 * 24, 6):
        now = NOON + hour * HOUR
        if notices.notice_token(connection, (ANA,), PLAIN, "acme", ends_at + (hour % 4) * jitter, now):
            told.append((ends_at - now).days)
    assert told == [14, 7, 2]
    first, *others = mails(connection)
    assert "ends in 14 days" in first.text
    assert "Mar 22, 2026, 12:00" in first.text
    assert {mail.thread for mail in others} == {first.message_id}


def test_a_connection_that_was_renewed_is_told_anew_and_only_the_last_date_that_is_due(connection):
    def tell(ends_at, now):
        return notices.notice_token(connection, (ANA,), PLAIN, "acme", ends_at, now)

    assert tell(NOON + 5 * DAY, NOON) == 1
    assert tell(NOON + 5 * DAY, NOON + HOUR) == 0
    assert tell(NOON + 101 * DAY, NOON + 2 * DAY) == 0
    assert tell(NOON + 101 * DAY, NOON + 88 * DAY) == 1
    assert tell(NOON + 101 * DAY, NOON + 102 * DAY) == 0


def test_a_burst_is_one_mail_of_bearable_length_with_the_weightiest_first(connection):
    for number in range(120):
        fail(connection, f"C{number}")
    heavy = fail(connection, "Heavy")
    for extra in ("X1", "X2"):
        document = Blocked(
            company="acme", category=Category.INVOICES, document_kind="invoice", local_id=extra, label=extra
        )
        queue.block(connection, heavy, document, NOON)
    assert problems(connection) == 1
    (mail,) = mails(connection)
    assert mail.text.startswith("121 new problems\n\nacme, Accounts: 121\n")
    assert "and 71 more" in mail.text
    assert mail.text.count("What to do:") == 50
    assert mail.text.index(f"[{heavy}]") < mail.text.index("[1]")


def test_a_digest_of_fifty_thousand_costs_as_many_statements_as_one_of_sixty(engine):
    def said_for(number: int, now: datetime) -> int:
        rows = [MANY | {"subject": f"{number} {place}"} for place in range(number)]
        said: list[str] = []
        with engine.begin() as connection:
            connection.execute(errors.insert(), rows)
            event.listen(engine, "before_cursor_execute", heard := lambda *call: said.append(call[2]))
            assert problems(connection, now) == 1
            event.remove(engine, "before_cursor_execute", heard)
            assert f"and {number - 50:,} more" in mails(connection)[-1].text
            arrived(connection, now)
        return len(said)

    with engine.begin() as connection:
        fail(connection, "Ana")
        problems(connection)
        arrived(connection)
    assert said_for(60, LATER) == said_for(50_000, LATER + HOUR) <= 16


def test_an_idle_minute_looks_at_what_was_not_told_and_at_nothing_else():
    """On SQLite: PostgreSQL plans by what is in the table."""
    engine, said = create_engine("sqlite://"), []
    metadata.create_all(engine)
    event.listen(engine, "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
    with engine.begin() as connection:
        problems(connection)
        halts(connection)
        looked = [each for each in said if "mailed_at IS NULL" in each[0]]
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", facts).all() for words, facts in looked]
    engine.dispose()
    assert ["errors_untold" in plan[0][3] for plan in plans] == [True, True]


def test_a_name_from_a_database_is_text_in_the_html_and_one_line_in_the_subject(connection):
    name = "<script>alert(1)</script>\r\nBcc: all@example.com"
    fail(connection, name, company="acme\r\nBcc: all@example.com")
    problems(connection)
    (mail,) = mails(connection)
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert mail.subject == "Cuadre: new problems (acme  Bcc: all@example.com)"


def test_a_mail_links_to_the_row_where_the_console_has_an_address_and_names_the_command_where_not(connection):
    error_id = fail(connection, "Ana")
    problems(connection, readers=(ANA,), letterhead=SITE)
    (mail,) = mails(connection)
    for words in (mail.text, mail.html):
        assert f"https://books.example/c/errors/{error_id}" in words
        assert "cuadre errors list" not in words
    halted = queue.company_problem(connection, "acme", LOST, NOON)
    halts(connection)
    assert f"cuadre errors show {halted}" in mails(connection)[-1].text


@pytest.mark.parametrize("address", ["", "ana", "ana@example.com\nBcc: x@y", "<ana@example.com>", "a@b, c@d"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match="no mail address"):
        Recipient(address=address)


@pytest.mark.parametrize("language", ["xx", "de", "en-ZZZ", "es-mx-x"])
def test_a_language_without_a_catalogue_is_refused(language):
    with pytest.raises(ValueError, match="no language of Cuadre"):
        Recipient(address="ana@example.com", language=language)
