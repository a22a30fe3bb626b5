"""`cuadre errors`: what a person sees, what a program reads, and what each exit code means."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from errors import queue
from errors.blocked import Blocked
from errors.cli import app
from errors.kinds import Category, CustomerNotFound, DuplicateNumber, PeriodClosed
from errors.problem import Fault, Name, Problem
from errors.selection import Selection
from errors.tables import State

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Desk:
    """What the worker's command line gives to ours."""

    engine: Engine
    language: str = "en"

    def now(self) -> datetime:
        return NOON + timedelta(days=1)


@pytest.fixture
def state_url(tmp_path) -> str:
    """What the commands ask of PostgreSQL is tested below them."""
    return f"sqlite:///{tmp_path / 'state.sqlite'}"


@pytest.fixture
def run(engine):
    def call(*arguments: str, answer: str | None = None):
        return CliRunner().invoke(app, list(arguments), obj=Desk(engine), input=answer, catch_exceptions=False)

    return call


@pytest.fixture
def three(engine) -> dict[str, int]:
    with engine.begin() as connection:
        customer = Problem(kind=CustomerNotFound, subject="customer 17", facts={"name": "Ana [bold] Díaz\x1b[31m"})
        for number in range(41):
            first = queue.record(connection, customer, a_document(str(number)), NOON)
        facts = dict.fromkeys(DuplicateNumber.placeholders(), "x") | {"number": "1042", "suggestion": "1043"}
        duplicate = Problem(kind=DuplicateNumber, subject="invoice 90", facts=facts)
        second = queue.record(connection, duplicate, a_document("90"), NOON)
        closed = Problem(
            kind=PeriodClosed,
            subject="closing date",
            facts={"closing_date": date(2026, 1, 31), "document": Name("invoice", "91"), "date": date(2026, 1, 5)},
            fault=Fault(code="6210", detail="Account Period Closed", trace_id="1-abc", status=400),
        )
        third = queue.record(connection, closed, a_document("91", "other", "99999.95"), NOON + timedelta(hours=20))
    return {"customer": first, "duplicate": second, "closed": third}


def a_document(local_id: str, company: str = "acme", amount: str = "300.05") -> Blocked:
    return Blocked(
        company=company,
        category=Category.INVOICES,
        document_kind="invoice",
        local_id=local_id,
        label=f"INV-{local_id}",
        customer="Ana Díaz",
        amount=Decimal(amount),
        currency="USD",
    )


def rows(engine, **parts) -> dict[int, State]:
    with engine.connect() as connection:
        return {row.id: row.state for row in queue.list_errors(connection, Selection(**parts))}


def test_an_empty_table_says_so(run):
    result = run("list")
    assert (result.exit_code, result.stdout) == (0, "No errors here.\n")


def test_a_list_tells_what_happened_what_to_do_and_what_waits_for_it(run, three):
    text = run("list").stdout
    flat = " ".join(text.split())
    for part in (
        "Ana [bold] Díaz",
        "What happened, and what to do",
        "41 documents",
        "12,302.05 USD",
        "Accounts",
        "acme",
    ):
        assert part in flat
    assert "\x1b" not in text  # a name from a database steers no terminal


def test_a_long_list_says_how_much_it_leaves_out(run, three):
    assert "2 of 3; --limit" in run("list", "--limit", "2").stdout
    assert len(json.loads(run("list", "--limit", "2", "--offset", "2", "--json").stdout)["errors"]) == 1


def test_the_json_of_an_error_keeps_its_shape(run, three):
    found = json.loads(run("list", "--company", "other", "--json").stdout)
    (row,) = found["errors"]
    assert found["total"] == 1
    assert list(row) == [
        "id", "company", "category", "state", "kind", "subject", "sentence", "fix", "steps", "facts", "fault",
        "attempts", "first_at", "last_at", "closed_at", "blocks", "sums", "documents", "actions", "pending",
    ]  # fmt: skip
    assert row["sums"] == {"USD": "99999.95"}
    assert row["fault"] == {"code": "6210", "detail": "Account Period Closed", "intuit_tid": "1-abc", "status": 400}
    assert row["first_at"] == "2026-03-03T08:00:00+00:00"
    assert row["facts"]["closing_date"] == "2026-01-31"


def test_show_tells_everything_about_one_error(run, three):
    run("resync", str(three["closed"]), "--by", "eva", "--why", "moved the date")
    text = " ".join(run("show", str(three["closed"])).stdout.split())
    for part in ("6210", "1-abc", "Account Period Closed", "INV-91", "99,999.95 USD", "eva", "moved the date"):
        assert part in text
    assert "waits for the next tick" in text
    found = json.loads(run("show", str(three["customer"]), "--json").stdout)
    assert len(found["documents"]) == 41
    assert found["history"] == []


def test_an_error_that_is_not_there_is_one_sentence_and_exit_code_1(run):
    result = run("show", "99")
    assert (result.exit_code, result.stderr) == (1, "There is no error 99 here.\n")


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (["--category", "invoices"], {"duplicate", "closed"}),
        (["--kind", "period-closed"], {"closed"}),
        (["--customer", "ana"], {"customer", "duplicate", "closed"}),
        (["--document", "inv-90"], {"duplicate"}),
        (["--older-than", "12h"], {"customer", "duplicate"}),
        (["--newer-than", "2026-03-03"], {"closed"}),
        (["--min-amount", "1000"], {"closed"}),
        (["--max-amount", "300.05"], {"customer", "duplicate"}),
        (["--state", "skipped"], set()),
        (["--state", "all"], {"customer", "duplicate", "closed"}),
    ],
)
def test_each_filter_of_the_list(run, three, filter_, expected):
    found = {row["id"] for row in json.loads(run("list", *filter_, "--json").stdout)["errors"]}
    assert found == {three[name] for name in expected}


@pytest.mark.parametrize(
    "mistake",
    [
        ["--older-than", "yesterday"],
        ["--older-than", "999999w"],
        ["--min-amount", "ten"],
        ["--min-amount", "NaN"],
        ["--state", "lost"],
        ["--kind", "nonsense"],
        ["--category", "nonsense"],
        ["--limit", "0"],
    ],
)
def test_a_mistake_at_the_command_line_is_a_sentence_and_exit_code_2(run, mistake):
    result = run("list", *mistake)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert mistake[0] in result.stderr or mistake[1] in result.stderr


def test_an_order_by_id_needs_no_question_and_is_written_down(run, engine, three):
    result = run("skip", str(three["closed"]), "--by", "eva", "--why", "last year's books")
    assert (result.exit_code, result.stdout) == (0, "Skipped: 1\n")
    assert rows(engine, state=State.SKIPPED) == {three["closed"]: State.SKIPPED}
    (line,) = json.loads(run("audit", "--json").stdout)["lines"]
    assert (line["by"], line["why"], line["action"], line["company"]) == ("eva", "last year's books", "skip", "other")
    assert "last year's books" in run("audit").stdout


def test_who_ordered_it_is_the_user_of_this_machine_when_nobody_is_named(run, three, monkeypatch):
    monkeypatch.setenv("LOGNAME", "lucia")
    run("resync", str(three["closed"]))
    assert json.loads(run("audit", "--json").stdout)["lines"][0]["by"] == "lucia"


def test_without_a_terminal_a_filter_needs_yes(run, engine, three):
    result = run("skip", "--all")
    assert result.exit_code == 2
    assert "3 errors match" in " ".join(result.stderr.replace("│", " ").split())
    assert State.SKIPPED not in rows(engine).values()
    assert run("skip", "--all", "--yes").exit_code == 0
    assert set(rows(engine).values()) == {State.SKIPPED}


@pytest.mark.parametrize(("answer", "code", "done"), [("n\n", 1, False), ("y\n", 0, True)])
def test_a_person_is_asked_before_a_filter_is_carried_out(run, engine, three, monkeypatch, answer, code, done):
    monkeypatch.setattr("errors.cli._at_a_terminal", lambda: True)
    result = run("skip", "--company", "acme", answer=answer)
    assert result.exit_code == code
    assert "2 errors" in result.stderr
    assert (State.SKIPPED in rows(engine).values()) is done


def test_an_order_for_nothing_in_particular_is_a_mistake(run, three):
    assert run("resync").exit_code == 2


def test_nothing_that_matches_is_exit_code_1(run):
    result = run("resync", "--company", "nobody", "--yes")
    assert (result.exit_code, result.stderr) == (1, "No error matches.\n")


def test_a_refused_order_tells_why_does_nothing_and_is_exit_code_1(run, engine, three):
    result = run("delete", str(three["customer"]), str(three["closed"]))
    assert result.exit_code == 1
    assert result.stderr.count("Only services can be deleted") == 2
    assert "Nothing was done." in result.stderr
    assert set(rows(engine).values()) == {State.OPEN}


def test_a_skip_is_taken_back(run, engine, three):
    run("skip", "--all", "--yes")
    answer = json.loads(run("unskip", "--company", "other", "--yes", "--json").stdout)
    assert answer == {"action": "unskip", "done": [three["closed"]], "already": [], "refused": []}
    assert rows(engine, state=State.OPEN) == {three["closed"]: State.OPEN}


def test_a_second_resync_says_that_it_adds_nothing(run, three):
    run("resync", str(three["closed"]))
    result = run("resync", str(three["closed"]))
    assert (result.exit_code, result.stdout) == (0, f"Ordered before, nothing added: {three['closed']}\n")


def test_the_suggested_number_is_used_in_one_command(run, engine, three):
    assert run("use-number", str(three["duplicate"])).exit_code == 0
    with engine.connect() as connection:
        assert queue.pending_actions(connection, "acme")[0].value == "1043"
    assert run("use-number", str(three["duplicate"]), "9" * 22).exit_code == 1
    assert run("use-number", str(three["closed"]), "7").exit_code == 1


def test_amounts_are_written_in_the_readers_way(engine, three):
    result = CliRunner().invoke(app, ["list"], obj=Desk(engine, "es"), catch_exceptions=False)
    assert "12.302,05 USD" in " ".join(result.stdout.split())
