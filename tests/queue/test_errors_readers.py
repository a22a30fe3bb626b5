"""Readers of some companies get the mails of these; a mail that waited says what is true when it goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from errors import actions, notices, queue, stale
from errors.blocked import Blocked
from errors.kinds import Category, ConnectionLost, CustomerNotFound
from errors.letterhead import Letterhead, Recipient, heard
from errors.notices import Habits
from errors.problem import Problem
from errors.selection import Selection
from errors.summary import CompanyDay, Summary
from errors.tables import errors, outbox

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATER = NOON + HOUR
LETTERHEAD, HABITS = Letterhead(), Habits(window=15 * MINUTE)
BOSS = Recipient(address="boss@example.com")
ANA = Recipient(address="ana@example.com", companies=frozenset({"acme"}))
LUIS = Recipient(address="luis@example.com", language="es", companies=frozenset({"branch"}))
ALL = (BOSS, ANA, LUIS)


def fail(connection: Connection, name: str, company: str = "acme") -> int:
    document = Blocked(company=company, category=Category.INVOICES, document_kind="invoice", local_id=name, label=name)
    problem = Problem(kind=CustomerNotFound, subject=f"customer {name}", facts={"name": name})
    return queue.record(connection, problem, document, NOON)


def stop(connection: Connection, company: str) -> None:
    problem = Problem(kind=ConnectionLost, subject="connection", facts={"detail": "x", "company": company})
    queue.company_problem(connection, company, problem, NOON)


def problems(connection: Connection, readers: Any = ALL, now: datetime = NOON) -> int:
    return notices.notice_problems(connection, readers, LETTERHEAD, HABITS, now)


def told(connection: Connection, to: Recipient) -> list[Any]:
    query = select(outbox).where(outbox.c.recipient == to.address).order_by(outbox.c.id)
    return list(connection.execute(query))


def arrived(connection: Connection) -> None:
    connection.execute(update(outbox).values(sent_at=NOON))


def nobody_answers(connection: Connection) -> None:
    connection.execute(update(outbox).values(attempts=1, last_error="refused", not_before=LATER))


def settle(connection: Connection, name: str, company: str = "acme") -> None:
    queue.settle_document(connection, company, "invoice", name, LATER)


def test_what_at_least_one_hears_of_is_heard() -> None:
    assert heard(ALL) is None
    assert heard((ANA, LUIS)) == {"acme", "branch"}
    assert heard(()) == set()


def test_each_reader_is_told_of_the_problems_of_their_companies(connection: Connection) -> None:
    fail(connection, "Eva")
    fail(connection, "Kai", "branch")
    fail(connection, "Mia", "branch")
    assert problems(connection) == 3
    (boss,), (ana,), (luis,) = (told(connection, to) for to in ALL)
    assert boss.text.startswith("3 new problems")
    assert boss.subject == "Cuadre: new problems (acme, branch)"
    assert ana.text.startswith("1 new problem\n")
    assert ana.subject == "Cuadre: new problems (acme)"
    assert "Eva" in ana.text
    assert "Kai" not in ana.text + ana.html
    assert luis.text.startswith("2 problemas nuevos")
    assert "Eva" not in luis.text + luis.html


def test_who_hears_of_no_company_with_problems_gets_no_mail(connection: Connection) -> None:
    fail(connection, "Eva")
    assert problems(connection) == 2
    assert told(connection, LUIS) == []


def test_what_nobody_hears_of_does_not_count_as_told(connection: Connection) -> None:
    theirs = fail(connection, "Kai", "branch")
    fail(connection, "Eva")
    stop(connection, "branch")
    assert problems(connection, (ANA,)) == 1
    assert notices.notice_halts(connection, (ANA,), LETTERHEAD, NOON) == 0
    assert connection.execute(select(errors.c.mailed_at).where(errors.c.id == theirs)).scalar_one() is None
    arrived(connection)
    assert problems(connection, ALL, LATER) == 2  # now somebody does: Luis, and the boss
    assert notices.notice_halts(connection, ALL, LETTERHEAD, LATER) == 2


def test_the_mail_server_is_down_for_all_readers_or_for_none(connection: Connection) -> None:
    """A refused address of one company holds up no news of another."""
    fail(connection, "Eva")
    fail(connection, "Kai", "branch")
    problems(connection)
    connection.execute(update(outbox).where(outbox.c.recipient == ANA.address).values(sent_at=NOON))
    fail(connection, "Mia", "branch")
    assert problems(connection, ALL, LATER) == 2


def test_a_stop_and_its_end_are_told_to_whom_it_concerns(connection: Connection) -> None:
    stop(connection, "branch")
    assert notices.notice_halts(connection, ALL, LETTERHEAD, NOON) == 2
    queue.company_recovered(connection, "branch", LATER)
    assert notices.notice_halts(connection, ALL, LETTERHEAD, LATER) == 2
    assert told(connection, ANA) == []
    assert [mail.kind for mail in told(connection, LUIS)] == ["halt", "resumed"]


def test_the_end_of_a_connection_is_told_to_whom_it_concerns(connection: Connection) -> None:
    assert notices.notice_token(connection, ALL, LETTERHEAD, "branch", NOON + 6 * DAY, NOON) == 2
    assert notices.notice_token(connection, (ANA,), LETTERHEAD, "shop", NOON + 6 * DAY, NOON) == 0
    assert notices.notice_token(connection, (BOSS,), LETTERHEAD, "shop", NOON + 6 * DAY, NOON) == 1


def test_the_summary_has_the_readers_companies(connection: Connection) -> None:
    days = [
        CompanyDay(
            company=name, connected=True, stopped=False, posted={"invoice": count}, open={}, waiting=0, oldest=None,
            ends_in=None,
        )
        for name, count in (("acme", 41), ("shop", 17))
    ]  # fmt: skip
    summary = Summary(day=date(2026, 3, 2), companies=days)
    assert notices.notice_summary(connection, ALL, LETTERHEAD, summary, NOON) == 2
    (boss,), (ana,) = told(connection, BOSS), told(connection, ANA)
    assert "Documents posted: 58." in boss.text
    assert "Documents posted: 41." in ana.text
    assert "shop" not in ana.text
    assert told(connection, LUIS) == []


def test_all_clear_is_told_of_the_readers_companies_to_whom_was_told_of_their_problems(connection: Connection) -> None:
    fail(connection, "Eva")
    fail(connection, "Kai", "branch")
    problems(connection, (BOSS, ANA))
    arrived(connection)
    settle(connection, "Eva")
    settle(connection, "Kai", "branch")
    assert notices.notice_clear(connection, ALL, LETTERHEAD, LATER) == 2
    boss, ana = told(connection, BOSS)[-1], told(connection, ANA)[-1]
    assert boss.subject == "Cuadre: all clear (acme, branch)"
    assert "All 2 that you were told of are settled." in boss.text
    assert ana.subject == "Cuadre: all clear (acme)"
    assert "All 2" not in ana.text
    assert ana.thread == told(connection, ANA)[0].message_id
    assert told(connection, LUIS) == []


# --- a mail that waited ----------------------------------------------------------------------------------------------


def renewed(connection: Connection, readers: Any = (BOSS,), now: datetime = LATER) -> int:
    return stale.renew(connection, readers, LETTERHEAD, now)


def skip(connection: Connection, error_id: int) -> None:
    actions.skip(connection, Selection(ids=(error_id,)), by="eva", now=LATER)


def test_a_problem_that_was_skipped_while_its_mail_waited_is_not_told(connection: Connection) -> None:
    first, _second = fail(connection, "Eva"), fail(connection, "Kai")
    fail(connection, "Mia")
    problems(connection, (BOSS,))
    nobody_answers(connection)
    skip(connection, first)
    settle(connection, "Mia")
    assert renewed(connection) == 1
    assert renewed(connection) == 0
    (mail,) = told(connection, BOSS)
    assert mail.text.startswith("1 new problem\n")
    assert "Eva" not in mail.text + mail.html
    assert "Kai" in mail.text
    for part in (mail.text, mail.html):
        assert "Ended while this mail waited: settled 1, skipped 1, deleted 0." in part


def test_a_skip_that_is_taken_back_is_told_again_where_the_mail_still_waits(connection: Connection) -> None:
    error_id = fail(connection, "Eva")
    fail(connection, "Kai")
    problems(connection, (BOSS,))
    nobody_answers(connection)
    before = told(connection, BOSS)[0].text
    skip(connection, error_id)
    renewed(connection)
    actions.unskip(connection, Selection(ids=(error_id,)), by="eva", now=LATER)
    renewed(connection)
    assert told(connection, BOSS)[0].text == before


def test_a_mail_of_which_nothing_is_open_any_more_is_taken_back_and_so_is_its_all_clear(connection: Connection) -> None:
    error_id = fail(connection, "Eva")
    problems(connection, (BOSS,))
    nobody_answers(connection)
    skip(connection, error_id)
    assert renewed(connection) == 1
    assert told(connection, BOSS) == []
    assert notices.notice_clear(connection, (BOSS,), LETTERHEAD, LATER) == 0
    fail(connection, "Kai")
    assert problems(connection, (BOSS,), LATER) == 1


@pytest.mark.parametrize(
    "state",
    [
        {"sent_at": NOON},
        {"last_error": ""},  # on its way just now
        {"created_at": NOON - 8 * DAY},  # too old to be sent
        {"kind": "halt"},
    ],
)
def test_other_mails_stay_as_they_are(connection: Connection, state: dict[str, Any]) -> None:
    error_id = fail(connection, "Eva")
    problems(connection, (BOSS,))
    nobody_answers(connection)
    connection.execute(update(outbox).values(**state))
    skip(connection, error_id)
    assert renewed(connection) == 0
    assert len(told(connection, BOSS)) == 1


def test_the_mail_of_somebody_who_is_no_reader_any_more_is_not_touched(connection: Connection) -> None:
    error_id = fail(connection, "Eva")
    problems(connection, (BOSS,))
    nobody_answers(connection)
    skip(connection, error_id)
    assert renewed(connection, (ANA,)) == 0
