"""Every mutant of `make mutants` still finds the text that it removes; whether the suite notices is seen there."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from tests.mutants.catalogue import MUTANTS, Mutant, PatchError
from tests.mutants.customers import CUSTOMERS
from tests.mutants.mails import MAILS
from tests.mutants.mending import MENDING
from tests.mutants.people import PEOPLE
from tests.mutants.sides import SIDES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "mutant", [*MUTANTS, *CUSTOMERS, *MAILS, *MENDING, *PEOPLE, *SIDES], ids=lambda mutant: mutant.removes
)
def test_a_mutant_finds_what_it_removes_and_leaves_a_file_that_can_be_read(mutant: Mutant, tmp_path: Path) -> None:
    (tmp_path / mutant.file).parent.mkdir(parents=True)
    shutil.copyfile(ROOT / mutant.file, tmp_path / mutant.file)
    before = mutant.apply(tmp_path)
    after = (tmp_path / mutant.file).read_text()
    assert after != before
    ast.parse(after)
    for chosen in mutant.tests:
        assert (ROOT / chosen.partition("::")[0]).exists(), chosen


def test_a_mutant_whose_text_is_gone_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    mutant = Mutant(removes="nothing", file="a.py", old="y = 1", new="", tests=())
    with pytest.raises(PatchError, match="found 0 times"):
        mutant.apply(tmp_path)


def test_the_guards_that_were_promised_are_among_them() -> None:
    told = " ".join(mutant.removes for mutant in MUTANTS)
    promised = ("request id", "intent", "fence", "recovery query", "limiter", "overlap", "refresher's lock")
    assert [guard for guard in promised if guard not in told] == []
