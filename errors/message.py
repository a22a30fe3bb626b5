"""A message is three templates (subject.txt, text.txt, message.html) in a folder of errors/mails, for every language.

A template says its sentences through the catalogue: `_("...")`, and `say("...", name=value)` with facts in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from errors import language, wording
from errors.letterhead import Letterhead, Recipient
from errors.wording import plain

MAILS = Path(__file__).parent / "mails"
COMMAND = re.compile("`([^`]+)`")  # `cuadre errors list` in a sentence
LONGEST_SUBJECT = 150  # characters; a phone shows forty
LONGEST_TEXT = 600  # of one sentence: a name from a database may be of any length


def _tidy(value: object) -> object:
    """What a template writes: one bearable line, whatever a database holds. Markup is made of such lines already."""
    return cut(plain(value)) if isinstance(value, str) and not isinstance(value, Markup) else value


_templates = Environment(
    loader=FileSystemLoader(MAILS),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,  # a template that names what is not given fails in the tests, not in silence
    finalize=_tidy,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _marked(text: str) -> Markup:
    """Commands in a sentence as code, everything else escaped."""
    return Markup(COMMAND.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped right here


_templates.filters["marked"] = _marked


@dataclass(frozen=True, kw_only=True)
class Message:
    """One mail, as its reader sees it."""

    subject: str
    text: str
    html: str


def render(kind: str, to: Recipient, letterhead: Letterhead, /, **values: object) -> Message:
    """Fill the templates of the folder `kind` for this reader.

    Raises:
        jinja2.UndefinedError: a template names a value that is not given.
    """
    given = words(to, letterhead) | values
    given["words"] = _own_words(kind, given)
    subject = cut(plain(_fill(f"{kind}/subject.txt", given)).strip(), LONGEST_SUBJECT)
    given["subject"] = subject
    text = _fill(f"{kind}/text.txt", given)
    return Message(subject=subject, text=_squeezed(text), html=_fill(f"{kind}/message.html", given))


def words(to: Recipient, letterhead: Letterhead) -> dict[str, Any]:
    """What every template may say: sentences in the reader's language, figures and times by the reader's customs."""
    locale = to.locale

    def telling(function: Callable[..., str]) -> Callable[..., str]:
        return lambda subject: cut(plain(function(subject, locale)))

    def say(message: str, **facts: Any) -> str:
        return cut(plain(language.say(message, locale, **facts)))

    return {
        "tag": to.language,
        "letterhead": letterhead,
        "_": lambda message: language._(message, locale),
        "say": say,
        "sentence": telling(language.sentence),
        "fix": telling(language.fix),
        "steps": lambda problem: [cut(plain(step)) for step in language.steps(problem, locale)],
        "blocks": telling(wording.blocks),
        "category": telling(wording.category_word),
        "support": telling(wording.support),
        "moment": partial(moment, letterhead=letterhead, locale=locale),
        "day": lambda at: plain(format_date(_local(at, letterhead), "long", locale=locale)),
        "number": lambda count: format_decimal(count, locale=locale),
        "money": lambda amount, currency: wording.money(amount, currency, locale),
    }


def moment(at: datetime, *, letterhead: Letterhead, locale: str) -> str:
    """Date and time on the reader's wall, with the zone that it is told in."""
    local = at.astimezone(letterhead.zone)
    written = f"{format_date(local, 'medium', locale=locale)}, {format_time(local, 'short', locale=locale)}"
    return f"{plain(written)} {local.tzname() or ''}".rstrip()


def cut(text: str, longest: int = LONGEST_TEXT) -> str:
    """At most so many characters, the last of them an ellipsis where something is missing."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _local(at: datetime | date, letterhead: Letterhead) -> date:
    return at.astimezone(letterhead.zone).date() if isinstance(at, datetime) else at


def _own_words(kind: str, values: Mapping[str, object]) -> SimpleNamespace:
    """What text and html of this message have in common: the macros of its words.txt, as functions that tell plain text
    (a macro called from an html template would pass for html, unescaped).
    """
    name = f"{kind}/words.txt"
    if not (MAILS / name).exists():
        return SimpleNamespace()
    module = _templates.get_template(name).make_module(dict(values))
    macros = {macro: getattr(module, macro) for macro in module.__dict__ if not macro.startswith("_")}
    return SimpleNamespace(**{macro: _plainly(function) for macro, function in macros.items()})


def _plainly(macro: Callable[..., str]) -> Callable[..., str]:
    return lambda *arguments: str(macro(*arguments)).strip()


def _fill(name: str, values: Mapping[str, object]) -> str:
    return _templates.get_template(name).render(values)


def _squeezed(text: str) -> str:
    """No blank line twice in a row, none at either end: parts that a message lacks leave no holes."""
    lines: list[str] = []
    for line in map(str.rstrip, text.splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip("\n") + "\n"
