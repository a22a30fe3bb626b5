"""What pydantic found, in our words: what is wrong, what was expected, and the key that was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

from errors.language import _, say
from worker.config import keys
from worker.config.mistakes import Path

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_LIMITS = {
    "greater_than": "gt",
    "greater_than_equal": "ge",
    "less_than": "lt",
    "less_than_equal": "le",
}


def sentence(error: ErrorDetails) -> str:
    """One of pydantic's errors as a sentence; a secret's value never appears in it."""
    path = error["loc"]
    if error["type"] == "extra_forbidden":
        return _unknown(path)
    if path[0] == "companies" and path[-1] == "[key]":
        return _(
            "a company's name has small letters, digits, - and _ only, at most 40, and begins with a letter or digit"
        )
    if error["type"] == "missing":
        return _("missing")
    shown = "" if keys.type_of(path) is SecretStr else _shown(error["input"])
    expected = _expected(error)
    if not shown:
        return say("expected {expected}", expected=expected)
    return say("{value} is not valid; expected {expected}", value=shown, expected=expected)


def _unknown(path: Path) -> str:
    near = keys.nearest(path)
    if near:
        return say('unknown key; did you mean "{key}"?', key=near)
    known = ", ".join(keys.of(path[:-1]) or ())
    return say("unknown key; valid keys are: {keys}", keys=known)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value) if isinstance(value, int | float) else ""


def _expected(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return say("one of: {values}", values=str(context["expected"]).replace("'", '"'))
    if kind in _LIMITS:
        return _limit(kind, context[_LIMITS[kind]])
    if kind == "string_pattern_mismatch":
        return _("an e-mail address")
    return _type(kind) or error["msg"]


def _limit(kind: str, limit: object) -> str:
    number = f"{limit:g}" if isinstance(limit, int | float) else str(limit)
    if kind == "greater_than":
        return say("a number above {limit}", limit=number)
    if kind == "less_than":
        return say("a number below {limit}", limit=number)
    if kind == "greater_than_equal":
        return say("at least {limit}", limit=number)
    return say("at most {limit}", limit=number)


def _type(kind: str) -> str:
    if kind.startswith(("int_", "float_")):
        return _("a number without quotes")
    if kind.startswith("bool_"):
        return _("true or false")
    if kind.startswith(("string_", "path_")):
        return _("a text in quotes")
    if kind.startswith(("model_", "dict_", "mapping_")):
        return _("a table of its own, in [brackets]")
    return _("a list in [brackets]") if kind.startswith(("tuple_", "list_")) else ""
