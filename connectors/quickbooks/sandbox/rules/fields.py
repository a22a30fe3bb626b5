"""What may be sent: known members, lengths, dates and booleans, from fields.json (qbo-facts sections 2, 7)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.wire import faults
from connectors.quickbooks.sandbox.wire.faults import Fault

DETAILS = (
    "SalesItemLineDetail",
    "AccountBasedExpenseLineDetail",
    "ItemBasedExpenseLineDetail",
    "DiscountLineDetail",
    "DescriptionLineDetail",
)
LISTS = ("Line", "LinkedTxn")
TEXTS = ("value", "type", "name", "Address")
PLAIN = (*TEXTS, "Type", "PaymentType", "DetailType", "TxnId", "TxnType", "Id", "Name", "AccountType", "AccountSubType")
DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2}|T.*)?\Z")


@cache
def table() -> dict[str, dict[str, Any]]:
    """Return fields.json: for each type its known members, maximum lengths, dates and booleans."""
    text = resources.files("connectors.quickbooks.sandbox").joinpath("fields.json").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, Any]] = json.loads(text)
    return loaded


def clean(value: Any, *, sparse: bool = False) -> Any:
    """Drop what QBO takes as absent: nulls, references without a value, and empty strings.

    A sparse update keeps the empty strings of its first level, because there they clear a field.
    """
    if isinstance(value, list):
        return [clean(item) for item in value if item is not None]
    if not isinstance(value, dict):
        return value
    members = (
        (key, _text_of(key, clean(item))) for key, item in value.items() if item is not None and (sparse or item != "")
    )
    return {key: item for key, item in members if not (key.endswith("Ref") and _without_value(item))}


def check(entity: str, draft: Json) -> list[Fault]:
    """Return every fault of form in a draft: 2010 first, then 2050, 2060 and wrong booleans.

    Texts sent as numbers become texts and dates become plain dates, in the draft itself.
    """
    if not _well_shaped(draft):
        return [faults.unreadable()]
    unknown = [*_unknown(entity, draft), *_unknown_in_lines(draft)]
    if unknown:
        return unknown[:1]
    rules = table()[entity]
    for name in rules["length"].keys() & draft.keys():
        if isinstance(draft[name], (dict, list)):
            return [faults.unreadable()]
        draft[name] = str(draft[name])
    faulty = [*_too_long(rules["length"], draft), *_bad_dates(rules["dates"], draft)]
    wrong = [name for name in rules["booleans"] if name in draft and not _is_boolean(draft[name])]
    return [*faulty, *(faults.unreadable() for _ in wrong)]


def missing(required: tuple[str, ...], draft: Json) -> list[Fault]:
    """Return a 2020 for each required member that is absent or an empty list."""
    return [faults.missing(name) for name in required if draft.get(name) in (None, "", [])]


def day(text: Any, name: str) -> str:
    """Return the date part of a date text; raises `Refusal` 2060 when it is no date."""
    found = DATE.match(str(text))
    try:
        return date.fromisoformat(found.group(1)).isoformat() if found else _no_date(text, name)
    except ValueError:
        return _no_date(text, name)


def _well_shaped(value: Any) -> bool:
    """Say whether references, addresses and details are objects and lists of lines and links hold objects."""
    if not isinstance(value, dict):
        return True
    for name, item in value.items():
        if name in LISTS:
            if not isinstance(item, list) or not all(isinstance(one, dict) and _well_shaped(one) for one in item):
                return False
        elif (name in PLAIN and isinstance(item, (dict, list))) or (
            name.endswith(("Ref", "Addr", "Detail")) and not (isinstance(item, dict) and _well_shaped(item))
        ):
            return False
    return True


def _no_date(text: Any, name: str) -> str:
    raise faults.Refusal(faults.invalid_date(name, str(text)))


def _text_of(name: str, value: Any) -> Any:
    """Read a number that stands where a text belongs as that text."""
    return str(value) if name in TEXTS and isinstance(value, (int, Decimal)) else value


def _without_value(reference: Any) -> bool:
    return isinstance(reference, dict) and reference.get("value") in (None, "")


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool) or str(value).lower() in ("true", "false")


def _unknown(entity: str, draft: Json) -> Iterator[Fault]:
    known = table()[entity]["known"]
    for name in draft:
        if name not in known:
            yield faults.unknown_property(name, entity, known)


def _unknown_in_lines(draft: Json) -> Iterator[Fault]:
    for line in draft.get("Line", []):
        yield from _unknown("Line", line)
        for detail in DETAILS:
            if isinstance(line.get(detail), dict):
                yield from _unknown(detail, line[detail])


def _too_long(lengths: dict[str, int], draft: Json) -> Iterator[Fault]:
    for path, most in lengths.items():
        value: Any = draft
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, str) and len(value) > most:
            yield faults.wrong_length(path, 0, most, len(value))


def _bad_dates(dates: list[str], draft: Json) -> Iterator[Fault]:
    for name in dates:
        if draft.get(name) not in (None, ""):
            try:
                draft[name] = day(draft[name], name)
            except faults.Refusal as refusal:
                yield from refusal.faults
