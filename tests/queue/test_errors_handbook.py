"""docs/errors.md tells every kind of error, every action and every exit code there is."""

import re
from pathlib import Path

import pytest

from errors import handbook
from errors.kinds import KINDS, Action, Category
from errors.tables import State

PAGE = Path(__file__).parent.parent.parent / "docs" / "errors.md"


def test_the_page_holds_the_table_of_kinds_as_it_is_now():
    page = PAGE.read_text(encoding="utf-8")
    assert page == handbook.renewed(page), "run: python -m errors.handbook"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_every_kind_stands_there_with_its_sentence_and_its_fix(kind):
    (row,) = [line for line in handbook.kinds_as_markdown().splitlines() if line.startswith(f"| `{kind.code}` |")]
    for text in (kind.sentence(), kind.fix):
        assert re.sub(r"\{(\w+)\}", r"*\1*", text.replace("|", r"\|")) in row


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.steps], ids=lambda kind: kind.code)
def test_the_way_through_quickbooks_stands_there_step_by_step(kind):
    (way,) = re.findall(rf"^### `{kind.code}`\n\n((?:\d+\. .*\n)+)", handbook.kinds_as_markdown(), re.MULTILINE)
    steps = [re.sub(r"\{(\w+)\}", r"*\1*", step) for step in kind.steps]
    assert way.splitlines() == [f"{place}. {step}" for place, step in enumerate(steps, start=1)]


@pytest.mark.parametrize("word", [*Category, *State, *Action])
def test_every_category_state_and_action_is_explained(word):
    page = PAGE.read_text(encoding="utf-8")
    assert f"`{word}`" in page or f"cuadre errors {word}" in page


def test_a_page_without_the_part_about_kinds_is_refused():
    with pytest.raises(ValueError, match="No part between"):
        handbook.renewed("# Errors")
