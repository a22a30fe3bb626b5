"""The error table as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from errors.language import _, fix, sentence
from errors.listing import ErrorRow, Sort, list_errors
from errors.selection import Selection
from errors.wording import category_word, plain, state_word

CHUNK = 1000
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins so


def lines(
    reading: Callable[[], AbstractContextManager[Connection]], selection: Selection, sort: Sort, language: str
) -> Iterator[str]:
    """Heading and rows, a chunk at a time: no more than a chunk is ever held."""
    yield line(_headings(language))
    offset = 0
    while True:
        with reading() as connection:
            rows = list_errors(connection, selection, CHUNK, offset, sort=sort)
        yield "".join(line(_cells(row, language)) for row in rows)
        if len(rows) < CHUNK:
            return
        offset += CHUNK


def _headings(language: str) -> tuple[str, ...]:
    return (
        _("Id", language),
        _("Company", language),
        _("Category", language),
        _("State", language),
        _("What happened", language),
        _("What to do", language),
        _("Customer", language),
        _("Documents", language),
        _("Amounts", language),
        _("Attempts", language),
        _("First time", language),
        _("Last time", language),
        _("Fault code", language),
        "intuit_tid",
    )


def _cells(row: ErrorRow, language: str) -> tuple[str, ...]:
    fault = row.problem.fault
    amounts = " ".join(f"{total} {currency}".strip() for currency, total in row.sums.items())
    return (
        str(row.id),
        row.company,
        category_word(row.category, language),
        state_word(row.state, language),
        sentence(row.problem, language),
        fix(row.problem, language),
        ", ".join(row.customers),
        str(row.blocks),
        amounts,
        str(row.attempts),
        row.first_at.isoformat(),
        row.last_at.isoformat(),
        fault.code,
        fault.trace_id,
    )


def line(cells: Iterable[str]) -> str:
    """One line of CSV that no spreadsheet runs anything of."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_harmless(plain(cell)) for cell in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
