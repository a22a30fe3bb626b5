"""Overrides from the environment: CUADRE_QUICKBOOKS__CLIENT_ID sets quickbooks.client_id, __ stands for the dot."""

from __future__ import annotations

import tomllib
import typing
from collections.abc import Mapping

from errors.language import say
from worker.config import keys
from worker.config.mistakes import Mistake, Path
from worker.config.raw import Raw

PREFIX = "CUADRE_"
ELSEWHERE = frozenset({"CUADRE_CONFIG", "CUADRE_DEBUG"})  # these steer the command, they are no keys


def overlay(raw: Raw, environment: Mapping[str, str]) -> None:
    """Put every CUADRE_ variable over what the file says. A name that fits no key becomes a mistake."""
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in ELSEWHERE and ("__" in name or name == "CUADRE_LANGUAGE"):
            _set(raw, name, environment[name])


def _set(raw: Raw, name: str, text: str) -> None:
    place = f"environment {name}"
    path = _path(raw, name)
    kind = keys.type_of(path)
    if kind is None:
        near = keys.nearest(path)
        hint = say('unknown key; did you mean "{key}"?', key=near) if near else say("unknown key")
        raw.mistakes.append(Mistake(place=place, key="", text=hint))
        return
    _drop_rival(raw, path)
    raw.put(path, _value(kind, text), place)


def _path(raw: Raw, name: str) -> Path:
    parts = name.removeprefix(PREFIX).lower().split("__")
    if parts[0] == "companies" and len(parts) > 1:
        parts[1] = _company(raw, parts[1])
    return tuple(parts)


def _company(raw: Raw, name: str) -> str:
    """Names of variables have no hyphen: NORTH_SHOP is also the company north-shop."""
    companies = raw.tables.get("companies")
    known = companies if isinstance(companies, dict) else {}
    return next((each for each in known if each.lower().replace("-", "_") == name.replace("-", "_")), name)


def _value(kind: object, text: str) -> object:
    """Tables and lists are written as TOML; every other value as it is."""
    if typing.get_origin(kind) is not tuple:
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _drop_rival(raw: Raw, path: Path) -> None:
    """The environment wins over the file, also when one gives a secret and the other the name of its file."""
    last = str(path[-1])
    rival = (*path[:-1], last.removesuffix("_file") if last.endswith("_file") else f"{last}_file")
    if rival not in raw.places:
        raw.drop(rival)
