"""Find the configuration, read it, and judge all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

import platformdirs
from pydantic import ValidationError

from errors.language import say
from worker.config import checks, environment as variables, keys, secrets
from worker.config.mistakes import ConfigError, Mistake, Path
from worker.config.raw import Raw, parse
from worker.config.schema import Config
from worker.config.sentences import sentence

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A configuration that can be used, and where it came from."""

    config: Config
    file: FilePath | None
    warnings: tuple[Mistake, ...] = ()


def candidates(environment: Mapping[str, str]) -> tuple[FilePath, ...]:
    """Where a configuration is looked for, first found first taken."""
    if chosen := environment.get("CUADRE_CONFIG"):
        return (FilePath(chosen),)
    user = FilePath(platformdirs.user_config_dir("cuadre")) / "cuadre.toml"
    return (FilePath("cuadre.toml"), user, FilePath("/etc/cuadre/cuadre.toml"))


def find(chosen: FilePath | None, environment: Mapping[str, str]) -> FilePath:
    """The configuration file to use.

    Raises:
        ConfigError: there is none, or the chosen one does not exist.
    """
    places = (chosen,) if chosen else candidates(environment)
    for place in places:
        if place.exists():
            return place
    if len(places) == 1:
        raise ConfigError(Mistake(place=str(places[0]), key="", text=say("there is no such file")))
    looked = ", ".join(map(str, places))
    text = say("no configuration found (looked for {places}); copy config.example.toml to cuadre.toml", places=looked)
    raise ConfigError(Mistake(place="", key="", text=text))


def read(file: FilePath | None, environment: Mapping[str, str]) -> Raw:
    """What file, environment and credentials say, not yet judged (file None: the defaults).

    Raises:
        ConfigError: the file cannot be read, or is not TOML.
    """
    raw = parse(file) if file else Raw()
    variables.overlay(raw, environment)
    secrets.resolve(raw, environment)
    return raw


def judge(raw: Raw, *, whole: bool = True) -> Loaded:
    """The configuration, if nothing is wrong with it.

    Args:
        raw: what was written.
        whole: also ask for what only a command that talks to QuickBooks needs (keys, companies, source URLs).

    Raises:
        ConfigError: with every mistake, in the order of the file.
    """
    mistakes = list(raw.mistakes)
    config, wrong = _validate(raw, mistakes)
    found = [*checks.always(config), *(checks.complete(config) if whole else ())]
    mistakes += [raw.mistake(path, text) for path, text in found if not _touches(path, wrong)]
    if mistakes:
        raise ConfigError(*_in_order(mistakes))
    warnings = (*raw.warnings, *(raw.mistake(path, text) for path, text in checks.warnings(config)))
    return Loaded(config=config, file=raw.file, warnings=warnings)


def load(file: FilePath | None, environment: Mapping[str, str], *, whole: bool = True) -> Loaded:
    """Read and judge in one step; see both for what they raise."""
    return judge(read(file, environment), whole=whole)


def _validate(raw: Raw, mistakes: list[Mistake]) -> tuple[Config, list[Path]]:
    """The configuration without its wrong values, so that the checks across keys can go on; and where those were."""
    wrong: list[Path] = []
    while True:
        try:
            return Config.model_validate(raw.tables), wrong
        except ValidationError as error:
            details = error.errors(include_url=False)
        if not wrong:
            mistakes += [raw.mistake(_key(detail), sentence(detail)) for detail in details]
            wrong = [_key(detail) for detail in details]
        paths = {_key(detail)[: -1 if detail["type"] == "missing" else None] for detail in details}
        for path in sorted(paths, key=lambda path: [f"{part:>6}" for part in path], reverse=True):
            raw.drop(path)


def _key(detail: ErrorDetails) -> Path:
    """Where it stands in the file: pydantic adds "[key]" when the name of a table is what is wrong."""
    return tuple(part for part in detail["loc"] if part != "[key]")


def _touches(path: Path, wrong: Iterable[Path]) -> bool:
    """Whether something was already said about this key, its table, or a misspelling of it."""
    for other in wrong:
        if path[: len(other)] == other:
            return True
        if other[:-1] == path[:-1] and keys.nearest(other) == path[-1]:
            return True
    return False


def _in_order(mistakes: Iterable[Mistake]) -> list[Mistake]:
    def line(mistake: Mistake) -> tuple[str, int]:
        name, _, number = mistake.place.rpartition(":")
        return (name, int(number)) if number.isdigit() else (mistake.place, 0)

    return sorted(mistakes, key=line)
