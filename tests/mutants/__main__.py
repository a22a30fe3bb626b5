"""`make mutants`: the guards are removed one at a time, in a copy of the tree; the suite must go red each time.

`python -m tests.mutants [WORD ...]`: only the mutants whose guard is told with one of these words.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.customers import CUSTOMERS
from tests.mutants.mails import MAILS
from tests.mutants.mending import MENDING
from tests.mutants.people import PEOPLE
from tests.mutants.sides import SIDES

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "node_modules")
EVERYTHING = ("tests/faults", "tests/story", "tests/state", "tests/quickbooks", "tests/local", "tests/daemon")
RED = 1  # pytest's exit code when a test failed; all others but 0 mean that it could not even run
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$", re.MULTILINE)


class BrokenError(Exception):
    """The tests could not run: such a mutant proves nothing."""


def main(words: Sequence[str]) -> int:
    """Exit code 1 when a mutant lives."""
    chosen = [
        one
        for one in (*MUTANTS, *CUSTOMERS, *MAILS, *MENDING, *PEOPLE, *SIDES)
        if not words or any(word in one.removes for word in words)
    ]
    living: list[Mutant] = []
    with tempfile.TemporaryDirectory(prefix="cuadre-") as directory:
        tree = Path(directory) / "cuadre"
        shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
        for mutant in chosen:
            caught = _caught(mutant, tree)
            living += [] if caught else [mutant]
            _say(f"{'killed  ' if caught else 'SURVIVED'} {mutant.removes}\n         {caught or 'nobody noticed'}")
    _say(f"mutants={len(chosen)} killed={len(chosen) - len(living)} survived={len(living)}")
    return 1 if living or not chosen else 0


def _caught(mutant: Mutant, tree: Path) -> str:
    """The test that went red; "" when none did."""
    before = mutant.apply(tree)
    try:
        return _red(tree, mutant.tests) or _red(tree, EVERYTHING)
    finally:
        (tree / mutant.file).write_text(before)


def _red(tree: Path, tests: Sequence[str]) -> str:
    """The first test that fails.

    Raises:
        BrokenError: pytest could not run them.
    """
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    failed = FAILED.search(done.stdout)
    if done.returncode != RED or failed is None:
        raise BrokenError(done.stdout[-3000:] + done.stderr[-3000:])
    return failed[1]


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
