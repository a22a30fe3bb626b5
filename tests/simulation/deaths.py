"""A process that can die at every commit and every call: nothing of its memory is left, and nothing more is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event


class Death(BaseException):
    """The process is gone: no error, so `except Exception` catches nothing."""


class Mortality:
    """Watches the commits of one process' engine; once dead, its connections begin nothing any more."""

    def __init__(self, before_commit: Callable[[], None], after_commit: Callable[[], None]) -> None:
        self.dead = False
        self.commits = 0
        self._before = before_commit
        self._after = after_commit

    def watch(self, engine: Engine) -> None:
        event.listen(engine, "begin", self._refuse_the_dead)
        plain = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            self._before()
            plain(connection)
            self.commits += 1
            self._after()

        engine.dialect.do_commit = do_commit  # type: ignore[method-assign]

    def die(self) -> None:
        self.dead = True
        raise Death

    def _refuse_the_dead(self, _connection: Any) -> None:
        if self.dead:
            raise Death
