"""Pages from templates: everything that is not ours is escaped, and every word is in the reader's language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.dates import format_timedelta
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from errors import action_words, wording
from errors.fact_words import fact_word
from errors.kinds import AFTER_A_LOOK, FOR_MANY, WHICH_CUSTOMER, Action
from errors.language import LANGUAGES, _, current, fix, say, sentence, steps, told
from worker.site.people import Role

if TYPE_CHECKING:
    from worker.site.door import Visit

HERE = Path(__file__).parent
STATIC = HERE / "static"


def page(visit: Visit, template: str, status: int, facts: Mapping[str, Any]) -> Response:
    shown = (
        _environment()
        .get_template(template)
        .render(
            **facts,
            visit=visit,
            url=visit.desk.url,
            stamp=visit.desk.keeper.stamp(visit.cookie),
            ago=lambda moment: ago(moment, visit.now),
            language=current(),
        )
    )
    return HTMLResponse(shown, status)


def refusal(visit: Visit, status: int, text: str) -> Response:
    return page(visit, "refusal.html", status, {"text": text, "title": _("Not done")})


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in words."""
    if abs(moment - now) < timedelta(seconds=5):
        return _("just now")
    return format_timedelta(moment - now, add_direction=True, locale=current())


def span(length: timedelta) -> str:
    return format_timedelta(length, locale=current())


def number(count: int) -> str:
    return format_decimal(count, locale=current())


@cache
def asset(name: str) -> str:
    """The path of a file of ours, with its fingerprint: a new version is never taken from an old cache."""
    return f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        _=_,
        say=say,
        told=told,
        sentence=sentence,
        fix=fix,
        steps=steps,
        wording=wording,
        words=action_words,
        AFTER_A_LOOK=AFTER_A_LOOK,
        FOR_MANY=FOR_MANY,
        WHICH_CUSTOMER=WHICH_CUSTOMER,
        Action=Action,
        fact_word=fact_word,
        asset=asset,
        number=number,
        span=span,
        Role=Role,
        languages=LANGUAGES,
    )
    return made
