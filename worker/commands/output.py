"""What a command writes: tables and sentences for people, one JSON document for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from errors.language import _

Json = Annotated[bool, typer.Option("--json", help=_("One JSON document, for a machine to read."))]


def console() -> Console:
    return Console(highlight=False)


def complaints() -> Console:
    """Standard error."""
    return Console(stderr=True, highlight=False)


def line(text: str) -> None:
    """A sentence, as it is: brackets are no markup, and a terminal's width breaks nothing that is piped."""
    console().print(text, markup=False, soft_wrap=True)


def complain(text: str) -> None:
    complaints().print(text, markup=False, soft_wrap=True)


def document(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=_plain) + "\n")


def table(headings: Iterable[str], rows: Iterable[Iterable[str]], *, whole: Collection[int] = ()) -> None:
    """A table as wide as it needs; the columns `whole` are the last whose lines are broken."""
    from rich.text import Text  # noqa: PLC0415 - only when something is shown

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        drawn.add_column(heading, no_wrap=place in whole)
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    console().print(drawn)


def moment(value: datetime | None) -> str:
    """A time as a person reads it, to the minute, in UTC."""
    return value.strftime("%Y-%m-%d %H:%M UTC") if value else "-"


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
