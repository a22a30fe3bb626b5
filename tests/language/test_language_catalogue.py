"""Everything a person reads is in both languages."""

from __future__ import annotations

import ast
from datetime import date
from decimal import Decimal

import pytest

from connectors.documents import DocumentKind
from errors import catalogue
from errors.kinds import KINDS
from errors.language import LANGUAGES, fix, localised, say, sentence, steps
from errors.problem import Name, Problem
from worker.state.machine import State

OTHERS = [language for language in LANGUAGES if language != catalogue.SOURCE]


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_that_can_be_said_lacks_a_translation(language: str) -> None:
    assert catalogue.missing(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_the_same_facts_as_its_message(language: str) -> None:
    assert catalogue.misspelt(language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_holds_no_message_that_nobody_says(language: str) -> None:
    held = {str(message.id) for message in catalogue.load(language) if message.id}
    assert held - catalogue.messages() == set()


def test_the_extraction_overlooks_no_literal_wherever_it_stands() -> None:
    """Babel reads tokens and sees nothing inside an f-string; the syntax tree does."""
    said = set()
    for package in catalogue.PACKAGES:
        for file in (catalogue.ROOT / package).rglob("*.py"):
            calls = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
            said |= {
                call.args[0].value
                for call in calls
                if isinstance(call.func, ast.Name)
                and call.func.id in {"_", "say", "phrase"}
                and call.args
                and isinstance(call.args[0], ast.Constant)
            }
    assert said - {""} - catalogue.messages() == set()


def test_words_that_are_said_through_a_variable_are_in_the_catalogue() -> None:
    said = {kind.value for kind in DocumentKind} | {state.value for state in State}
    assert said <= set(catalogue.WORDS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_of_error_reads_in_every_language(code: str, language: str) -> None:
    kind = KINDS[code]
    problem = Problem(kind=kind, subject="x", facts=dict.fromkeys(kind.placeholders(), "X"))
    told = [sentence(problem, language), fix(problem, language), *steps(problem, language)]
    assert all(told)
    assert "{" not in "".join(told)


def test_amounts_dates_and_names_follow_the_readers_customs() -> None:
    facts = {"amount": Decimal("1234.5"), "day": date(2026, 3, 2), "document": Name("invoice", "1042")}
    assert localised(facts, "en") == {"amount": "1,234.50", "day": "Mar 2, 2026", "document": "invoice 1042"}
    assert localised(facts, "es") == {"amount": "1.234,50", "day": "2 mar 2026", "document": "factura 1042"}


def test_a_sentence_changes_its_language_with_its_reader() -> None:
    assert say("skipped", "es") != say("skipped", "en")
