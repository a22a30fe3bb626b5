"""What the schema says of a key path: which keys a table may have, which keys are secrets, what comes nearest."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from pydantic import BaseModel, SecretStr

from worker.config.mistakes import Path
from worker.config.schema import Config

Keys = dict[str, object]


@cache
def _keys(model: type[BaseModel]) -> Keys:
    """The keys of a table and the type of each, as they are written in the file."""
    hints = typing.get_type_hints(model)
    return {field.alias or name: hints[name] for name, field in model.model_fields.items()}


def of(path: Path) -> Keys | None:
    """The keys that the table at `path` may have; None: it is no table, or its keys are free (company names)."""
    kind: object = Config
    for part in path:
        kind = _step(kind, part)
        if kind is None:
            return None
    model = _model(kind)
    return _keys(model) if model else None


def type_of(path: Path) -> object:
    """The type of the value at `path`; None when there is no such key."""
    kind: object = Config
    for part in path:
        kind = _step(kind, part)
    return kind


def nearest(path: Path) -> str:
    """The valid key most like the last part of `path`, or nothing."""
    found = get_close_matches(str(path[-1]).lower(), list(of(path[:-1]) or ()), n=1)
    return found[0] if found else ""


def secrets(companies: Mapping[str, object]) -> Iterator[Path]:
    """The path of every key that may also come from a file or a systemd credential."""
    yield from _secrets((), Config, companies)


def _secrets(path: Path, model: type[BaseModel], companies: Mapping[str, object]) -> Iterator[Path]:
    for key, kind in _keys(model).items():
        if key == "companies":
            for name in companies:
                yield from _secrets((*path, key, name), _of_mapping(kind), companies)
        elif kind is SecretStr:
            yield (*path, key)
        elif (inner := _model(kind)) is not None:
            yield from _secrets((*path, key), inner, companies)


def _of_mapping(kind: object) -> type[BaseModel]:
    model = _model(typing.get_args(kind)[1])
    assert model is not None
    return model


def _step(kind: object, part: str | int) -> object:
    model = _model(kind)
    if model is not None:
        return _keys(model).get(str(part))
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return arguments[1]
    return arguments[0] if origin is tuple else None


def _model(kind: object) -> type[BaseModel] | None:
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        kind = next((each for each in typing.get_args(kind) if each is not type(None)), None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
