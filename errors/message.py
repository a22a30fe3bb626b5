"""A message is three templates (subject, text, html) in errors/templates; sentences come in translated, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from errors.wording import plain

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, kw_only=True)
class Message:
    subject: str
    text: str
    html: str


def render(name: str, values: Mapping[str, str], rows: Sequence[Mapping[str, str]] = ()) -> Message:
    """Fill `name`.subject.txt, `name`.txt and `name`.html; `$rows` is `name`.row.txt/.html once for each row.

    Raises:
        KeyError: a template names a value that is not given.
    """
    text_rows = "\n".join(_template(f"{name}.row.txt").substitute(row) for row in rows)
    html_rows = "\n".join(_template(f"{name}.row.html").substitute(_escaped(row)) for row in rows)
    return Message(
        subject=plain(_template(f"{name}.subject.txt").substitute(values)).strip(),
        text=_template(f"{name}.txt").substitute(values, rows=text_rows),
        html=_template(f"{name}.html").substitute(_escaped(values), rows=html_rows),
    )


@cache
def _template(file: str) -> Template:
    return Template((TEMPLATES / file).read_text(encoding="utf-8"))


def _escaped(values: Mapping[str, str]) -> dict[str, str]:
    return {name: escape(value) for name, value in values.items()}
