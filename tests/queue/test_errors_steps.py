"""The way through QuickBooks, step by step: which kinds have one, and where a person reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, create_engine
from typer.testing import CliRunner

from errors import language, queue, samples
from errors.blocked import Blocked
from errors.cli import app
from errors.digest import FEW, Digest
from errors.facts import rebuild
from errors.kinds import (
    KINDS,
    Category,
    ConnectionLost,
    CustomerInactive,
    CustomerNotFound,
    CustomerUnlinked,
    Kind,
    PeriodClosed,
    RefusedByQuickBooks,
    Verb,
)
from errors.language import steps
from errors.letterhead import Letterhead, Recipient
from errors.message import LONGEST_TEXT, render
from errors.problem import Fault, Problem
from errors.tables import metadata
from tests.queue.test_errors_cli import NOON, Desk
from tests.queue.test_errors_message import HOSTILE, tags

ANA, LUIS = Recipient(address="ana@example.com"), Recipient(address="luis@example.com", language="es")
PLAIN = Letterhead()
WITHOUT_A_WAY = {
    RefusedByQuickBooks,  # only QuickBooks' own words tell what is to be corrected
    CustomerUnlinked,  # mended with a choice in Cuadre
}


def inactive(name: str) -> Problem:
    return Problem(kind=CustomerInactive, subject=name, facts={"name": name})


def told(problem: Problem, number: int = 1) -> Digest:
    (row, *_others) = samples.VALUES["problems"](NOON)["digest"].rows
    rows = [replace(row, id=place, problem=problem) for place in range(1, number + 1)]
    return Digest(rows=rows, counts={("main", Category.ACCOUNTS): number}, open=number)


# --- which kinds ------------------------------------------------------------------------------------------------------


def test_whoever_is_sent_to_quickbooks_is_told_the_way() -> None:
    waiting = [kind for kind in KINDS.values() if kind.verb in {Verb.ASK, Verb.HALT}]
    sent = {kind for kind in waiting if "QuickBooks" in kind.fix}
    assert [kind.code for kind in sent - WITHOUT_A_WAY if not kind.steps] == []


@pytest.mark.parametrize(
    "code",
    [
        *("customer-not-found", "customer-ambiguous", "customer-name-taken", "customer-inactive"),
        *("service-not-found", "service-ambiguous", "service-name-taken", "service-inactive", "service-account-wrong"),
        *("account-missing", "account-type-wrong", "account-refused", "inactive-reference", "period-closed"),
        *("payment-method-unknown", "payment-method-not-credit-card", "tax-code-missing", "currency-refused"),
        *("job-numbers-refused", "duplicate-number", "link-refused", "totals-differ", "deposited", "matched-with-bank"),
        *("changed-in-quickbooks", "deleted-in-quickbooks", "settled-by-quickbooks-payments", "not-permitted"),
        *("subscription-ended", "connection-lost"),
    ],
)
def test_every_cause_that_is_mended_in_quickbooks_has_its_way(code: str) -> None:
    assert len(KINDS[code].steps) >= 3


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.steps], ids=lambda kind: kind.code)
def test_a_way_ends_in_cuadre_unless_it_goes_on_by_itself(kind: type[Kind]) -> None:
    assert kind.steps[-1].startswith("In Cuadre: ") == (kind.verb is Verb.ASK)
    assert len(set(kind.steps)) == len(kind.steps)
    assert kind.fix not in kind.steps


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if not kind.steps], ids=lambda kind: kind.code)
def test_what_mends_itself_or_is_mended_elsewhere_has_none(kind: type[Kind]) -> None:
    problem = Problem(kind=kind, subject="x", facts=dict.fromkeys(kind.placeholders(), "X"))
    assert steps(problem, "es") == []


def test_a_step_may_name_a_fact_that_no_sentence_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a row that an earlier version wrote, which did not know it."""
    monkeypatch.setattr(CustomerInactive, "steps", ("Find {name} in {place}.",))
    with pytest.raises(ValueError, match="place"):
        inactive("Ana")
    assert steps(rebuild(CustomerInactive.code, "x", {"name": "Ana"}, Fault())) == ["Find Ana in ?."]


def test_facts_are_told_by_the_readers_customs() -> None:
    problem = Problem(kind=PeriodClosed, subject="x", facts={"closing_date": date(2026, 3, 31)})
    assert "Mar 31, 2026" in steps(problem, "en")[-1]
    assert "31 mar 2026" in steps(problem, "es")[-1]


# --- in a mail --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [ANA, LUIS], ids=["en", "es"])
def test_a_mail_about_few_problems_tells_each_step(to: Recipient) -> None:
    message = render("problems", to, PLAIN, digest=told(inactive("Ana"), FEW))
    way = steps(inactive("Ana"), to.language)
    assert all(message.text.count(f"    {place}. {step}\n") == FEW for place, step in enumerate(way, start=1))
    assert message.html.count("<ol") == FEW
    assert tags(message.html).open == []


def test_a_mail_about_many_problems_stays_short() -> None:
    message = render("problems", ANA, PLAIN, digest=told(inactive("Ana"), FEW + 1))
    assert language.fix(inactive("Ana"), "en") in message.text
    assert "1. " not in message.text
    assert "<ol" not in message.html


@pytest.mark.parametrize("to", [ANA, LUIS], ids=["en", "es"])
def test_a_mail_about_a_company_that_stopped_tells_each_step(to: Recipient) -> None:
    row = samples.VALUES["halt"](NOON)["row"]
    message = render("halt", to, PLAIN, row=row)
    assert row.problem.kind is ConnectionLost
    assert all(f"{place}. {step}\n" in message.text for place, step in enumerate(steps(row.problem, to.language), 1))
    assert "<ol" in message.html


def test_markup_in_a_step_does_nothing_and_no_name_makes_it_endless() -> None:
    message = render("problems", ANA, PLAIN, digest=told(inactive(HOSTILE + "x" * 100_000)))
    assert "img" not in tags(message.html).names
    assert "Find &lt;img" in message.html
    assert "\u202e" not in message.html + message.text
    assert all(len(line) <= LONGEST_TEXT + 200 for line in message.text.splitlines())
    assert len(message.html) < 20_000


# --- at the command line ----------------------------------------------------------------------------------------------


@pytest.fixture
def engine(tmp_path: object) -> Engine:
    """What the commands ask of PostgreSQL is tested below them."""
    engine = create_engine(f"sqlite:///{tmp_path}/state.sqlite")
    metadata.create_all(engine)
    return engine


@pytest.mark.parametrize("tongue", ["en", "es"])
def test_the_command_line_shows_the_way_of_one_error(engine: Engine, tongue: str) -> None:
    problem = Problem(kind=CustomerNotFound, subject="customer 1", facts={"name": "Ana [bold]\x1b[31m Ruiz"})
    about = Blocked(company="main", category=Category.INVOICES, document_kind="invoice", local_id="1", label="1042")
    with engine.begin() as connection:
        error_id = queue.record(connection, problem, about, NOON)
    try:
        shown, written = (
            CliRunner().invoke(app, ["show", str(error_id), *more], obj=Desk(engine, tongue), catch_exceptions=False)
            for more in ((), ("--json",))
        )
    finally:
        language.use("en")
        engine.dispose()
    way = steps(problem, tongue)
    assert json.loads(written.stdout)["steps"] == way
    lines = [f"  {place}. {step}".replace("\x1b", " ") for place, step in enumerate(way, start=1)]
    assert [line for line in shown.stdout.splitlines() if line.startswith("  ") and line.strip()[0].isdigit()] == lines
