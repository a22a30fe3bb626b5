"""The words of QuickBooks' query parser when it stumbles, as recorded (qbo-facts section 4, and 12.8)."""

from __future__ import annotations

from collections.abc import Iterable

from lark import Token

# How the parser names its tokens; any other keyword stands there in quotes and small letters.
SHOWN = {
    "$END": "<EOF>",
    "IDENTIFIER": "<IDENTIFIER>",
    "_AND": "<AND>",
    "OR": "<OR>",
    "NOT": "<NOT>",
    "STRING": "<STRING_LITERAL>",
    "NUMBER": "<NUMBER>",
    "EQUAL": '"="',
    "UNEQUAL": '"!="',
    "LESS": '"<"',
    "MORE": '">"',
    "LESS_EQUAL": '"<="',
    "MORE_EQUAL": '">="',
    "STAR": '"*"',
    "_COMMA": '","',
    "_OPEN": '"("',
    "_CLOSE": '")"',
}


def encountered(token: Token, accepted: Iterable[str], text: str) -> str:
    """Say what stood where something else was expected."""
    if token.type == "$END":
        lines = text.split("\n")
        line, column = (len(lines), len(lines[-1])) if text else (0, 0)
        found = '"<EOF>"'
    else:
        line, column = token.line or 1, token.column or 1
        found = f'" {shown(token.type)} "{_source(token, text)} ""'
    names = sorted({shown(one) for one in accepted}, key=_place)
    listed = "".join(f"    {name} {'' if name == '<EOF>' else '...'}\n" for name in names)
    expecting = "Was expecting:" if len(names) == 1 else "Was expecting one of:"
    return f"Encountered {found} at line {line}, column {column}.\n{expecting}\n{listed}    "


def lexical(text: str, position: int) -> str:
    """Say which character begins no token; a quote that nothing closes runs to the end."""
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    character = text[position]
    if character == "'":
        met, after = "<EOF>", text[position:]
    else:
        met, after = f'"{_escaped(character)}" ({ord(character)}),', ""
    return f'Invalid content. Lexical error at line {line}, column {column}.  Encountered: {met} after : "{after}"'


def shown(terminal: str) -> str:
    return SHOWN.get(terminal) or f'"{terminal.lstrip("_").lower()}"'


def _source(token: Token, text: str) -> str:
    """Return the token as written: a text has lost its quotes by then."""
    return text[token.start_pos : token.end_pos] if token.end_pos is not None else str(token)


def _place(name: str) -> tuple[bool, str]:
    return name != "<EOF>", name.strip('<>"').lower() or name


def _escaped(character: str) -> str:
    if character == '"':
        return '\\"'
    return character if character.isascii() else f"\\u{ord(character):04x}"
