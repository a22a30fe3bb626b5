"""A route of the control API: how it is asked, what it does, and the words that `GET /sandbox/help` says about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from connectors.quickbooks.sandbox.books.store import Json

if TYPE_CHECKING:
    from connectors.quickbooks.sandbox.core import Sandbox


@dataclass(frozen=True)
class Asked:
    """One control request: the sandbox, what the path names, the query string, the JSON body."""

    sandbox: Sandbox
    named: Mapping[str, str]
    query: Mapping[str, str]
    body: Json

    @property
    def realm(self) -> str:
        return self.named["realm"]

    def check(self, *known: str) -> None:
        """Raise `ValueError` for a member of the body that the route does not know."""
        unknown = sorted(self.body.keys() - set(known))
        if unknown:
            raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")

    def number(self, name: str) -> int:
        """Return a whole number of the body; raises `ValueError` for anything else."""
        value = self.body.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"{name} is a whole number, not {value!r}")  # noqa: TRY004 - a wrong value in a request
        return value


@dataclass(frozen=True)
class Route:
    """`path` may hold {names}; `example` is a body that works, `query` the names that the query string may hold."""

    method: str
    path: str
    says: str
    answer: Callable[[Asked], Any]
    example: Json = field(default_factory=dict)
    query: tuple[str, ...] = ()

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path)))

    def names(self, method: str, path: str) -> dict[str, str] | None:
        """Return what a path names, None when it is not this route's."""
        found = self._pattern.fullmatch(path) if method == self.method else None
        return found.groupdict() if found else None

    def help(self) -> Json:
        shown: Json = {"method": self.method, "path": self.path, "says": self.says}
        if self.query:
            shown["query"] = list(self.query)
        return {**shown, "example": self.example} if self.example else shown
