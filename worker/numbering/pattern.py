"""The format of a range of numbers (promise B5): `PS{i;3}` makes PS004, `{yyyy}/{i;4}` makes 2026/0004. Pure.

Variables: {yyyy} {yy} {mm} {dd} {qq} of the document's date ({aaaa} and {aa} are Spanish for the years); the counters
{i;n} of the invoice, {c;n} of its cancellations, {ci;n} of its credits, with at least n digits; {i,n} is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from itertools import pairwise

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from errors.problem import Phrase, phrase
from worker.rules.duplicates import NUMBER_LENGTH

COUNTERS = ("i", "c", "ci")
YEARS = {"yyyy": "yyyy", "aaaa": "yyyy", "yy": "yy", "aa": "yy"}
MOMENTS = {**YEARS, "mm": "mm", "dd": "dd", "qq": "qq"}
WIDEST = 15  # digits: more never fit beside anything else
LONGEST = 100  # characters of a format

_TEXT = re.compile(r"[!-z|~]+")  # what can be seen of ASCII, without space and braces
_DIGITS = {"yyyy": r"\d{4}", "yy": r"\d{2}", "mm": r"\d{2}", "dd": r"\d{2}", "qq": r"0[1-4]"}


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """What is wrong with a format, and at which character, from 1."""

    column: int
    says: Phrase


@dataclass(frozen=True, kw_only=True)
class Part:
    """Literal text, or a variable by name; `width`: least digits of a counter."""

    text: str = ""
    variable: str = ""
    width: int = 0

    @property
    def counts(self) -> bool:
        return self.variable in COUNTERS


@dataclass(frozen=True)
class Pattern:
    """A format that was read."""

    text: str
    parts: tuple[Part, ...]

    @property
    def has_year(self) -> bool:
        return any(part.variable in {"yyyy", "yy"} for part in self.parts)

    @property
    def counters(self) -> frozenset[str]:
        return frozenset(part.variable for part in self.parts if part.counts)

    def number(self, day: date, counters: Mapping[str, int]) -> str:
        """The number of a document of this day. Raises KeyError for a counter that is not given."""
        return "".join(_said(part, day, counters) for part in self.parts)

    def counted(self, number: str) -> Mapping[str, int] | None:
        """The counters of a number of this format, whatever its date; None for a number of another one."""
        match = _expression(self.parts).fullmatch(number)
        if match is None:
            return None
        return {name: int(value) for name, value in match.groupdict().items()}


def read(text: str) -> Pattern | tuple[Mistake, ...]:
    """A format, or everything that is wrong with it."""
    if len(text) > LONGEST:
        says = phrase("a format has at most {most} characters", most=LONGEST)
        return (Mistake(column=LONGEST + 1, says=says),)
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        return (_unreadable(text, error.column if error.column > 0 else len(text) + 1),)
    found = [each for node in tree.children if isinstance(node, Tree) for each in _node(node)]
    mistakes = [each for each in found if isinstance(each, Mistake)]
    parts = tuple(each for each in found if isinstance(each, Part))
    mistakes += [] if mistakes else list(_whole(text, parts))
    return tuple(mistakes) or Pattern(text, parts)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = resources.files(__package__ or "").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, start="pattern", parser="lalr", lexer="contextual")


def _unreadable(text: str, column: int) -> Mistake:
    if column > len(text) or text.rfind("{") > text.rfind("}"):
        return Mistake(column=text.rfind("{") + 1 or column, says=phrase("this brace is never closed"))
    return Mistake(column=column, says=phrase('"{character}" is not expected here', character=text[column - 1]))


def _node(node: Tree[Token]) -> Iterator[Part | Mistake]:
    tokens = [token for token in node.children if isinstance(token, Token)]
    if node.data == "text":
        yield from _literal(tokens[0])
        return
    named = {token.type: token for token in tokens}
    yield _variable(named["NAME"], named.get("WIDTH") or named.get("SEPARATOR"))


def _literal(token: Token) -> Iterator[Part | Mistake]:
    """No spaces, and nothing that a keyboard in another country lacks (promise B5)."""
    strange = [place for place, character in enumerate(token) if not _TEXT.fullmatch(character)]
    for place in strange:
        says = phrase(
            '"{character}" cannot stand in a number: only letters a-z, digits and signs, no spaces',
            character=token[place],
        )
        yield Mistake(column=(token.column or 1) + place, says=says)
    if not strange:
        yield Part(text=str(token))


def _variable(name: Token, width: Token | None) -> Part | Mistake:
    known = str(name).strip().lower()
    column = name.column or 1
    if known in MOMENTS:
        if width is not None:
            return Mistake(column=column, says=phrase("{{{name}}} has no width", name=known))
        return Part(variable=MOMENTS[known])
    if known not in COUNTERS:
        return Mistake(column=column, says=_unknown(str(name)))
    digits = "0" if width is None else str(width).strip()
    if not digits.isascii() or not digits.isdigit() or int(digits[:4]) > WIDEST:
        says = phrase("the width is a whole number from 0 to {most}", most=WIDEST)
        return Mistake(column=(width.column if width is not None else column) or column, says=says)
    return Part(variable=known, width=int(digits))


def _unknown(name: str) -> Phrase:
    near = get_close_matches(name.lower(), [*MOMENTS, *COUNTERS], n=2, cutoff=0.5)
    shown = name[:20]
    if len(near) == 2:
        return phrase(
            "unknown variable {{{name}}}: did you mean {{{first}}} or {{{second}}}?",
            name=shown,
            first=near[0],
            second=near[1],
        )
    if near:
        return phrase("unknown variable {{{name}}}: did you mean {{{first}}}?", name=shown, first=near[0])
    known = ", ".join(f"{{{each}}}" for each in (*MOMENTS, *COUNTERS))
    return phrase("unknown variable {{{name}}}; there are {known}", name=shown, known=known)


def _whole(text: str, parts: tuple[Part, ...]) -> Iterator[Mistake]:
    counters = [part.variable for part in parts if part.counts]
    if not counters:
        yield Mistake(column=len(text) + 1, says=phrase("a format needs a counter, such as {{i;3}}"))
    if len(counters) != len(set(counters)):
        yield Mistake(column=1, says=phrase("each counter may stand once only"))
    together = next((a for a, b in pairwise(parts) if a.counts and b.variable), None)
    if together is not None:
        yield Mistake(
            column=1,
            says=phrase("text must stand behind {{{name}}}: its end could not be told", name=together.variable),
        )
    shortest = Pattern(text, parts).number(date(2000, 1, 1), dict.fromkeys(COUNTERS, 1))
    if len(shortest) > NUMBER_LENGTH:
        yield Mistake(
            column=1,
            says=phrase("{number} has more than {most} characters", number=shortest, most=NUMBER_LENGTH),
        )


def _said(part: Part, day: date, counters: Mapping[str, int]) -> str:
    if part.counts:
        return f"{counters[part.variable]:0{part.width}d}"
    moments = {
        "yyyy": f"{day.year:04}",
        "yy": f"{day.year % 100:02}",
        "mm": f"{day.month:02}",
        "dd": f"{day.day:02}",
        "qq": f"{(day.month + 2) // 3:02}",
    }
    return moments.get(part.variable, part.text)


@lru_cache(maxsize=256)
def _expression(parts: tuple[Part, ...]) -> re.Pattern[str]:
    said = (
        re.escape(part.text)
        if not part.variable
        else f"(?P<{part.variable}>[0-9]{{{max(part.width, 1)},{WIDEST}}})"
        if part.counts
        else _DIGITS[part.variable]
        for part in parts
    )
    return re.compile("".join(said), re.ASCII)
