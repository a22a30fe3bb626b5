"""Who gets a mail, when, and what it says to the person who opens it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from errors import actions, notices, queue
from errors.blocked import Blocked
from errors.kinds import Category, ConnectionLost, CustomerNotFound, QuickBooksFailed, Throttled
from errors.notices import Recipient
from errors.problem import Fault, Name, Problem
from errors.selection import Selection
from errors.tables import outbox

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ANA, LUIS = Recipient(address="ana@example.com"), Recipient(address="luis@example.com", language="es")
LOST = Problem(
    kind=ConnectionLost,
    subject="connection",
    facts={"detail": "invalid_grant", "company": "acme"},
    fault=Fault(code="3200", trace_id="1-abc", status=401),
)


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


def mails(connection) -> list:
    return list(connection.execute(select(outbox).order_by(outbox.c.id)))


def test_a_company_that_halts_is_told_once_to_each_recipient_in_their_language(connection):
    error_id = queue.company_problem(connection, "acme", LOST, NOON)
    assert notices.notice_halt(connection, (ANA, LUIS), error_id, NOON) == 2
    assert notices.notice_halt(connection, (ANA, LUIS), error_id, LATER) == 0
    ana, luis = mails(connection)
    assert ana.key == f"halt:acme:{error_id}"
    assert ana.subject == "Cuadre: acme has stopped"
    assert "cuadre connect acme" in ana.text
    assert "intuit_tid 1-abc" in ana.text
    assert 'lang="es"' in luis.html
    assert ana.message_id != luis.message_id


def test_a_company_that_halts_a_second_time_is_told_again(connection):
    first = queue.company_problem(connection, "acme", LOST, NOON)
    notices.notice_halt(connection, (ANA,), first, NOON)
    queue.company_recovered(connection, "acme", NOON)
    second = queue.company_problem(connection, "acme", LOST, LATER)
    assert notices.notice_halt(connection, (ANA,), second, LATER) == 1


def test_an_outage_that_ends_by_itself_is_no_urgent_mail(connection):
    error_id = queue.company_problem(connection, "acme", Problem(kind=Throttled, subject="acme"), NOON)
    assert notices.notice_halt(connection, (ANA,), error_id, NOON) == 0
    assert notices.notice_halt(connection, (ANA,), fail(connection, "Eva"), NOON) == 0


def test_a_mail_that_is_rolled_back_with_its_cause_was_never_written(engine):
    with engine.connect() as connection:
        error_id = queue.company_problem(connection, "acme", LOST, NOON)
        notices.notice_halt(connection, (ANA,), error_id, NOON)
        connection.rollback()
        assert mails(connection) == []


def test_new_problems_are_one_mail_and_are_never_told_again(connection):
    for name in ("Ana", "Eva", "Luis"):
        fail(connection, name)
    assert notices.notice_new(connection, (ANA, LUIS), NOON, NOON) == 2
    assert notices.notice_new(connection, (ANA, LUIS), NOON, LATER) == 0
    text = mails(connection)[0].text
    assert mails(connection)[0].subject == "Cuadre: 3 new problems (acme)"
    for part in ("The customer Eva does not exist", "Waiting for it: 1 document, 12,310.55 USD", "acme, Accounts"):
        assert part in text
    assert "12.310,55 USD" in mails(connection)[1].text
    fail(connection, "Pia", LATER)
    assert notices.notice_new(connection, (ANA,), NOON, LATER) == 1
    assert mails(connection)[-1].subject == "Cuadre: 1 new problem (acme)"


def test_what_asks_nobody_is_no_news(connection):
    skipped = fail(connection, "Ana")
    actions.skip(connection, Selection(ids=(skipped,)), by="ana", now=NOON)
    fail(connection, "Old", NOON - timedelta(days=9))
    fail(connection, "Far", company="other")
    retried = Problem(
        kind=QuickBooksFailed, subject="x", facts={"document": Name("invoice", "1"), "fault": "500", "detail": "-"}
    )
    document = Blocked(company="acme", category=Category.INVOICES, document_kind="invoice", local_id="8", label="8")
    queue.record(connection, retried, document, NOON)
    queue.company_problem(connection, "acme", LOST, NOON)
    assert notices.notice_new(connection, (ANA,), NOON - timedelta(days=1), NOON, company="acme") == 0
    assert notices.notice_new(connection, (ANA,), NOON - timedelta(days=1), NOON) == 1  # the one of the other company


def test_without_recipients_nothing_counts_as_told(connection):
    fail(connection, "Ana")
    assert notices.notice_new(connection, (), NOON, NOON) == 0
    assert notices.notice_new(connection, (ANA,), NOON, LATER) == 1


def test_a_burst_is_one_mail_of_bearable_length(connection):
    for number in range(120):
        fail(connection, f"C{number}")
    assert notices.notice_new(connection, (ANA,), NOON, NOON) == 1
    (mail,) = mails(connection)
    assert mail.subject == "Cuadre: 120 new problems (acme)"
    assert "and 70 more" in mail.text
    assert mail.text.count("What to do:") == 50


def test_a_name_from_a_database_is_text_in_the_html_and_one_line_in_the_subject(connection):
    name = "<script>alert(1)</script>\r\nBcc: all@example.com"
    fail(connection, name, company="acme\r\nBcc: all@example.com")
    notices.notice_new(connection, (ANA,), NOON, NOON)
    (mail,) = mails(connection)
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert mail.subject == "Cuadre: 1 new problem (acme  Bcc: all@example.com)"


@pytest.mark.parametrize("address", ["", "ana", "ana@example.com\nBcc: x@y", "<ana@example.com>", "a@b, c@d"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match="no mail address"):
        Recipient(address=address)


def test_a_language_without_a_catalogue_is_refused():
    with pytest.raises(ValueError, match="no language of Cuadre"):
        Recipient(address="ana@example.com", language="xx")
