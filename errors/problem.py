"""A problem is a value: what is wrong with one piece of data. An exception that carries one is for bad moments only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from errors.kinds import Kind, Verb


@dataclass(frozen=True)
class Name:
    """What a person calls a document: its kind's word ("invoice", translated when read) and its label ("1042")."""

    word: str
    label: str

    def __str__(self) -> str:
        return f"{self.word} {self.label}"


Fact = str | int | Decimal | date | Name


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What the other side answered, for support: its code, its own words, its trace id and the HTTP status."""

    code: str = ""
    detail: str = ""
    trace_id: str = ""
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One cause. `subject` names what the cause is about ("customer 17"): equal kind and subject = the same cause.

    Raises:
        ValueError: a fact that the kind's sentence needs is missing.
    """

    kind: type[Kind]
    subject: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    fault: Fault = Fault()

    def __post_init__(self) -> None:
        missing = self.kind.placeholders() - self.facts.keys()
        if missing:
            raise ValueError(f"{self.kind.__name__} needs the facts {', '.join(sorted(missing))}")

    @property
    def verb(self) -> Verb:
        return self.kind.verb


class ProblemError(Exception):
    """A bad moment (a connection lost, a database gone): the work stops here, with the problem as the reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.kind.code}: {problem.kind.sentence().format_map(dict(problem.facts))}")
        self.problem = problem
