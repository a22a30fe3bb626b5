"""A problem is stored once, and read by people of several languages: nothing in it is translated before it is read."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import create_engine

from connectors.documents import DocumentKind
from connectors.local import rows
from errors import deciding, facts, language, orders, queue, views
from errors.fact_words import fact_word
from errors.kinds import KINDS, Category, DuplicateNumber, InvalidField, QuickBooksUnavailable
from errors.language import sentence, told
from errors.problem import Fact, Name, Phrase, Problem, ProblemError, joined, phrase
from errors.selection import Selection
from errors.tables import metadata

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ROW = {"id": 7, "name": "Window\tcleaning:all", "price": "much"}


def stored(problem: Problem) -> Problem:
    """As the error table gives it back."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    about = queue.Blocked(
        company="main", category=Category.SERVICES, document_kind="service", local_id="7", label="Window"
    )
    with engine.begin() as connection:
        error_id = queue.record(connection, problem, about, NOON)
        (row,) = queue.list_errors(connection, Selection(ids=(error_id,)))
    engine.dispose()
    return row.problem


def test_one_stored_problem_reads_in_english_and_in_spanish() -> None:
    language.use("es")  # the worker's language is nobody's business
    try:
        found = rows.document(DocumentKind.SERVICE, ROW)
    finally:
        language.use("en")
    assert isinstance(found, tuple)
    for made in found:
        kept = stored(made)
        assert kept == made
        assert sentence(kept, "en") != sentence(kept, "es")
    (amount,) = [stored(each) for each in found if each.kind is InvalidField]
    assert "which is not an amount such as 1234.50" in sentence(amount, "en")
    assert "an amount such as" not in sentence(amount, "es")
    assert told(amount.facts["expected"], "es") in sentence(amount, "es")
    (signs,) = [stored(each) for each in found if each.kind is not InvalidField]
    assert "“:”" in sentence(signs, "en")
    assert "a tab" in sentence(signs, "en")
    assert "a tab," not in sentence(signs, "es")


def test_a_phrase_holds_facts_of_every_type_and_other_phrases() -> None:
    inner = phrase("at most the payment's total, {total}", total=Decimal("1234.50"))
    whole = phrase("{field} in line {line}", field=inner, line=2)
    named: dict[str, Fact] = {"a": whole, "b": Name("invoice", "17"), "c": joined([inner, "x"], "; ")}
    assert facts.load(facts.dump(named)) == named
    assert told(whole, "en") == "at most the payment's total, 1,234.50 in line 2"
    assert "1,234.50" not in told(whole, "es")
    assert str(joined([phrase("a tab"), "{x}"])) == "a tab, {x}"
    assert joined(["alone"]) == "alone"
    assert len({whole, phrase("{field} in line {line}", field=inner, line=2)}) == 1


def test_an_exception_tells_its_phrases_in_english_whatever_the_language() -> None:
    language.use("es")
    try:
        detail = phrase("no answer ({failure})", failure="ReadTimeout")
        error = ProblemError(Problem(kind=QuickBooksUnavailable, subject="x", facts={"detail": detail}))
    finally:
        language.use("en")
    assert "no answer (ReadTimeout)" in str(error)


def test_what_became_of_an_order_is_told_in_the_readers_language() -> None:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    known: dict[str, Fact] = dict.fromkeys(DuplicateNumber.placeholders(), "x")
    problem = Problem(kind=DuplicateNumber, subject="invoice 1", facts=known)
    about = queue.Blocked(
        company="main", category=Category.INVOICES, document_kind="invoice", local_id="1", label="1042"
    )
    try:
        with engine.begin() as connection:
            error_id = queue.record(connection, problem, about, NOON)
            for number in ("A-1", "A-2"):
                deciding.use_number(connection, error_id, number, by="ana", now=NOON)
            replaced, waiting = orders.history(connection, error_id)
    finally:
        engine.dispose()
    assert isinstance(replaced.result, Phrase)
    assert views.line_json(replaced)["result"] == "Replaced by a later order"
    assert told(replaced.result, "es") != told(replaced.result, "en")
    assert waiting.result is None


def test_every_fact_that_a_sentence_names_has_a_word_before_it_on_the_page() -> None:
    names = {name for kind in KINDS.values() for name in kind.placeholders()}
    assert [name for name in sorted(names) if fact_word(name) == name.replace("_", " ")] == []
