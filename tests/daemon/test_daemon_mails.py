"""What a minute of the service writes and delivers: problems, stops, endings, the summary of a morning."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, select

from connectors.tokens import tokens
from errors import queue
from errors.blocked import Blocked
from errors.kinds import Category, CustomerNotFound
from errors.problem import Problem
from errors.tables import outbox
from tests.support.postbox import Postbox, free_port, listen
from worker import mails
from worker.config.schema import Company, Config, Mail, Recipient, Site
from worker.schedule.ticks import MAIL, rhythms
from worker.state import database
from worker.state.tables import runs

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def engine(tmp_path):
    engine = database.connect(f"sqlite:///{tmp_path}/state.sqlite")
    database.migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def post():
    postbox, port = Postbox(), free_port()
    controller = listen(postbox, port)
    postbox.port = port
    yield postbox
    controller.stop()


def configured(port: int, **changes) -> Config:
    people = (Recipient(address="ana@example.com"), Recipient(address="luis@example.com", language="es"))
    mail = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "c@example.com", "recipients": people}
    return Config(
        companies={"main": Company(), "idle": Company(), "off": Company(enabled=False)},
        mail=Mail(**(mail | changes)),
        site=Site(address="https://books.example"),
    )


def fail(engine, name: str, now: datetime = NOON) -> None:
    document = Blocked(
        company="main",
        category=Category.INVOICES,
        document_kind="invoice",
        local_id=name,
        label=name,
        amount=Decimal(50),
        currency="USD",
    )
    with engine.begin() as connection:
        queue.record(connection, Problem(kind=CustomerNotFound, subject=name, facts={"name": name}), document, now)


def connect(engine, company: str, ends_at: datetime) -> None:
    moments = dict.fromkeys(("access_expires_at", "connected_at", "updated_at"), NOON)
    sealed = {"access_token": "x", "refresh_token": "x", "realm_id": "1", "environment": "e", "status": "connected"}
    with engine.begin() as connection:
        connection.execute(delete(tokens).where(tokens.c.company == company))
        connection.execute(insert(tokens).values(company=company, refresh_expires_at=ends_at, **sealed, **moments))


def kinds(engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(outbox.c.kind).order_by(outbox.c.id)).scalars())


def test_a_problem_goes_from_the_table_to_its_readers_in_one_minute_and_so_does_its_end(engine, post):
    config = configured(post.port)
    fail(engine, "Eva")
    report = mails.send(config, engine, lambda: NOON)
    assert (report.sent, report.error) == (2, "")
    (_envelope, english), (_other, spanish) = post.mails
    assert "https://books.example/errors/1" in english.get_body(["plain"]).get_content()
    assert spanish["Subject"] == "Cuadre: problemas nuevos (main)"
    with engine.begin() as connection:
        queue.settle_document(connection, "main", "invoice", "Eva", NOON + HOUR)
    assert mails.send(config, engine, lambda: NOON + HOUR).sent == 2
    clear = post.mails[2][1]
    assert clear["Subject"] == "Cuadre: all clear (main)"
    assert clear["References"] == english["Message-ID"]
    assert mails.send(config, engine, lambda: NOON + 2 * HOUR).sent == 0


def test_a_problem_that_ended_while_the_server_was_away_is_not_told_when_it_is_back(engine, post):
    fail(engine, "Eva")
    fail(engine, "Kai")
    assert mails.send(configured(free_port()), engine, lambda: NOON).failed == 2
    with engine.begin() as connection:
        queue.settle_document(connection, "main", "invoice", "Eva", NOON)
    assert mails.send(configured(post.port), engine, lambda: NOON + HOUR).sent == 2
    text = post.mails[0][1].get_body(["plain"]).get_content()
    assert "Kai" in text
    assert "Eva" not in text


def test_without_a_server_and_without_a_channel_nothing_is_written(engine):
    fail(engine, "Eva")
    assert mails.send(Config(), engine, lambda: NOON) is None
    assert kinds(engine) == []


def test_only_connections_of_enabled_companies_are_told_to_end(engine, post):
    for company in ("main", "off", "gone"):
        connect(engine, company, NOON + 6 * DAY)
    connect(engine, "idle", NOON + 60 * DAY)
    assert mails.send(configured(post.port), engine, lambda: NOON).sent == 2
    assert {mail["Subject"] for _envelope, mail in post.mails} == {
        "Cuadre: the connection of main ends soon",
        "Cuadre: la conexión de main termina pronto",
    }


def test_the_summary_comes_once_a_day_at_its_time_of_day_in_its_zone(engine, post):
    config = configured(post.port, summary="07:30", time_zone="America/Mexico_City", recipients=(RECIPIENT,))
    due = datetime(2026, 3, 3, 13, 30, tzinfo=UTC)
    connect(engine, "main", NOON + 60 * DAY)
    fail(engine, "Eva")
    with engine.begin() as connection:
        for finished, posted in ((due - 2 * DAY, {"invoice": 900}), (due - HOUR, {"invoice": 2}), (due, {"fee": 1})):
            connection.execute(
                insert(runs).values(company="main", started_at=finished, finished_at=finished, posted=posted, **ZEROS)
            )
    mails.write(config, engine, NOON - DAY)  # the problem is told; 06:00 there
    mails.write(config, engine, due - timedelta(seconds=1))
    assert "summary" not in kinds(engine)
    for later in range(6):
        mails.write(config, engine, due + later * HOUR)
    assert kinds(engine).count("summary") == 1
    with engine.connect() as connection:
        text = connection.execute(select(outbox.c.text).where(outbox.c.kind == "summary")).scalar_one()
    assert "Documents posted: 3. Open problems: 1." in text
    assert "Posted: invoice: 2, fee: 1" in text
    assert "Open problems: Accounts: 1" in text
    assert "idle (not connected)" in text
    assert "off" not in text
    mails.write(config, engine, due + DAY)
    assert kinds(engine).count("summary") == 2


def test_a_summary_whose_hour_does_not_exist_that_day_still_comes(engine, post):
    """On 29 March 2026 Madrid has no 02:30."""
    config = configured(post.port, summary="02:30", time_zone="Europe/Madrid", recipients=(RECIPIENT,))
    for hour in range(12):
        mails.write(config, engine, datetime(2026, 3, 29, tzinfo=UTC) + hour * HOUR)
    assert kinds(engine) == ["summary"]


def test_mails_fall_due_where_there_is_a_server_or_a_channel():
    assert MAIL in rhythms(configured(25))
    assert MAIL in rhythms(Config(mail=Mail(channels="json://localhost/")))
    assert MAIL not in rhythms(Config())


RECIPIENT = Recipient(address="ana@example.com")
ZEROS = {"linked": 0, "held": 0, "waiting": 0, "calls": 0}
