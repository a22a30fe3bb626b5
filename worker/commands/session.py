"""What every command shares: the configuration, the state database, the clock. Each is made when first asked for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from errors import language
from worker.clock import Clock, Now

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from worker.config import Config, Loaded
    from worker.config.raw import Raw


class Session:
    """One run of the command line. `file` and `language` are the global options, when given."""

    def __init__(
        self,
        *,
        file: Path | None = None,
        chosen_language: str | None = None,
        environment: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.file, self.chosen_language = file, chosen_language
        self.environment = os.environ if environment is None else environment
        self.clock = clock or Clock()
        self._quiet = False

    @property
    def now(self) -> Now:
        return self.clock.now

    @property
    def language(self) -> str:
        return language.current()

    def raw(self) -> Raw:
        """The configuration as written; from here on, sentences are in its language."""
        from worker.config import find, read  # noqa: PLC0415 - `cuadre --help` needs none of it
        from worker.config.schema import Log  # noqa: PLC0415
        from worker.log import setup  # noqa: PLC0415

        if not self._quiet:  # a command speaks for itself; one that runs for long logs as configured afterwards
            setup(Log(level="error"))
            self._quiet = True
        raw = read(find(self.file, self.environment), self.environment)
        language.use(self.chosen_language or raw.language)
        return raw

    def load(self, *, whole: bool = True) -> Loaded:
        """The configuration; `whole` asks for all that a command needs that talks to QuickBooks.

        Raises:
            ConfigError: with every mistake.
        """
        from worker.config.loading import judge  # noqa: PLC0415 - `cuadre --help` needs none of it

        return judge(self.raw(), whole=whole)

    @cached_property
    def config(self) -> Config:
        """The configuration of a command that does not talk to QuickBooks."""
        return self.load(whole=False).config

    @cached_property
    def engine(self) -> Engine:
        """The state database, migrated."""
        from worker.companies import open_state  # noqa: PLC0415 - see above

        return open_state(self.config)

    def close(self) -> None:
        """Give the connections back, where any were made."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    def company(self, name: str, config: Config | None = None) -> str:
        """The name, if a company is called that.

        Raises:
            typer.BadParameter: none is; the sentence lists those there are.
        """
        known = (config or self.config).companies
        if name not in known:
            text = language.say(
                "no company is called {name}; there are: {known}", name=name, known=", ".join(known) or "-"
            )
            raise typer.BadParameter(text)
        return name


def session(context: typer.Context) -> Session:
    return cast("Session", context.obj)
