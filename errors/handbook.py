"""The table of every kind of error, as Markdown for docs/errors.md: `python -m errors.handbook` renews it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from errors.kinds import KINDS, Category, Kind, Verb

BEGIN, END = "<!-- kinds: written by `python -m errors.handbook` -->", "<!-- end of kinds -->"
PAGE = Path(__file__).parent.parent / "docs" / "errors.md"

OF_THE_DOCUMENT = "Any document"
TITLES = {
    Category.ACCOUNTS: "Accounts",
    None: OF_THE_DOCUMENT,
    Category.INVOICES: "Invoices",
    Category.PAYMENTS: "Payments",
    Category.REFUNDS: "Refunds",
    Category.EXPENSES: "Expenses",
    Category.SERVICES: "Services",
    Category.COMPANY: "The whole company",
}
NEXT = {
    Verb.RETRY: "tried again by itself",
    Verb.WAIT: "goes on by itself",
    Verb.ASK: "waits for you",
    Verb.HALT: "the company stops",
}


def kinds_as_markdown() -> str:
    """A table for each category (code, sentence, what to do, what happens next, what else may be ordered), then the
    steps of each kind that has some.
    """
    tables = [_table(category, [kind for kind in KINDS.values() if kind.category is category]) for category in TITLES]
    ways = [_way(kind) for kind in sorted(KINDS.values(), key=lambda kind: kind.code) if kind.steps]
    return "\n".join([*filter(None, tables), "## Step by step in QuickBooks", "", *ways])


def renewed(page: str) -> str:
    """The page with its part about kinds as it should be.

    Raises:
        ValueError: the page has no such part.
    """
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"No part between {BEGIN!r} and {END!r} in this page")
    return pattern.sub(lambda _match: f"{BEGIN}\n\n{kinds_as_markdown()}\n{END}", page)


def _table(category: Category | None, kinds: Iterable[type[Kind]]) -> str:
    rows = [_row(kind) for kind in kinds]
    if not rows:
        return ""
    head = ["| code | what happened | what to do | then |", "|---|---|---|---|"]
    return "\n".join([f"### {TITLES[category]}", "", *head, *rows, ""])


def _row(kind: type[Kind]) -> str:
    then = NEXT[kind.verb] + "".join(f"; `{action.value}`" for action in kind.extra_actions)
    return f"| `{kind.code}` | {_cell(kind.sentence())} | {_cell(kind.fix)} | {then} |"


def _way(kind: type[Kind]) -> str:
    steps = (f"{place}. {_cell(step)}" for place, step in enumerate(kind.steps, start=1))
    return "\n".join([f"### `{kind.code}`", "", *steps, ""])


def _cell(text: str) -> str:
    """Facts that are filled in later stand in italics."""
    return re.sub(r"\{(\w+)\}", r"*\1*", text.replace("|", r"\|"))


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(renewed(page), encoding="utf-8")
    sys.stdout.write(f"{len(KINDS)} kinds written to docs/errors.md\n")


if __name__ == "__main__":
    main()
