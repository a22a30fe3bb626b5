"""A configuration as it was written, before it is judged: nested tables, and where each value came from."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from errors.language import LANGUAGES, say
from worker.config.lines import locate
from worker.config.mistakes import ConfigError, Mistake, Path, dotted


@dataclass(kw_only=True)
class Raw:
    """`places` names the origin of a path that is not in the file; `warnings` and `mistakes` gather on the way."""

    file: FilePath | None = None
    tables: dict[str, Any] = field(default_factory=dict)
    lines: Mapping[Path, int] = field(default_factory=dict)
    places: dict[Path, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    warnings: list[Mistake] = field(default_factory=list)

    @property
    def language(self) -> str:
        """The configured language, if it is one."""
        value = self.tables.get("language")
        return value if value in LANGUAGES else "en"

    def place(self, path: Path) -> str:
        """Where a person has to look to change `path`: its line, or the line of the table that it belongs in."""
        if path in self.places:
            return self.places[path]
        file = self.file.name if self.file else ""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return f"{file}:{self.lines[path[:length]]}"
        return file

    def mistake(self, path: Path, text: str) -> Mistake:
        return Mistake(place=self.place(path), key=dotted(path), text=text)

    def get(self, path: Path) -> Any:
        """The value at `path`; None when there is none."""
        value: Any = self.tables
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def put(self, path: Path, value: Any, place: str) -> None:
        """Set a value that does not stand in the file; tables on the way are made."""
        table = self.tables
        for part in path[:-1]:
            table = table.setdefault(str(part), {})
            if not isinstance(table, dict):
                return  # a value stands where a table should be: the schema says so
        table[str(path[-1])] = value
        self.places[path] = place

    def drop(self, path: Path) -> None:
        table = self.get(path[:-1])
        if isinstance(table, dict):
            table.pop(path[-1], None)
        elif isinstance(table, list) and isinstance(path[-1], int):
            del table[path[-1]]


def parse(file: FilePath) -> Raw:
    """The file's tables and the line of each key.

    Raises:
        ConfigError: the file cannot be read, or is not TOML.
    """
    try:
        text = file.read_text(encoding="utf-8")
        return Raw(file=file, tables=tomllib.loads(text), lines=locate(text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"^(.*) \(at line (\d+), column \d+\)$", str(error))
        place, detail = (f"{file.name}:{found[2]}", found[1]) if found else (file.name, str(error))
        raise ConfigError(Mistake(place=place, key="", text=say("not TOML: {detail}", detail=detail))) from None
    except UnicodeDecodeError:
        raise ConfigError(Mistake(place=file.name, key="", text=say("the file is not written in UTF-8"))) from None
    except OSError as error:
        text = say("the file cannot be read: {detail}", detail=error.strerror or str(error))
        raise ConfigError(Mistake(place=str(file), key="", text=text)) from None
